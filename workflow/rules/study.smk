# The study: checked settings, its papers and shards, its runs and folds, and the files that the report reads.

import atexit

from further.corpus.folder import mark_passwords, paper_ids
from further.evaluation.questions.read import BUNDLED, check_questions
from further.general import TEXTS, find_texts
from further.heads import enter_folder
from further.model_folder import check_model
from further.plan.refuse import refuse_early
from further.report import FIGURES
from further.study import read_files, read_study
from further.targets import check_targets
from further.tracking import check_trackers

# Snakemake's own reading of the files lets a key that is there twice pass.
stop_if_wrong(read_files, [Path(file) for file in workflow.configfiles])
STUDY = stop_if_wrong(read_study, config)
CONFIG = STUDY.settings.model_dump()
ARTICLES = sorted((ROOT / "resources" / "demo" / "articles").glob("*.md"))
stop_if_wrong(check_trackers, CONFIG["training"]["report_to"])
PAPERS = stop_if_wrong(find_papers, CONFIG["corpus"]["papers"], CONFIG["corpus"]["subfolders"])
NAMES = paper_ids(PAPERS)
NOTES = STUDY.find_notes(len(PAPERS))
STUDY = STUDY.for_papers(len(PAPERS))
RUNS = {name: run.model_dump() for name, run in STUDY.runs.items()}
DATA_RUNS = STUDY.data_runs
QUANTIZATION_RUNS = STUDY.quantization_runs
QUANTIZED_RUNS = [run for quantization, run in QUANTIZATION_RUNS.items() if quantization != "none"]
QUANTIZATIONS = sorted({run["quantization"] for run in RUNS.values()} | {"none"})
FOLDS = stop_if_wrong(STUDY.name_folds, len(PAPERS))
RUN_SETTINGS = RUNS | dict.fromkeys(FOLDS, RUNS["default"])
SHARDS = group_papers(PAPERS, CONFIG["corpus"]["shards"])
WHOLE_CORPUS_MB = 1_500 + len(PAPERS) // 2  # 670 MB were measured for the repeats among 2,000 papers
# Taken out of the settings: these are recorded, and shown in the report.
PASSWORDS = stop_if_wrong(mark_passwords, CONFIG["corpus"].pop("passwords"), PAPERS)
PARSING = pick("corpus", "timeout_s", "memory_mb", "ocr", "ocr_language") | {
    "versions": installed_versions(("pymupdf",))
}
SCORING = pick("evaluation", "window", "stride", "batch_tokens") | pick("training", "compute_dtype")
MODEL = str(STUDY.model_folder)
if STUDY.settings.model.source == "folder":
    stop_if_wrong(check_model, STUDY.model_folder)
GGUF_FILE = {"demo": "results/demo/SmolLM2-135M-Instruct.Q4_1.gguf", "gguf": CONFIG["model"]["path"]}.get(
    CONFIG["model"]["source"], []
)
# Bundled texts and questions are in the digest of the code that reads them, as all files of the project.
GENERAL_TEXTS = stop_if_wrong(find_texts, Path(CONFIG["general"]["texts"])) if CONFIG["general"]["texts"] else []
BUNDLED_TEXTS = [] if GENERAL_TEXTS else find_texts(TEXTS)
QUESTIONS = stop_if_wrong(check_questions, CONFIG["evaluation"]["questions"])
BUNDLED_QUESTIONS = [BUNDLED] if CONFIG["evaluation"]["questions"] == "demo" else []
stop_if_wrong(check_targets, STUDY.model_folder, [run.target_modules for run in STUDY.runs.values()])
stop_if_wrong(refuse_early, STUDY.model_folder, STUDY.runs, STUDY.settings.hardware, STUDY.settings.evaluation.window)


wildcard_constraints:
    run="[A-Za-z0-9._+-]+",
    name="[A-Za-z0-9._-]+",
    shard="[0-9]+",
    quantization="none|int8|nf4",


REPORTED = {
    "comparison": "results/evaluation/comparison.json",
    "law": "results/scaling/law.json",
    "samples": "results/evaluation/samples.json",
    "memorization": "results/evaluation/memorization.json",
    "terms": "results/evaluation/terms.json",
    "questions": "results/evaluation/questions.json",
    "general": "results/general/texts.json",
    "corpus": expand(
        "results/corpus/{table}.parquet", table=["rejected", "ledger", "split", "rows", "dropped_prose", "losses"]
    ),
    "tokens": "results/tokens/papers.parquet",
    "runs": expand(
        "results/runs/{run}/{file}",
        run=RUNS,
        file=["metrics.json", "history.parquet", "timing.json"],
    ),
}
# No rule of a study on text guards answers. Where a guard has left its results, the page shows them.
if Path("results/guard/guard.json").exists():
    REPORTED |= {"guard": "results/guard/guard.json", "guarded": "results/guard/guarded.parquet"}
REPORTED_PACKAGES = (
    *TRAINING_PACKAGES,
    *("tokenizers", "numpy", "scipy", "pandas", "pyarrow", "pymupdf", "snakemake", "matplotlib", "seaborn"),
)
CODE = {script.stem: code(script.name) for script in sorted((ROOT / "workflow" / "scripts").glob("*.py"))}

if workflow.is_main_process:
    HEAD, TAKEN_OVER = enter_folder(Path.cwd())
    atexit.register(HEAD.unlink, missing_ok=True)
    for sentence in TAKEN_OVER:
        logger.warning(sentence)
