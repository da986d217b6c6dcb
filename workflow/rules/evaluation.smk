# Nats per document for base, adapted and merged models; what changed; samples before and after.


rule score_base:
    input:
        papers="results/tokens/papers.parquet",
        general="results/tokens/general.parquet",
        model=MODEL,
    output:
        scores="results/scores/base/{quantisation}.parquet",
    log:
        "logs/score_base/{quantisation}.log",
    benchmark:
        "benchmarks/score_base/{quantisation}.tsv"
    threads: CONFIG["hardware"]["threads"]
    resources:
        mem_mb=CONFIG["hardware"]["memory_mb"],
        runtime=CONFIG["hardware"]["runtime_minutes"],
    params:
        settings=SCORING,
        code=code("score_base.py"),
    script:
        "../scripts/score_base.py"


rule score_run:
    input:
        papers="results/tokens/papers.parquet",
        general="results/tokens/general.parquet",
        model=MODEL,
        adapter="results/runs/{run}/adapter/adapter_model.safetensors",
    output:
        scores="results/scores/runs/{run}.parquet",
    log:
        "logs/score_run/{run}.log",
    benchmark:
        "benchmarks/score_run/{run}.tsv"
    threads: CONFIG["hardware"]["threads"]
    resources:
        mem_mb=CONFIG["hardware"]["memory_mb"],
        runtime=CONFIG["hardware"]["runtime_minutes"],
    params:
        settings=quantisation_of_run,
        code=code("score_run.py"),
    script:
        "../scripts/score_run.py"


rule score_merged:
    input:
        papers="results/tokens/papers.parquet",
        general="results/tokens/general.parquet",
        model=MODEL,
        adapter="results/runs/{run}/adapter/adapter_model.safetensors",
    output:
        scores="results/scores/merged/{run}.parquet",
    log:
        "logs/score_merged/{run}.log",
    benchmark:
        "benchmarks/score_merged/{run}.tsv"
    threads: CONFIG["hardware"]["threads"]
    resources:
        mem_mb=CONFIG["hardware"]["memory_mb"],
        runtime=CONFIG["hardware"]["runtime_minutes"],
    params:
        settings=SCORING,
        code=code("score_merged.py"),
    script:
        "../scripts/score_merged.py"


rule compare_scores:
    input:
        base=expand("results/scores/base/{quantisation}.parquet", quantisation=QUANTISATIONS),
        runs=expand("results/scores/runs/{run}.parquet", run=RUNS),
        merged=expand("results/scores/merged/{run}.parquet", run=QUANTISED_RUNS),
        metrics=expand("results/runs/{run}/metrics.json", run=RUNS),
    output:
        comparison="results/evaluation/comparison.json",
    log:
        "logs/compare_scores.log",
    benchmark:
        "benchmarks/compare_scores.tsv"
    threads: 1
    resources:
        mem_mb=1_500,
        runtime=15,  # minutes
    params:
        settings=pick("evaluation", "bootstrap", "seed") | {"quantisation_runs": QUANTISATION_RUNS},
        code=code("compare_scores.py"),
    script:
        "../scripts/compare_scores.py"


rule generate_samples:
    input:
        model=MODEL,
        adapter="results/runs/default/adapter/adapter_model.safetensors",
    output:
        samples="results/evaluation/samples.json",
    log:
        "logs/generate_samples.log",
    benchmark:
        "benchmarks/generate_samples.tsv"
    threads: CONFIG["hardware"]["threads"]
    resources:
        mem_mb=CONFIG["hardware"]["memory_mb"],
        runtime=CONFIG["hardware"]["runtime_minutes"],
    params:
        settings=pick("evaluation", "prompts", "new_tokens")
        | pick("training", "quantisation", "compute_dtype")
        | {"versions": installed_versions(TRAINING_PACKAGES)},
        code=code("generate_samples.py"),
    script:
        "../scripts/generate_samples.py"
