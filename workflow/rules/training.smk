# One adapter per run.


def replay_of_run(wildcards):
    """General text to train on beside the papers, if any."""
    return ["results/tokens/replay.parquet"] if RUN_SETTINGS[wildcards.run]["replay_fraction"] else []


rule convert_gguf:
    input:
        file=GGUF_FILE,
    output:
        model=directory("results/models/gguf/{name}"),
    log:
        "logs/convert_gguf/{name}.log",
    benchmark:
        "benchmarks/convert_gguf/{name}.tsv"
    threads: 1
    resources:
        mem_mb=6_000,
        runtime=120,  # minutes
    params:
        settings=pick("training", "compute_dtype") | {"versions": installed_versions(("gguf", "transformers"))},
        code=code("convert_gguf.py"),
    script:
        "../scripts/convert_gguf.py"


rule train_qlora:
    input:
        tokens=branch(is_fold, "results/folds/{run}/tokens.parquet", "results/tokens/papers.parquet"),
        general=replay_of_run,
        model=MODEL,
    output:
        adapter="results/runs/{run}/adapter/adapter_model.safetensors",
        adapter_config="results/runs/{run}/adapter/adapter_config.json",
        metrics="results/runs/{run}/metrics.json",
        history="results/runs/{run}/history.parquet",
        timing="results/runs/{run}/timing.json",
    log:
        "logs/train_qlora/{run}.log",
    benchmark:
        "benchmarks/train_qlora/{run}.tsv"
    threads: CONFIG["hardware"]["threads"]
    resources:
        mem_mb=CONFIG["hardware"]["memory_mb"],
        runtime=CONFIG["hardware"]["runtime_minutes"],
        checkpoint_minutes=CONFIG["training"]["checkpoint_minutes"],  # no params: they shape no result
        report_to="+".join(CONFIG["training"]["report_to"]) or "nothing",
        walltime_margin_minutes=CONFIG["hardware"]["walltime_margin_minutes"],
        gpus_per_run=CONFIG["hardware"]["gpus_per_run"],
        planned_gpus=CONFIG["hardware"]["gpus_per_run"] if PLANNED_GPUS else 0,
        sharding=CONFIG["hardware"]["sharding"],
        plan_first=1,
    params:
        settings=settings_of_run,
        checkpoints="checkpoints/{run}",
        code=code("train_qlora.py"),
    script:
        "../scripts/train_qlora.py"
