# What each run will take. No input of training: Snakemake (9.27) looks for no other reason to rerun a job once what its
# input comes from is rerun, not even behind `ancient`, so that with a new run only the plan would be made.


def replay_of_any_run(wildcards):
    """General text to replay, if any run of the study does; folds train as the default run does."""
    return ["results/tokens/replay.parquet"] if any(run["replay_fraction"] for run in RUNS.values()) else []


rule plan_runs:
    input:
        tokens="results/tokens/papers.parquet",
        folds=expand("results/folds/{run}/tokens.parquet", run=FOLDS),
        general=replay_of_any_run,
        scored="results/tokens/general.parquet",
        model=MODEL,
    output:
        plan="results/plan.tsv",
    log:
        "logs/plan_runs.log",
    benchmark:
        "benchmarks/plan_runs.tsv"
    priority: 100  # before any GPU job, which `plan_first` keeps waiting meanwhile; a refusal then ends the study
    retries: 0  # whatever the profile says: a refusal stays one
    threads: 1
    resources:
        mem_mb=2_000,
        runtime=10,  # minutes
        plan_first=1000,
    params:
        settings={
            "runs": RUN_SETTINGS,
            "hardware": CONFIG["hardware"],
            **pick("evaluation", "window", "stride"),
            "cost": pick("cost", "price_per_gpu_hour", "currency", "price_date", "kwh_per_gpu_hour"),
        },
        finished="results/runs",  # their speeds are used where there are any; no input: they need the plan first
        code=code("plan_runs.py"),
    script:
        "../scripts/plan_runs.py"
