# Does more data help: the law, what it allows, what more would cost.


rule fit_scaling_law:
    input:
        comparison="results/evaluation/comparison.json",
        metrics="results/runs/default/metrics.json",
        timing=expand("results/runs/{run}/timing.json", run=DATA_RUNS or ["default"]),
        history=expand("results/runs/{run}/history.parquet", run=DATA_RUNS or ["default"]),
    output:
        law="results/scaling/law.json",
    log:
        "logs/fit_scaling_law.log",
    benchmark:
        "benchmarks/fit_scaling_law.tsv"
    threads: 1
    resources:
        mem_mb=1_500,
        runtime=15,  # minutes
    params:
        settings={
            "runs": DATA_RUNS,
            "model": CONFIG["model"],
            "targets": CONFIG["scaling"]["targets"],
            "cost": CONFIG["cost"],
        },
        code=code("fit_scaling_law.py"),
    script:
        "../scripts/fit_scaling_law.py"
