# The page that people read, of any kind of study, with its figures and the data of each.

from further.report import FIGURES


def page_settings(wildcards):
    """Snakemake's notes of jobs are no inputs: to make one that is gone again, its job would rerun."""
    notes = {kind: [f"benchmarks/{job}.tsv" for job in jobs] for kind, jobs in costly_jobs().items()}
    return {
        "configuration": CONFIG,
        "jobs": notes,
        "versions": installed_versions(REPORTED_PACKAGES),
    }


rule write_report:
    input:
        **PAGE,
    output:
        page=report("results/report/index.html", caption="../report/page.rst", category="Page"),
        figures=[
            report(
                f"results/report/figures/{name}.svg",
                caption="../report/figure.rst",
                category="Figures",
                labels={"figure": name.replace("_", " ")},
            )
            for name in FIGURES[KIND]
        ],
        data=[f"results/report/data/{name}.csv" for name in FIGURES[KIND]],
    log:
        "logs/write_report.log",
    benchmark:
        "benchmarks/write_report.tsv"
    threads: 1
    resources:
        mem_mb=1_500,
        runtime=15,  # minutes
    params:
        settings=page_settings,
        code=code("write_report.py", templates("report")),
        study_code=CODE,
    script:
        "../scripts/write_report.py"
