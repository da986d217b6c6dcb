# Figures, each with its data, and the page that people read.


rule draw_figures:
    input:
        **REPORTED,
    output:
        figures=[
            report(
                f"results/report/figures/{name}.svg",
                caption=f"../report/{name}.rst",
                category="Figures",
                labels={"figure": name.replace("_", " ")},
            )
            for name in FIGURES
        ],
        data=[f"results/report/data/{name}.csv" for name in FIGURES],
    log:
        "logs/draw_figures.log",
    benchmark:
        "benchmarks/draw_figures.tsv"
    threads: 1
    resources:
        mem_mb=1_500,
        runtime=15,  # minutes
    params:
        settings={
            "titles": CONFIG["report"]["titles"],
            "versions": installed_versions(("matplotlib", "seaborn")),
        },
        code=code("draw_figures.py"),
    script:
        "../scripts/draw_figures.py"


rule write_report:
    input:
        **REPORTED,
        figures=[f"results/report/figures/{name}.svg" for name in FIGURES],
        data=[f"results/report/data/{name}.csv" for name in FIGURES],
        view="results/corpus/view/index.html",
        templates=sorted((ROOT / "src/further/report/templates").iterdir()),
    output:
        page=report("results/report/index.html", caption="../report/page.rst", category="Page"),
    log:
        "logs/write_report.log",
    benchmark:
        "benchmarks/write_report.tsv"
    threads: 1
    resources:
        mem_mb=1_500,
        runtime=15,  # minutes
    params:
        settings={
            "configuration": CONFIG,
            "versions": installed_versions(REPORTED_PACKAGES),
        },
        code=code("write_report.py"),
        study_code=CODE,
    script:
        "../scripts/write_report.py"
