# The embedded default: bundled articles as PDFs, general text that every Python installation carries, a tiny base model.


rule render_papers:
    output:
        papers=[f"results/demo/papers/{article.stem}.pdf" for article in ARTICLES],
    log:
        "logs/render_papers.log",
    benchmark:
        "benchmarks/render_papers.tsv"
    threads: 1
    resources:
        mem_mb=1_000,
        runtime=5,  # minutes
    params:
        settings={"versions": installed_versions(("reportlab", "pyphen", "matplotlib"))},
        code=code("render_papers.py", ARTICLES),
    script:
        "../scripts/render_papers.py"


rule collect_general:
    output:
        train="results/demo/general/train.parquet",
        heldout="results/demo/general/heldout.parquet",
    log:
        "logs/collect_general.log",
    benchmark:
        "benchmarks/collect_general.tsv"
    threads: 1
    resources:
        mem_mb=1_000,
        runtime=5,  # minutes
    params:
        settings=pick("general", "heldout_fraction", "split_seed") | {"python": PYTHON},
        code=code("collect_general.py"),
    script:
        "../scripts/collect_general.py"


rule train_base:
    input:
        general="results/demo/general/train.parquet",
    output:
        model=directory("results/demo/base"),
        metrics="results/demo/base.json",
    log:
        "logs/train_base.log",
    benchmark:
        "benchmarks/train_base.tsv"
    threads: 2
    resources:
        mem_mb=2_500,
        runtime=15,  # minutes
    params:
        settings=pick("demo", "base_steps", "base_seed")
        | {"versions": installed_versions(("torch", "transformers", "tokenizers"))},
        code=code("train_base.py"),
    script:
        "../scripts/train_base.py"
