# Nats per document for base, adapted and merged models; what changed; samples before and after.


def settings_of_scoring(subject, run, quantization):
    return {
        "model": {"subject": subject, "run": run, "quantization": quantization},
        "scoring": SCORING,
        "versions": installed_versions(TRAINING_PACKAGES),
    }


def scoring_of_base(wildcards):
    return settings_of_scoring("base", None, wildcards.quantization)


def scoring_of_run(wildcards):
    return settings_of_scoring("adapted", wildcards.run, RUN_SETTINGS[wildcards.run]["quantization"])


def scoring_of_merged(wildcards):
    return settings_of_scoring("merged", wildcards.run, "none")


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
        planned_gpus=PLANNED_GPUS,
        plan_first=1,
    params:
        settings=scoring_of_base,
        code=code("score_model.py"),
    script:
        "../scripts/score_model.py"


use rule score_base as score_run with:
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
    params:
        settings=scoring_of_run,
        code=code("score_model.py"),


use rule score_base as score_merged with:
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
    params:
        settings=scoring_of_merged,
        code=code("score_model.py"),


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


def corpus_of_prompts(wildcards):
    """The papers, where the study names no prompts: then their own words are gone on from."""
    named = CONFIG["evaluation"]["prompts"] is not None
    return [] if named else [f"results/corpus/{table}.parquet" for table in ("rows", "split")]


rule generate_samples:
    input:
        corpus=corpus_of_prompts,
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
        planned_gpus=PLANNED_GPUS,
    params:
        settings={
            "samples": pick("evaluation", "prompts", "new_tokens", "temperature", "top_p", "seed")
            | pick("training", "quantization", "compute_dtype"),
            "versions": installed_versions(TRAINING_PACKAGES),
        },
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
        planned_gpus=PLANNED_GPUS,
    params:
        settings={
            "probe": SCORING
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
            "versions": installed_versions(TRAINING_PACKAGES),
        },
        code=code("probe_default.py"),
    script:
        "../scripts/probe_default.py"


rule score_questions:
    input:
        questions=QUESTIONS,
        split="results/corpus/split.parquet",
        model=MODEL,
        adapter="results/runs/default/adapter/adapter_model.safetensors",
    output:
        questions="results/evaluation/questions.json",
    log:
        "logs/score_questions.log",
    benchmark:
        "benchmarks/score_questions.tsv"
    threads: CONFIG["hardware"]["threads"]
    resources:
        mem_mb=CONFIG["hardware"]["memory_mb"],
        runtime=CONFIG["hardware"]["scoring_minutes"],
        planned_gpus=PLANNED_GPUS,
    params:
        settings=SCORING | pick("evaluation", "questions", "instructions") | pick("training", "quantization"),
        code=code("score_questions.py", [*BUNDLED_QUESTIONS, *map(Path, QUESTIONS)]),
    script:
        "../scripts/score_questions.py"


rule judge_questions:
    input:
        questions="results/evaluation/questions.json",
    output:
        answers="results/answers/default.parquet",
    log:
        "logs/judge_questions.log",
    benchmark:
        "benchmarks/judge_questions.tsv"
    threads: 1
    resources:
        mem_mb=1_500,
        runtime=15,  # minutes
    params:
        settings={},
        code=code("judge_questions.py"),
    script:
        "../scripts/judge_questions.py"
