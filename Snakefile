"""Further: from a folder of papers to a further-pre-trained language model, and to what it brought."""

from pathlib import Path

from snakemake.utils import min_version

min_version("9.27")


ROOT = Path(workflow.basedir)
ROOT = ROOT.parent if ROOT.name == "workflow" else ROOT  # started from workflow/Snakefile

if not workflow.overwrite_configfiles:  # no --configfile: the demonstration

    configfile: ROOT / "config" / "config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/study.smk"
include: "workflow/rules/model.smk"
include: f"workflow/rules/{KIND}.smk"
include: "workflow/rules/cluster.smk"


localrules:
    all,
    plan,


rule all:
    default_target: True
    input:
        PLAN,
        "results/report/index.html",
        expand("results/runs/{run}/adapter/README.md", run=RUNS),


rule plan:
    input:
        PLAN,
