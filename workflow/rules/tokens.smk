# General text; then text to token streams, one per document.


rule collect_general:
    input:
        texts=GENERAL_TEXTS,
    output:
        train="results/general/train.parquet",
        heldout="results/general/heldout.parquet",
        texts="results/general/texts.json",
    log:
        "logs/collect_general.log",
    benchmark:
        "benchmarks/collect_general.tsv"
    threads: 1
    resources:
        mem_mb=1_000,
        runtime=5,  # minutes
    params:
        settings=pick("general", "heldout_fraction", "split_seed") | stamps_of(GENERAL_TEXTS),
        code=code("collect_general.py", BUNDLED_TEXTS),
    script:
        "../scripts/collect_general.py"


rule tokenize_papers:
    input:
        rows="results/corpus/rows.parquet",
        split="results/corpus/split.parquet",
        model=MODEL,
    output:
        tokens="results/tokens/papers.parquet",
    log:
        "logs/tokenize_papers.log",
    benchmark:
        "benchmarks/tokenize_papers.tsv"
    threads: 1
    resources:
        mem_mb=WHOLE_CORPUS_MB + 2_000,
        runtime=60,  # minutes
    params:
        settings={"versions": installed_versions(("transformers", "tokenizers"))},
        code=code("tokenize_papers.py"),
    script:
        "../scripts/tokenize_papers.py"


rule tokenize_replay:
    input:
        texts="results/general/train.parquet",
        model=MODEL,
    output:
        tokens="results/tokens/replay.parquet",
    log:
        "logs/tokenize_replay.log",
    benchmark:
        "benchmarks/tokenize_replay.tsv"
    threads: 1
    resources:
        mem_mb=2_000,
        runtime=30,  # minutes
    params:
        settings={"split": "train", "versions": installed_versions(("transformers", "tokenizers"))},
        code=code("tokenize_general.py"),
    script:
        "../scripts/tokenize_general.py"


rule tokenize_general:
    input:
        texts="results/general/heldout.parquet",
        model=MODEL,
    output:
        tokens="results/tokens/general.parquet",
    log:
        "logs/tokenize_general.log",
    benchmark:
        "benchmarks/tokenize_general.tsv"
    threads: 1
    resources:
        mem_mb=2_000,
        runtime=10,  # minutes
    params:
        settings={"split": "heldout", "versions": installed_versions(("transformers", "tokenizers"))},
        code=code("tokenize_general.py"),
    script:
        "../scripts/tokenize_general.py"
