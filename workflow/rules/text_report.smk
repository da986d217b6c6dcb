# What a study of text reports: the files behind its page, its costly jobs, and a model card beside each adapter.

PAGE = REPORTED | {"plan": "results/plan.tsv", "view": "results/corpus/view/index.html"}


def costly_jobs():
    """Jobs that train or run a model, by what they are for."""
    folds = RUNS["default"]["quantization"]
    scored = [f"score_base/{quantization}" for quantization in QUANTIZATIONS]
    scored += [f"score_base/{fold}/{folds}" for fold in FOLDS]
    scored += [f"score_run/{run}" for run in RUN_SETTINGS] + [f"score_merged/{run}" for run in QUANTIZED_RUNS]
    return {
        "training": [f"train_qlora/{run}" for run in RUNS],
        "training for the cross-validation": [f"train_qlora/{fold}" for fold in FOLDS],
        "scoring": scored,
        "samples, words and paragraphs": ["generate_samples", "probe_default", "score_questions"],
    }


rule write_cards:
    input:
        **REPORTED,
        adapters=expand("results/runs/{run}/adapter/adapter_model.safetensors", run=RUNS),
    output:
        cards=expand("results/runs/{run}/adapter/README.md", run=RUNS),
    log:
        "logs/write_cards.log",
    benchmark:
        "benchmarks/write_cards.tsv"
    threads: 1
    resources:
        mem_mb=1_500,
        runtime=15,  # minutes
    params:
        settings={name: CONFIG[name] for name in ("study", "model", "cost")} | {"corpus": pick("corpus", "language")},
        code=code("write_cards.py", [ROOT / "src/further/report/templates/card.md.jinja"]),
    script:
        "../scripts/write_cards.py"
