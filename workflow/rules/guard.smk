# When to answer and when to hand over to a person: thresholds certified on validation cases, and a decision per answer.


def find_guard_file(key):
    """A file that a clinic edits, in the study's folder or, where it has none, the one that comes with Further."""
    named = CONFIG["guard"][key]
    if named is None:
        return []
    return named if Path(named).exists() else str(ROOT / named)


rule guard_answers:
    input:
        answers="results/answers/default.parquet",
        topics_file=find_guard_file("topics_file"),
        contradictions_file=find_guard_file("contradictions_file"),
    output:
        record="results/guard/guard.json",
        guarded="results/guard/guarded.parquet",
    log:
        "logs/guard_answers.log",
    benchmark:
        "benchmarks/guard_answers.tsv"
    threads: 1
    resources:
        mem_mb=1_500,
        runtime=15,  # minutes
    params:
        settings=pick(
            "guard",
            "target_error",
            "confidence",
            "score",
            "start_factor",
            "start_fraction",
            "steps",
            "max_run",
            "max_rep_4",
        ),
        code=code("guard_answers.py"),
    script:
        "../scripts/guard_answers.py"
