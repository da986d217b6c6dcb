# What the rules share: checked settings, the runs, the papers, and the digest of the code behind each rule.

import platform
from functools import cache

from further.config import check_config, expand_runs, model_folder, name_folds, runs_of_sweep
from further.corpus.shards import list_papers, mark_passwords, paper_id, shard_of
from further.plan.refuse import refuse_early
from further.provenance import digest_code, installed_versions
from further.report import FIGURES
from further.report.trace import trace_rules
from further.targets import check_targets

ROOT = Path(workflow.basedir)
PYTHON = platform.python_version()
TRAINING_PACKAGES = ("torch", "transformers", "peft", "bitsandbytes", "accelerate")


def stop_if_wrong(check, *arguments):
    """Call `check`; what it finds wrong ends everything before any job, in its own words and without a traceback."""
    try:
        return check(*arguments)
    except ValueError as error:
        raise SystemExit(f"Nothing was started.\n{error}") from None


def find_papers(folder):
    """PDFs of the study: those of a folder, or those that the bundled articles will be rendered to."""
    if folder is not None:
        return list_papers(Path(folder))
    return [Path(f"results/demo/papers/{article.stem}.pdf") for article in ARTICLES]


def group_papers(papers, num_shards):
    """Papers by shard; a paper's shard depends on its own name only."""
    shards = {}
    for paper in papers:
        shards.setdefault(shard_of(paper_id(paper), num_shards), []).append(str(paper))
    return dict(sorted(shards.items()))


def code(script):
    """Digest of a script and of what it imports from the package: reruns follow the code that runs."""
    return stop_if_wrong(digest_code, ROOT / "workflow" / "scripts" / script)


def pick(section, *keys):
    """The named settings of a section of the configuration."""
    return {key: CONFIG[section][key] for key in keys}


def papers_of_shard(wildcards):
    return SHARDS[wildcards.shard]


def parsing_of_shard(wildcards):
    """Settings of parsing; marks stand for passwords, as settings are recorded."""
    ids = {paper_id(Path(paper)) for paper in SHARDS[wildcards.shard]}
    return PARSING | {"passwords": {name: mark for name, mark in PASSWORDS.items() if name in ids}}


def settings_of_run(wildcards):
    return {
        "run": RUN_SETTINGS[wildcards.run],
        "versions": installed_versions(TRAINING_PACKAGES),
    }


def replay_of_run(wildcards):
    """General text to train on beside the papers, if any."""
    return ["results/tokens/replay.parquet"] if RUN_SETTINGS[wildcards.run]["replay_share"] else []


def quantisation_of_run(wildcards):
    return SCORING | {"quantisation": RUN_SETTINGS[wildcards.run]["quantisation"]}


def settings_of_fold(wildcards):
    return FOLDS[wildcards.run] | pick("corpus", "validation_share", "split_seed")


def is_fold(wildcards):
    return wildcards.run in FOLDS


CONFIG = stop_if_wrong(check_config, config, ROOT / "workflow" / "schemas" / "config.schema.yaml")
RUNS = expand_runs(CONFIG)
DATA_RUNS = runs_of_sweep(CONFIG, "data")
QUANTISATION_RUNS = {RUNS[run]["quantisation"]: run for run in ["default", *runs_of_sweep(CONFIG, "quantisation")]}
QUANTISED_RUNS = [run for quantisation, run in QUANTISATION_RUNS.items() if quantisation != "none"]
QUANTISATIONS = sorted({run["quantisation"] for run in RUNS.values()} | {"none"})
ARTICLES = sorted((ROOT / "resources" / "demo" / "articles").glob("*.md"))
PAPERS = stop_if_wrong(find_papers, CONFIG["corpus"]["papers"])
FOLDS = stop_if_wrong(name_folds, CONFIG, len(PAPERS))
RUN_SETTINGS = RUNS | dict.fromkeys(FOLDS, RUNS["default"])
SHARDS = group_papers(PAPERS, CONFIG["corpus"]["shards"])
WHOLE_CORPUS_MB = 1_500 + len(PAPERS) // 2  # 670 MB were measured for the repeats among 2,000 papers
# Taken out of the settings: these are recorded, and shown in the report.
PASSWORDS = stop_if_wrong(mark_passwords, CONFIG["corpus"].pop("passwords"), PAPERS)
PARSING = pick("corpus", "timeout_s", "memory_mb", "ocr", "ocr_language") | {
    "versions": installed_versions(("pymupdf",))
}
SCORING = pick("evaluation", "window", "stride", "batch_tokens") | {
    "compute_dtype": CONFIG["training"]["compute_dtype"],
    "versions": installed_versions(TRAINING_PACKAGES),
}
MODEL = model_folder(CONFIG)
stop_if_wrong(check_targets, Path(MODEL), [run["target_modules"] for run in RUNS.values()])
stop_if_wrong(refuse_early, Path(MODEL), RUNS, CONFIG["hardware"])


wildcard_constraints:
    run="[A-Za-z0-9._+-]+",
    shard="[0-9]+",
    quantisation="none|int8|nf4",


REPORTED = {
    "comparison": "results/evaluation/comparison.json",
    "law": "results/scaling/law.json",
    "samples": "results/evaluation/samples.json",
    "memorisation": "results/evaluation/memorisation.json",
    "terms": "results/evaluation/terms.json",
    "rejected": "results/corpus/rejected.parquet",
    "ledger": "results/corpus/ledger.parquet",
    "split": "results/corpus/split.parquet",
    "rows": "results/corpus/rows.parquet",
    "tokens": "results/tokens/papers.parquet",
    "runs": expand(
        "results/runs/{run}/{file}",
        run=RUNS,
        file=["metrics.json", "history.parquet", "timing.json"],
    ),
}
REPORTED_PACKAGES = (*TRAINING_PACKAGES, "snakemake", "pymupdf", "scipy", "pandas")
CODE = {script.stem: code(script.name) for script in sorted((ROOT / "workflow" / "scripts").glob("*.py"))}
