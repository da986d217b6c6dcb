# What a study of images reports: the files behind its page, its costly jobs, and a model card beside each adapter.

PAGE = {
    "comparison": "results/evaluation/answers.json",
    "law": "results/scaling/law.json",
    "guard": "results/guard/guard.json",
    "guarded": "results/guard/guarded.parquet",
    "before": f"results/answers/base/{RUNS['default']['quantization']}.parquet",
    "after": "results/answers/runs/default.parquet",
    "tables": [
        *expand("results/cases/{table}.parquet", table=["cases", "images", "questions", "ledger", "split", "leaks"]),
        "results/answers/lengths.parquet",
    ],
    "pictures": PICTURES,
    "runs": expand("results/runs/{run}/{file}", run=RUNS, file=["metrics.json", "history.parquet", "timing.json"]),
    "plan": "results/plan.tsv",
}


def costly_jobs():
    """Jobs that train or run a model, by what they are for."""
    return {
        "training": [f"train_qlora/{run}" for run in RUNS],
        "features of images": [f"encode_images/{shard}" for shard in CASES.shards],
        "answers": [f"answer_run/{run}" for run in RUNS]
        + [f"answer_base/{quantization}" for quantization in QUANTIZATIONS]
        + [f"answer_view/{view}" for view in VIEWS]
        + (["answer_shifted"] if OTHER_CASES else []),
    }


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
