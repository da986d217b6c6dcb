# PDFs to rows, by shards of papers; then one table, its account, the split by paper, and no text twice.


def papers_of_shard(wildcards):
    return [str(paper) for paper in SHARDS[wildcards.shard] if not is_pattern(paper)]


def parsing_of_shard(wildcards):
    """Settings of parsing; marks stand for passwords, as settings are recorded, and stamps for what is in a file."""
    papers = SHARDS[wildcards.shard]
    names = {str(paper): NAMES[paper] for paper in papers}
    marks = {name: mark for name, mark in PASSWORDS.items() if name in names.values()}
    stamps = {} if CONFIG["corpus"]["papers"] is None else {str(paper): stamp(paper) for paper in papers}
    return PARSING | {"passwords": marks, "names": names, "stamps": stamps}


rule parse_papers:
    input:
        papers=papers_of_shard,
    output:
        blocks="results/corpus/blocks/{shard}.parquet",
        unreadable="results/corpus/unreadable/{shard}.parquet",
        readings="results/corpus/readings/{shard}.parquet",
    log:
        "logs/parse_papers/{shard}.log",
    benchmark:
        "benchmarks/parse_papers/{shard}.tsv"
    priority: 50  # data that cannot be used end the study before a base model is fetched or trained
    threads: 1
    resources:
        mem_mb=CONFIG["corpus"]["memory_mb"] + 1_000,
        runtime=120,  # minutes
    params:
        settings=parsing_of_shard,
        code=code("parse_papers.py"),
    script:
        "../scripts/parse_papers.py"


rule clean_papers:
    input:
        blocks="results/corpus/blocks/{shard}.parquet",
        readings="results/corpus/readings/{shard}.parquet",
    output:
        rows="results/corpus/rows/{shard}.parquet",
        ledger="results/corpus/ledger/{shard}.parquet",
        rejected="results/corpus/rejected/{shard}.parquet",
        decisions="results/corpus/decisions/{shard}.parquet",
        dropped_prose="results/corpus/dropped_prose/{shard}.parquet",
        losses="results/corpus/losses/{shard}.parquet",
    log:
        "logs/clean_papers/{shard}.log",
    benchmark:
        "benchmarks/clean_papers/{shard}.tsv"
    priority: 50
    threads: 1
    resources:
        mem_mb=2_000,
        runtime=30,  # minutes
    params:
        settings=pick(
            "corpus",
            "keep_appendices",
            "keep_captions",
            "keep_citations",
            "keep_headings",
            "min_words",
            "language",
            "drop_sections",
            "max_damaged_fraction",
            "max_unknown_signs",
        )
        | {"versions": installed_versions(("ftfy", "py3langid"))},
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
        dropped_prose=expand("results/corpus/dropped_prose/{shard}.parquet", shard=SHARDS),
        losses=expand("results/corpus/losses/{shard}.parquet", shard=SHARDS),
    output:
        rows="results/corpus/gathered/rows.parquet",
        ledger="results/corpus/gathered/ledger.parquet",
        rejected="results/corpus/gathered/rejected.parquet",
        dropped_prose="results/corpus/dropped_prose.parquet",
        losses="results/corpus/losses.parquet",
    log:
        "logs/gather_corpus.log",
    benchmark:
        "benchmarks/gather_corpus.tsv"
    priority: 50
    threads: 1
    resources:
        mem_mb=WHOLE_CORPUS_MB,
        runtime=30,  # minutes
    params:
        settings=pick("corpus", "max_rejected_fraction"),
        code=code("gather_corpus.py"),
    script:
        "../scripts/gather_corpus.py"


rule drop_duplicates:
    input:
        rows="results/corpus/gathered/rows.parquet",
        rejected="results/corpus/gathered/rejected.parquet",
        losses="results/corpus/losses.parquet",
    output:
        rejected="results/corpus/rejected.parquet",
    log:
        "logs/drop_duplicates.log",
    benchmark:
        "benchmarks/drop_duplicates.tsv"
    priority: 50
    threads: 1
    resources:
        mem_mb=WHOLE_CORPUS_MB,
        runtime=30,  # minutes
    params:
        settings=pick("corpus", "paper_similarity") | {"versions": installed_versions(("rensa",))},
        code=code("drop_duplicates.py"),
    script:
        "../scripts/drop_duplicates.py"


rule split_papers:
    input:
        rows="results/corpus/gathered/rows.parquet",
        rejected="results/corpus/rejected.parquet",
    output:
        split="results/corpus/gathered/split.parquet",
    log:
        "logs/split_papers.log",
    benchmark:
        "benchmarks/split_papers.tsv"
    priority: 50
    threads: 1
    resources:
        mem_mb=WHOLE_CORPUS_MB,
        runtime=10,  # minutes
    params:
        settings=pick("corpus", "test_fraction", "validation_fraction", "split_seed"),
        code=code("split_papers.py"),
    script:
        "../scripts/split_papers.py"


rule drop_repeats:
    input:
        rows="results/corpus/gathered/rows.parquet",
        ledger="results/corpus/gathered/ledger.parquet",
        rejected="results/corpus/rejected.parquet",
        split="results/corpus/gathered/split.parquet",
    output:
        rows="results/corpus/rows.parquet",
        ledger="results/corpus/ledger.parquet",
        split="results/corpus/split.parquet",
        repeats="results/corpus/repeats.parquet",
    log:
        "logs/drop_repeats.log",
    benchmark:
        "benchmarks/drop_repeats.tsv"
    priority: 50
    threads: 1
    resources:
        mem_mb=WHOLE_CORPUS_MB,
        runtime=30,  # minutes
    params:
        settings=pick("corpus", "paragraph_similarity", "paragraph_words")
        | {"versions": installed_versions(("rensa",))},
        code=code("drop_repeats.py"),
    script:
        "../scripts/drop_repeats.py"


rule draw_pages:
    input:
        blocks=expand("results/corpus/blocks/{shard}.parquet", shard=SHARDS),
        decisions=expand("results/corpus/decisions/{shard}.parquet", shard=SHARDS),
        repeats="results/corpus/repeats.parquet",
        rejected="results/corpus/rejected.parquet",
        split="results/corpus/split.parquet",
        losses="results/corpus/losses.parquet",
    output:
        index="results/corpus/view/index.html",
        papers=directory("results/corpus/view/papers"),
    log:
        "logs/draw_pages.log",
    benchmark:
        "benchmarks/draw_pages.tsv"
    threads: 1
    resources:
        mem_mb=2_000,
        runtime=30,  # minutes
    params:
        settings={"versions": installed_versions(("jinja2",))},
        code=code("draw_pages.py", templates("corpus")),
    script:
        "../scripts/draw_pages.py"
