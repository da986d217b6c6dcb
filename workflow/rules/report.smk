# Figures, each with its data, the page that people read, and a model card beside each adapter.


def costly_jobs():
    """Snakemake's notes of what jobs took that train or run a model. No inputs: to make one again, its job would rerun."""
    folds = RUNS["default"]["quantization"]
    scored = [f"score_base/{quantization}" for quantization in QUANTIZATIONS]
    scored += [f"score_base/{fold}/{folds}" for fold in FOLDS]
    scored += [f"score_run/{run}" for run in RUN_SETTINGS] + [f"score_merged/{run}" for run in QUANTIZED_RUNS]
    jobs = {
        "training": [f"train_qlora/{run}" for run in RUNS],
        "training for the cross-validation": [f"train_qlora/{fold}" for fold in FOLDS],
        "scoring": scored,
        "samples, words and paragraphs": ["generate_samples", "probe_default", "score_questions"],
    }
    return {kind: [f"benchmarks/{name}.tsv" for name in names] for kind, names in jobs.items()}


def page_settings(wildcards):
    return {
        "configuration": CONFIG,
        "jobs": costly_jobs(),
        "versions": installed_versions(REPORTED_PACKAGES),
    }


rule write_report:
    input:
        **REPORTED,
        plan="results/plan.tsv",
        view="results/corpus/view/index.html",
    output:
        page=report("results/report/index.html", caption="../report/page.rst", category="Page"),
        figures=[
            report(
                f"results/report/figures/{name}.svg",
                caption="../report/figure.rst",
                category="Figures",
                labels={"figure": name.replace("_", " ")},
            )
            for name in FIGURES
        ],
        data=[f"results/report/data/{name}.csv" for name in FIGURES],
    log:
        "logs/write_report.log",
    benchmark:
        "benchmarks/write_report.tsv"
    threads: 1
    resources:
        mem_mb=1_500,
        runtime=15,  # minutes
    params:
        settings=page_settings,
        code=code("write_report.py", templates("report")),
        study_code=CODE,
    script:
        "../scripts/write_report.py"


rule write_cards:
    input:
        **REPORTED,
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
        settings={name: CONFIG[name] for name in ("study", "model", "cost")} | {"corpus": pick("corpus", "language")},
        code=code("write_cards.py", [ROOT / "src/further/report/templates/card.md.jinja"]),
    script:
        "../scripts/write_cards.py"
