# The base model, where it comes from the hub.


localrules:
    fetch_model,


rule fetch_model:
    output:
        model=directory("results/models/{name}"),
    log:
        "logs/fetch_model/{name}.log",
    benchmark:
        "benchmarks/fetch_model/{name}.tsv"
    threads: 1
    resources:
        mem_mb=2_000,
        runtime=240,  # minutes
    params:
        settings=pick("model", "path", "revision") | ({"kind": KIND} if KIND != "text" else {}),
        code=code("fetch_model.py"),
    script:
        "../scripts/fetch_model.py"
