# PDFs to rows, by shards of papers; then one table, its account, and the split by paper.


rule parse_papers:
    input:
        papers=papers_of_shard,
    output:
        blocks="results/corpus/blocks/{shard}.parquet",
        unreadable="results/corpus/unreadable/{shard}.parquet",
    log:
        "logs/parse_papers/{shard}.log",
    benchmark:
        "benchmarks/parse_papers/{shard}.tsv"
    threads: 1
    resources:
        mem_mb=CONFIG["corpus"]["memory_mb"] + 1_000,
        runtime=120,  # minutes
    params:
        settings=pick("corpus", "timeout_s", "memory_mb")
        | {"versions": installed_versions(("pymupdf",))},
        code=code("parse_papers.py"),
    script:
        "../scripts/parse_papers.py"


rule clean_papers:
    input:
        blocks="results/corpus/blocks/{shard}.parquet",
    output:
        rows="results/corpus/rows/{shard}.parquet",
        ledger="results/corpus/ledger/{shard}.parquet",
        rejected="results/corpus/rejected/{shard}.parquet",
    log:
        "logs/clean_papers/{shard}.log",
    benchmark:
        "benchmarks/clean_papers/{shard}.tsv"
    threads: 1
    resources:
        mem_mb=2_000,
        runtime=30,  # minutes
    params:
        settings=pick("corpus", "keep_captions", "keep_headings", "min_words")
        | {"versions": installed_versions(("ftfy",))},
        code=code("clean_papers.py"),
    script:
        "../scripts/clean_papers.py"


rule gather_corpus:
    input:
        rows=expand("results/corpus/rows/{shard}.parquet", shard=SHARDS),
        ledger=expand("results/corpus/ledger/{shard}.parquet", shard=SHARDS),
        rejected=expand(
            "results/corpus/{kind}/{shard}.parquet",
            kind=["unreadable", "rejected"],
            shard=SHARDS,
        ),
    output:
        rows="results/corpus/rows.parquet",
        ledger="results/corpus/ledger.parquet",
        rejected="results/corpus/rejected.parquet",
    log:
        "logs/gather_corpus.log",
    benchmark:
        "benchmarks/gather_corpus.tsv"
    threads: 1
    resources:
        mem_mb=2_000,
        runtime=30,  # minutes
    params:
        settings=pick("corpus", "max_rejected_share"),
        code=code("gather_corpus.py"),
    script:
        "../scripts/gather_corpus.py"


rule split_papers:
    input:
        rows="results/corpus/rows.parquet",
    output:
        split="results/corpus/split.parquet",
    log:
        "logs/split_papers.log",
    benchmark:
        "benchmarks/split_papers.tsv"
    threads: 1
    resources:
        mem_mb=2_000,
        runtime=10,  # minutes
    params:
        settings=pick("corpus", "test_share", "validation_share", "split_seed"),
        code=code("split_papers.py"),
    script:
        "../scripts/split_papers.py"
