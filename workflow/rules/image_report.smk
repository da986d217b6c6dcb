# The page of a study of images, with its figures; and a model card beside each adapter.

from further.report.images import IMAGE_FIGURES

REPORTED_TABLES = [
    *expand("results/cases/{table}.parquet", table=["cases", "images", "questions", "ledger", "split", "leaks"]),
    "results/answers/lengths.parquet",
]
BASE_OF_DEFAULT = RUNS["default"]["quantization"]


def costly_image_jobs():
    """Snakemake's notes of what jobs took that train or run a model. No inputs, as in report.smk."""
    jobs = {
        "training": [f"train_qlora/{run}" for run in RUNS],
        "features of images": [f"encode_images/{shard}" for shard in CASES.shards],
        "answers": [f"answer_run/{run}" for run in RUNS]
        + [f"answer_base/{quantization}" for quantization in QUANTIZATIONS]
        + [f"answer_view/{view}" for view in VIEWS]
        + (["answer_shifted"] if OTHER_CASES else []),
    }
    return {kind: [f"benchmarks/{name}.tsv" for name in names] for kind, names in jobs.items()}


def image_page_settings(wildcards):
    return {
        "configuration": CONFIG,
        "jobs": costly_image_jobs(),
        "versions": installed_versions(REPORTED_PACKAGES),
    }


rule write_report:
    input:
        comparison="results/evaluation/answers.json",
        law="results/scaling/law.json",
        guard="results/guard/guard.json",
        guarded="results/guard/guarded.parquet",
        before=f"results/answers/base/{BASE_OF_DEFAULT}.parquet",
        after="results/answers/runs/default.parquet",
        tables=REPORTED_TABLES,
        pictures=PICTURES,
        runs=expand(
            "results/runs/{run}/{file}",
            run=RUNS,
            file=["metrics.json", "history.parquet", "timing.json"],
        ),
        plan="results/plan.tsv",
    output:
        page=report("results/report/index.html", caption="../report/page.rst", category="Page"),
        figures=[
            report(
                f"results/report/figures/{name}.svg",
                caption="../report/figure.rst",
                category="Figures",
                labels={"figure": name.replace("_", " ")},
            )
            for name in IMAGE_FIGURES
        ],
        data=[f"results/report/data/{name}.csv" for name in IMAGE_FIGURES],
    log:
        "logs/write_report.log",
    benchmark:
        "benchmarks/write_report.tsv"
    threads: 1
    resources:
        mem_mb=1_500,
        runtime=15,  # minutes
    params:
        settings=image_page_settings,
        code=code("write_image_report.py", templates("report")),
        study_code=CODE,
    script:
        "../scripts/write_image_report.py"


rule write_cards:
    input:
        comparison="results/evaluation/answers.json",
        runs=expand("results/runs/{run}/metrics.json", run=RUNS),
        adapters=expand("results/runs/{run}/adapter/adapter_model.safetensors", run=RUNS),
    output:
        cards=expand("results/runs/{run}/adapter/README.md", run=RUNS),
    log:
        "logs/write_cards.log",
    benchmark:
        "benchmarks/write_cards.tsv"
    threads: 1
    resources:
        mem_mb=1_500,
        runtime=15,  # minutes
    params:
        settings={"title": CONFIG["study"]["title"], "model": CONFIG["model"]},
        code=code("write_image_cards.py", [ROOT / "src/further/report/templates/image_card.md.jinja"]),
    script:
        "../scripts/write_image_cards.py"
