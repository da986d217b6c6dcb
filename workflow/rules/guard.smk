# When to answer and when to hand over to a person: thresholds certified on validation cases, and a decision per answer.


from further.guard.files import find_file

GUARD_FILES = ("topics_file", "contradictions_file")
FOUND_GUARD_FILES = {key: stop_if_wrong(find_file, key, CONFIG["guard"][key], ROOT) for key in GUARD_FILES}
READ_GUARD_FILES = [file for file, _ in FOUND_GUARD_FILES.values() if file]


def own_file_of_guard(key):
    """A file that a clinic edits, if the study has one. What is in it is in the digest of the code, as dates may be old."""
    file, is_own = FOUND_GUARD_FILES[key]
    return str(file) if is_own else []


rule guard_answers:
    input:
        answers="results/answers/default.parquet",
        shifted=SHIFTED_ANSWERS,
        topics_file=own_file_of_guard("topics_file"),
        contradictions_file=own_file_of_guard("contradictions_file"),
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
            *GUARD_FILES,
        ),
        code=code("guard_answers.py", READ_GUARD_FILES),
    script:
        "../scripts/guard_answers.py"
