# Answers of base and adapted models, their scores beside the floors, and the law over cases.

ANSWERING = pick("answers", "new_tokens", "batch_size") | pick("training", "compute_dtype")
TEST, HELD_OUT = ["test"], ["validation", "test"]


def settings_of_answering(quantization, splits=TEST, view="image"):
    return {
        "answering": ANSWERING | {"quantization": quantization, "splits": splits, "view": view},
        "versions": installed_versions(TRAINING_PACKAGES),
    }


def answering_of_run(wildcards):
    """The default run's answers to the validation cases, too, are what the guard's thresholds are chosen on."""
    splits = HELD_OUT if wildcards.run == "default" else TEST
    return settings_of_answering(RUNS[wildcards.run]["quantization"], splits)


def answering_of_base(wildcards):
    return settings_of_answering(wildcards.quantization)


def answering_of_view(wildcards):
    return settings_of_answering(RUNS["default"]["quantization"], view=wildcards.view)


wildcard_constraints:
    view="black|other",


rule answer_base:
    input:
        questions="results/cases/questions.parquet",
        images="results/cases/images.parquet",
        shown=FEATURES,
        model=MODEL,
    output:
        answers="results/answers/base/{quantization}.parquet",
    log:
        "logs/answer_base/{quantization}.log",
    benchmark:
        "benchmarks/answer_base/{quantization}.tsv"
    threads: CONFIG["hardware"]["threads"]
    resources:
        mem_mb=CONFIG["hardware"]["memory_mb"],
        planned_gpus=PLANNED_GPUS,
        runtime=CONFIG["hardware"]["scoring_minutes"],
        plan_first=1,
    params:
        settings=answering_of_base,
        code=code("answer_questions.py"),
    script:
        "../scripts/answer_questions.py"


rule answer_run:
    input:
        questions="results/cases/questions.parquet",
        images="results/cases/images.parquet",
        shown=images_of_run,
        model=MODEL,
        adapter="results/runs/{run}/adapter/adapter_model.safetensors",
    output:
        answers="results/answers/runs/{run}.parquet",
    log:
        "logs/answer_run/{run}.log",
    benchmark:
        "benchmarks/answer_run/{run}.tsv"
    threads: CONFIG["hardware"]["threads"]
    resources:
        mem_mb=CONFIG["hardware"]["memory_mb"],
        planned_gpus=PLANNED_GPUS,
        runtime=CONFIG["hardware"]["scoring_minutes"],
    params:
        settings=answering_of_run,
        code=code("answer_questions.py"),
    script:
        "../scripts/answer_questions.py"


rule answer_view:
    input:
        questions="results/cases/questions.parquet",
        images="results/cases/images.parquet",
        shown=PICTURES if "default" in PIXEL_RUNS else FEATURES,
        model=MODEL,
        adapter="results/runs/default/adapter/adapter_model.safetensors",
    output:
        answers="results/answers/views/{view}.parquet",
    log:
        "logs/answer_view/{view}.log",
    benchmark:
        "benchmarks/answer_view/{view}.tsv"
    threads: CONFIG["hardware"]["threads"]
    resources:
        mem_mb=CONFIG["hardware"]["memory_mb"],
        planned_gpus=PLANNED_GPUS,
        runtime=CONFIG["hardware"]["scoring_minutes"],
    params:
        settings=answering_of_view,
        code=code("answer_questions.py"),
    script:
        "../scripts/answer_questions.py"


rule compare_answers:
    input:
        base=expand("results/answers/base/{quantization}.parquet", quantization=QUANTIZATIONS),
        runs=expand("results/answers/runs/{run}.parquet", run=RUNS),
        views=expand("results/answers/views/{view}.parquet", view=VIEWS),
        floors="results/evaluation/floors.parquet",
        metrics=expand("results/runs/{run}/metrics.json", run=RUNS),
        history=expand("results/runs/{run}/history.parquet", run=RUNS),
    output:
        comparison="results/evaluation/answers.json",
        scores="results/evaluation/scores.parquet",
    log:
        "logs/compare_answers.log",
    benchmark:
        "benchmarks/compare_answers.tsv"
    threads: 1
    resources:
        mem_mb=4_000,
        runtime=30,  # minutes
    params:
        settings=pick("evaluation", "bootstrap", "seed")
        | {"versions": installed_versions(("sacrebleu", "rouge-score", "scipy", "numpy"))},
        code=code("compare_answers.py"),
    script:
        "../scripts/compare_answers.py"


rule judge_answers:
    input:
        answers="results/answers/runs/default.parquet",
        questions="results/cases/questions.parquet",
    output:
        answers="results/answers/default.parquet",
    log:
        "logs/judge_answers.log",
    benchmark:
        "benchmarks/judge_answers.tsv"
    threads: 1
    resources:
        mem_mb=1_500,
        runtime=15,  # minutes
    params:
        settings={},
        code=code("judge_answers.py"),
    script:
        "../scripts/judge_answers.py"


rule fit_case_law:
    input:
        comparison="results/evaluation/answers.json",
        metrics="results/runs/default/metrics.json",
        timing=expand("results/runs/{run}/timing.json", run=DATA_RUNS or ["default"]),
        history=expand("results/runs/{run}/history.parquet", run=DATA_RUNS or ["default"]),
    output:
        law="results/scaling/law.json",
    log:
        "logs/fit_case_law.log",
    benchmark:
        "benchmarks/fit_case_law.tsv"
    threads: 1
    resources:
        mem_mb=1_500,
        runtime=15,  # minutes
    params:
        settings={
            "runs": DATA_RUNS,
            "model": CONFIG["model"],
            "targets": CONFIG["scaling"]["targets"],
            "cost": CONFIG["cost"],
        },
        code=code("fit_case_law.py"),
    script:
        "../scripts/fit_case_law.py"
