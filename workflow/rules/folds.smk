# Cross-validation: the papers of each fold. Training and scoring are those of any run, under the fold's name.


def settings_of_fold(wildcards):
    return FOLDS[wildcards.run] | pick("corpus", "validation_fraction", "split_seed")


rule split_fold:
    input:
        rows="results/corpus/gathered/rows.parquet",
        rejected="results/corpus/rejected.parquet",
    output:
        split="results/folds/{run}/papers.parquet",
    log:
        "logs/split_fold/{run}.log",
    benchmark:
        "benchmarks/split_fold/{run}.tsv"
    threads: 1
    resources:
        mem_mb=2_000,
        runtime=10,  # minutes
    params:
        settings=settings_of_fold,
        code=code("split_fold.py"),
    script:
        "../scripts/split_fold.py"


use rule drop_repeats as drop_repeats_of_fold with:
    input:
        rows="results/corpus/gathered/rows.parquet",
        ledger="results/corpus/gathered/ledger.parquet",
        rejected="results/corpus/rejected.parquet",
        split="results/folds/{run}/papers.parquet",
    output:
        rows="results/folds/{run}/rows.parquet",
        ledger="results/folds/{run}/ledger.parquet",
        split="results/folds/{run}/split.parquet",
        repeats="results/folds/{run}/repeats.parquet",
    log:
        "logs/drop_repeats/{run}.log",
    benchmark:
        "benchmarks/drop_repeats/{run}.tsv"


use rule tokenize_papers as tokenize_fold with:
    input:
        rows="results/folds/{run}/rows.parquet",
        split="results/folds/{run}/split.parquet",
        model=MODEL,
    output:
        tokens="results/folds/{run}/tokens.parquet",
    log:
        "logs/tokenize_papers/{run}.log",
    benchmark:
        "benchmarks/tokenize_papers/{run}.tsv"


use rule score_base as score_base_of_fold with:
    input:
        papers="results/folds/{run}/tokens.parquet",
        model=MODEL,
    output:
        scores="results/scores/folds/{run}/{quantization}.parquet",
    log:
        "logs/score_base/{run}/{quantization}.log",
    benchmark:
        "benchmarks/score_base/{run}/{quantization}.tsv"
