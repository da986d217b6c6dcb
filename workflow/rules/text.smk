# A study of text: its papers and shards, its runs and folds, the files that the report reads, and its rules.

from further.corpus.folder import list_left_out, mark_passwords, paper_id, paper_ids
from further.evaluation.questions.read import BUNDLED, check_questions, has_choices
from further.general import TEXTS, find_texts
from further.places import check_dates, list_study_papers
from further.shards import shard_of


def find_papers(folder, subfolders):
    """PDFs of the study: those of a folder, or those that the bundled articles will be rendered to."""
    if folder is not None:
        papers = list_study_papers(Path(folder), subfolders)
        left_out = 0 if subfolders or not workflow.is_main_process else len(list_left_out(Path(folder)))
        if left_out:
            logger.warning(f"corpus.subfolders is false: {left_out} PDFs in subfolders of {folder} are left out")
        return papers
    return [Path(f"results/demo/papers/{article.stem}.pdf") for article in ARTICLES]


def group_papers(papers, num_shards):
    """Papers by shard; a paper's shard depends on its own name only."""
    shards = {}
    for paper in papers:
        shards.setdefault(shard_of(paper_id(paper), num_shards), []).append(paper)
    return dict(sorted(shards.items()))


ARTICLES = sorted((ROOT / "resources" / "demo" / "articles").glob("*.md"))
PAPERS = stop_if_wrong(find_papers, CONFIG["corpus"]["papers"], CONFIG["corpus"]["subfolders"])
if workflow.is_main_process and CONFIG["corpus"]["papers"] is not None:
    stop_if_wrong(check_dates, PAPERS)
NAMES = paper_ids(PAPERS)
NOTES = STUDY.find_notes(len(PAPERS))
PLAN = ["results/plan.tsv"]
STUDY = STUDY.for_papers(len(PAPERS))
RUNS = {name: STUDY.runs[name].model_dump() for name in sorted(STUDY.runs, key=lambda name: (name != "default", name))}
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
GGUF_FILE = {"demo": "results/demo/SmolLM2-135M-Instruct.Q4_1.gguf", "gguf": CONFIG["model"]["path"]}.get(
    CONFIG["model"]["source"], []
)
# Bundled texts and questions are in the digest of the code that reads them, as all files of the project.
GENERAL_TEXTS = stop_if_wrong(find_texts, Path(CONFIG["general"]["texts"])) if CONFIG["general"]["texts"] else []
BUNDLED_TEXTS = [] if GENERAL_TEXTS else find_texts(TEXTS)
QUESTIONS = stop_if_wrong(check_questions, CONFIG["evaluation"]["questions"])
BUNDLED_QUESTIONS = [BUNDLED] if CONFIG["evaluation"]["questions"] == "demo" else []
stop_if_wrong(check_runs, STUDY)

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
# Answers to questions with choices are guarded.
REPORTED |= (
    {"guard": "results/guard/guard.json", "guarded": "results/guard/guarded.parquet"}
    if has_choices(CONFIG["evaluation"]["questions"])
    else {}
)
SHIFTED_ANSWERS = []


localrules:
    fetch_demo_model,
    plan_runs,


include: "demo.smk"
include: "corpus.smk"
include: "tokens.smk"
include: "plan.smk"
include: "training.smk"
include: "evaluation.smk"
include: "guard.smk"
include: "folds.smk"
include: "scaling.smk"
include: "text_report.smk"
include: "report.smk"
