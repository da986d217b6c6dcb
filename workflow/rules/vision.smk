# The base model of the demonstration, image features once for the whole study, the plan, and one adapter per run.

PICTURES = expand("results/cases/pictures/{shard}.parquet", shard=CASES.shards)
FEATURES = expand("results/features/{shard}.safetensors", shard=CASES.shards)


def images_of_run(wildcards):
    """What a run sees: features, or pictures where it trains the vision tower."""
    return PICTURES if wildcards.run in PIXEL_RUNS else FEATURES


rule train_image_base:
    output:
        model=directory("results/demo/toy"),
        metrics="results/demo/toy.json",
    log:
        "logs/train_image_base.log",
    benchmark:
        "benchmarks/train_image_base.tsv"
    threads: 1  # two that wait for each other are slower on a busy machine
    resources:
        mem_mb=2_500,
        runtime=30,  # minutes
    params:
        settings=pick("demo", "base_steps", "base_seed")
        | {"versions": installed_versions(("torch", "transformers", "tokenizers"))},
        code=code("train_image_base.py"),
    script:
        "../scripts/train_image_base.py"


rule encode_images:
    input:
        pictures="results/cases/pictures/{shard}.parquet",
        model=MODEL,
    output:
        features="results/features/{shard}.safetensors",
    log:
        "logs/encode_images/{shard}.log",
    benchmark:
        "benchmarks/encode_images/{shard}.tsv"
    threads: CONFIG["hardware"]["threads"]
    resources:
        mem_mb=CONFIG["hardware"]["memory_mb"],
        runtime=CONFIG["hardware"]["scoring_minutes"],
        plan_first=1,
        planned_gpus=PLANNED_GPUS,
    params:
        settings=pick("training", "compute_dtype") | {"versions": installed_versions(TRAINING_PACKAGES)},
        code=code("encode_images.py"),
    script:
        "../scripts/encode_images.py"


rule plan_runs:
    input:
        questions="results/cases/questions.parquet",
        images="results/cases/images.parquet",
        model=MODEL,
    output:
        plan="results/plan.tsv",
        lengths="results/answers/lengths.parquet",
    log:
        "logs/plan_runs.log",
    benchmark:
        "benchmarks/plan_runs.tsv"
    priority: 100  # as in plan.smk
    retries: 0
    threads: 1
    resources:
        mem_mb=2_000,
        runtime=30,  # minutes
        plan_first=1000,
    params:
        settings={
            "runs": RUNS,
            "hardware": CONFIG["hardware"],
            "cost": pick("cost", "price_per_gpu_hour", "currency", "price_date", "kwh_per_gpu_hour"),
            "window": 1,  # a question is one window: each of its positions is counted once
            "stride": 1,
        },
        finished="results/runs",
        code=code("plan_image_runs.py"),
    script:
        "../scripts/plan_image_runs.py"


rule train_qlora:
    input:
        questions="results/cases/questions.parquet",
        images="results/cases/images.parquet",
        shown=images_of_run,
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
        code=code("train_on_answers.py"),
    script:
        "../scripts/train_on_answers.py"
