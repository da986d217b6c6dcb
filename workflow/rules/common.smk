# Functions that the rules share: refusals, the digest of the code behind each rule, and what a wildcard asks for.

from functools import cache

from snakemake.logging import logger

from further.corpus.folder import list_left_out, paper_id
from further.shards import hash_rank, shard_of
from further.digests import digest_files
from further.places import check_dates, check_path, list_study_papers
from further.provenance import digest_code, installed_versions

PYTHON = platform.python_version()
TRAINING_PACKAGES = ("torch", "transformers", "peft", "bitsandbytes")


def stop_if_wrong(check, *arguments):
    """Call `check`; what it finds wrong ends everything before any job, in its own words and without a traceback."""
    try:
        return check(*arguments)
    except ValueError as error:
        raise SystemExit(f"Nothing was started.\n{error}") from None


stop_if_wrong(check_path, ROOT, "project")
stop_if_wrong(check_path, Path.cwd(), "study")


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


def code(script, data=()):
    """Digest of a script, of what it imports from the package, and of files beside the code: reruns follow what runs.

    Files of the project are no inputs: their paths would be recorded, and a study that is moved would be done again.
    """
    digest = stop_if_wrong(digest_code, ROOT / "workflow" / "scripts" / script)
    return digest + digest_files(data) if data else digest


def templates(stage):
    """The files that a stage's pages are made from."""
    return list((ROOT / "src" / "further" / stage / "templates").iterdir())


def pick(section, *keys):
    """The named settings of a section of the configuration."""
    return {key: CONFIG[section][key] for key in keys}


def is_pattern(paper):
    """Whether Snakemake would take a part of a file's path for a wildcard, which cannot be escaped (9.27)."""
    return "{" in str(paper)


def stamp(file):
    """What tells a file from another one that takes its place and keeps its own, older date: its size.

    A file with braces is no input of the rule, so its date counts, too.
    """
    seen = file.stat()
    return [seen.st_size, seen.st_mtime_ns] if is_pattern(file) else [seen.st_size]


def stamps_of(files):
    """The same for other files of the study's own; nothing where it has none."""
    return {"stamps": list(map(stamp, files))} if files else {}


def stamp_patterns(files):
    """The same for pictures and tables of cases that cannot be inputs: braces in their paths would be wildcards."""
    return {str(file): stamp(file) for file in files if is_pattern(file)}


def digest_sizes(files, is_own):
    """The sizes of many files in 16 digits; "" for drawn ones, which a job of the study makes."""
    return hash_rank(*(f"{file} {file.stat().st_size}" for file in files))[:16] if is_own else ""


def papers_of_shard(wildcards):
    return [str(paper) for paper in SHARDS[wildcards.shard] if not is_pattern(paper)]


def parsing_of_shard(wildcards):
    """Settings of parsing; marks stand for passwords, as settings are recorded, and stamps for what is in a file."""
    papers = SHARDS[wildcards.shard]
    names = {str(paper): NAMES[paper] for paper in papers}
    marks = {name: mark for name, mark in PASSWORDS.items() if name in names.values()}
    stamps = {} if CONFIG["corpus"]["papers"] is None else {str(paper): stamp(paper) for paper in papers}
    return PARSING | {"passwords": marks, "names": names, "stamps": stamps}


def settings_of_run(wildcards):
    return {
        "run": RUN_SETTINGS[wildcards.run],
        "versions": installed_versions(TRAINING_PACKAGES),
    }


def replay_of_run(wildcards):
    """General text to train on beside the papers, if any."""
    return ["results/tokens/replay.parquet"] if RUN_SETTINGS[wildcards.run]["replay_fraction"] else []


def replay_of_any_run(wildcards):
    """The same, if any run of the study has some; folds train as the default run does."""
    return ["results/tokens/replay.parquet"] if any(run["replay_fraction"] for run in RUNS.values()) else []


def settings_of_fold(wildcards):
    return FOLDS[wildcards.run] | pick("corpus", "validation_fraction", "split_seed")


def is_fold(wildcards):
    return wildcards.run in FOLDS
