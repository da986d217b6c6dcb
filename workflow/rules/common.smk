# Functions that several files of rules share: refusals, the digest of the code behind each rule, stamps of files.

from snakemake.logging import logger

from further.digests import digest_files
from further.places import check_path
from further.provenance import digest_code, installed_versions
from further.shards import hash_rank
from further.fault_messages import add_lines

TRAINING_PACKAGES = ("torch", "transformers", "peft", "bitsandbytes")


def stop_if_wrong(check, *arguments):
    """Call `check`; what it finds wrong ends everything before any job, in its own words and without a traceback."""
    try:
        return check(*arguments)
    except (ValueError, OSError) as error:
        told = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.filename else str(error)
        # What --config sets stands in no file.
        files = [] if workflow.config_settings.config else [Path(file) for file in workflow.configfiles]
        raise SystemExit(f"Nothing was started.\n{add_lines(told, files)}") from None


stop_if_wrong(check_path, ROOT, "project")
stop_if_wrong(check_path, Path.cwd(), "study")


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


def settings_of_run(wildcards):
    return {
        "run": RUN_SETTINGS[wildcards.run],
        "versions": installed_versions(TRAINING_PACKAGES),
    }


def is_fold(wildcards):
    return wildcards.run in FOLDS
