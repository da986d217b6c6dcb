# The study: its settings, checked; what every kind of study has. What is special to a kind stands in its own file.

import atexit
import sys

from further.takeover import enter_folder
from further.plan.early import check_runs
from further.study import read_files, read_study
from further.tracking import check_trackers

# Snakemake's own reading of the files lets a key that is there twice pass.
stop_if_wrong(read_files, [Path(file) for file in workflow.configfiles])
STUDY = stop_if_wrong(read_study, config)
CONFIG = STUDY.settings.model_dump()
CONFIG["sweeps"] = dict(sorted(CONFIG["sweeps"].items()))  # the order in a study file makes nothing anew
KIND = STUDY.settings.study.kind
PLANNED_GPUS = 0 if CONFIG["hardware"]["gpu_memory_gb"] is None else 1  # of a job that scores or writes
MODEL = str(STUDY.model_folder)
stop_if_wrong(check_trackers, CONFIG["training"]["report_to"])


wildcard_constraints:
    run="[A-Za-z0-9._+-]+",
    name="[A-Za-z0-9._-]+",
    shard="[0-9]+",
    quantization="none|int8|nf4",


REPORTED_PACKAGES = (
    *TRAINING_PACKAGES,
    *("tokenizers", "numpy", "scipy", "pandas", "pyarrow", "pymupdf", "snakemake", "matplotlib", "seaborn"),
)
CODE = {script.stem: code(script.name) for script in sorted((ROOT / "workflow" / "scripts").glob("*.py"))}

LOOKING = (
    "--report",
    "--dag",
    "--rulegraph",
    "--filegraph",
    "--summary",
    "--lint",
    "--list-rules",
    "--list-target-rules",
)

if workflow.is_main_process:
    # Whoever only looks ends no job that a killed snakemake left at work.
    looks = workflow.output_settings.dryrun or any(word.partition("=")[0] in LOOKING for word in sys.argv)
    HEAD, TAKEN_OVER = stop_if_wrong(enter_folder, Path.cwd(), not looks)
    atexit.register(HEAD.unlink, missing_ok=True)
    for sentence in TAKEN_OVER:
        logger.warning(sentence)
