# A study of images: its cases, its runs, the files that the report reads, and its rules.

from further.vision.demands import check_contexts, find_window_notes, uses_pixels

PLAN = ["results/plan.tsv"]
RUNS = {name: run.model_dump() for name, run in STUDY.runs.items()}
RUN_SETTINGS = RUNS
DATA_RUNS = STUDY.data_runs
QUANTIZATIONS = sorted({run["quantization"] for run in RUNS.values()} | {"none"})
PIXEL_RUNS = [name for name, run in STUDY.runs.items() if uses_pixels(run)]
VIEWS = CONFIG["answers"]["views"]
stop_if_wrong(check_runs, STUDY)
stop_if_wrong(check_contexts, STUDY.model_folder, STUDY.runs, CONFIG["cases"]["max_images"])
NOTES = find_window_notes(
    STUDY.model_folder, STUDY.runs, CONFIG["cases"]["max_images"], CONFIG["answers"]["new_tokens"]
)


localrules:
    plan_runs,


include: "cases.smk"
include: "vision.smk"
include: "answers.smk"
include: "shift.smk"
include: "guard.smk"
include: "image_report.smk"
include: "report.smk"
