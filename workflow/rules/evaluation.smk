# Nats per document for base, adapted and merged models; what changed; samples before and after.


rule score_base:
    input:
        papers="results/tokens/papers.parquet",
        general="results/tokens/general.parquet",
        model=MODEL,
    output:
        scores="results/scores/base/{quantization}.parquet",
    log:
        "logs/score_base/{quantization}.log",
    benchmark:
        "benchmarks/score_base/{quantization}.tsv"
    threads: CONFIG["hardware"]["threads"]
    resources:
        mem_mb=CONFIG["hardware"]["memory_mb"],
        runtime=CONFIG["hardware"]["scoring_minutes"],
        plan_first=1,
    params:
        settings=SCORING,
        code=code("score_base.py"),
    script:
        "../scripts/score_base.py"


rule score_run:
    input:
        papers=branch(is_fold, "results/folds/{run}/tokens.parquet", "results/tokens/papers.parquet"),
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
        runtime=CONFIG["hardware"]["scoring_minutes"],
    params:
        settings=quantization_of_run,
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
        runtime=CONFIG["hardware"]["scoring_minutes"],
    params:
        settings=SCORING,
        code=code("score_merged.py"),
    script:
        "../scripts/score_merged.py"


rule compare_scores:
    input:
        base=expand("results/scores/base/{quantization}.parquet", quantization=QUANTIZATIONS),
        runs=expand("results/scores/runs/{run}.parquet", run=RUNS),
        merged=expand("results/scores/merged/{run}.parquet", run=QUANTIZED_RUNS),
        metrics=expand("results/runs/{run}/metrics.json", run=RUNS),
        corpus=expand("results/corpus/{table}.parquet", table=["rejected", "repeats", "rows", "split"]),
        folds=expand("results/folds/{run}/{table}.parquet", run=FOLDS, table=["split", "rows", "repeats"]),
        fold_base=expand(
            "results/scores/folds/{run}/{quantization}.parquet",
            run=FOLDS,
            quantization=RUNS["default"]["quantization"],
        ),
        fold_runs=expand("results/scores/runs/{run}.parquet", run=FOLDS),
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
        settings=pick("evaluation", "bootstrap", "seed")
        | pick("corpus", "paper_similarity", "paragraph_similarity", "paragraph_words")
        | {"quantization_runs": QUANTIZATION_RUNS},
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
        runtime=CONFIG["hardware"]["scoring_minutes"],
    params:
        settings=pick("evaluation", "prompts", "new_tokens", "temperature", "top_p", "seed")
        | pick("training", "quantization", "compute_dtype")
        | {"versions": installed_versions(TRAINING_PACKAGES)},
        code=code("generate_samples.py"),
    script:
        "../scripts/generate_samples.py"


rule probe_default:
    input:
        rows="results/corpus/rows.parquet",
        split="results/corpus/split.parquet",
        metrics="results/runs/default/metrics.json",
        model=MODEL,
        adapter="results/runs/default/adapter/adapter_model.safetensors",
    output:
        memorization="results/evaluation/memorization.json",
        terms="results/evaluation/terms.json",
    log:
        "logs/probe_default.log",
    benchmark:
        "benchmarks/probe_default.tsv"
    threads: CONFIG["hardware"]["threads"]
    resources:
        mem_mb=CONFIG["hardware"]["memory_mb"],
        runtime=CONFIG["hardware"]["scoring_minutes"],
    params:
        settings=SCORING
        | pick(
            "evaluation",
            "memorization_paragraphs",
            "memorization_prefix_tokens",
            "memorization_new_tokens",
            "terms",
            "term_occurrences",
            "bootstrap",
            "seed",
        )
        | pick("training", "quantization"),
        code=code("probe_default.py"),
    script:
        "../scripts/probe_default.py"
