# The embedded default: bundled articles as PDFs, a real base model from the Python package index, or a toy.


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


rule fetch_demo_model:
    output:
        model="results/demo/SmolLM2-135M-Instruct.Q4_1.gguf",
    log:
        "logs/fetch_demo_model.log",
    benchmark:
        "benchmarks/fetch_demo_model.tsv"
    threads: 1
    resources:
        mem_mb=1_000,
        runtime=15,  # minutes
    params:
        settings={},
        code=code("fetch_demo_model.py"),
    script:
        "../scripts/fetch_demo_model.py"


rule train_toy:
    input:
        general="results/general/train.parquet",
    output:
        model=directory("results/demo/toy"),
        metrics="results/demo/toy.json",
    log:
        "logs/train_toy.log",
    benchmark:
        "benchmarks/train_toy.tsv"
    threads: 2
    resources:
        mem_mb=2_500,
        runtime=15,  # minutes
    params:
        settings=pick("demo", "base_steps", "base_seed")
        | {"versions": installed_versions(("torch", "transformers", "tokenizers"))},
        code=code("train_toy.py"),
    script:
        "../scripts/train_toy.py"
