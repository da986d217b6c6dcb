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
include: "workflow/rules/demo.smk"
include: "workflow/rules/corpus.smk"
include: "workflow/rules/tokens.smk"
include: "workflow/rules/plan.smk"
include: "workflow/rules/training.smk"
include: "workflow/rules/evaluation.smk"
include: "workflow/rules/folds.smk"
include: "workflow/rules/scaling.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/cluster.smk"


localrules:
    all,
    fetch_demo_model,
    fetch_model,
    plan,
    plan_runs,


rule all:
    default_target: True
    input:
        "results/plan.tsv",
        "results/report/index.html",
        expand("results/runs/{run}/adapter/README.md", run=RUNS),


rule plan:
    input:
        "results/plan.tsv",
