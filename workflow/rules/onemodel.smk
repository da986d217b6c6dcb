# A study of one small model: its cases, its arms, the comparison, the law over cases and the page.

from further.onemodel.arms import LAYOUTS, list_arms, list_seeds, starts_from_images

NOTES = []
RUNS = RUN_SETTINGS = {}  # no adapter that others could use
PLAN = ["results/plan.tsv"]
ARMS = list_arms(STUDY.settings.onemodel)
SEEDS = list_seeds(STUDY.settings.onemodel)
NAMES = [arm for names in ARMS.values() for arm in names]
PAGE = {
    "comparison": "results/onemodel/comparison.json",
    "law": "results/onemodel/law.json",
    "error_law": "results/onemodel/error_law.json",
}
stop_if_wrong(check_runs, STUDY)


include: "cases.smk"


PICTURES = expand("results/cases/pictures/{shard}.parquet", shard=CASES.shards)
TRAINING = {
    "onemodel": CONFIG["onemodel"],
    "run": STUDY.settings.training.run.model_dump(),
    "limits": pick("answers", "new_tokens", "batch_size"),
    "versions": installed_versions(TRAINING_PACKAGES),
}
OF_ALL = ("width", "layers", "heads", "image_side", "patch", "steps", "learning_rates")
SHAPED_BY = {  # what else shapes an arm, by its name or its table
    "layouts": (),
    "adapted": ("adapted_learning_rate", "adapted_quantization"),
    "objectives": ("pretraining_steps", "question_steps"),
    "additions": ("signals", "addition_steps"),
    "cases": ("law_growth",),
    "longer": ("law_longer",),
}
TABLE_OF = {arm: table for table, names in ARMS.items() for arm in names}


def settings_of_arm(wildcards):
    """What shapes an arm: seeds and arms that are added train nothing anew."""
    keys = OF_ALL + SHAPED_BY[wildcards.arm if wildcards.arm in SHAPED_BY else TABLE_OF[wildcards.arm]]
    return TRAINING | {"onemodel": pick("onemodel", *keys), "seeds": SEEDS[wildcards.seeds]}


def start_of_arm(wildcards):
    """The trained encoder–decoders that a modality is added to."""
    folder = "results/onemodel/arms/encoder_decoder/{seeds}"
    return {"start": folder} if starts_from_images(wildcards.arm) else {}


def costly_jobs():
    """Jobs that train, by what they are for."""
    arms = expand("train_arm/{arm}-{seeds}", arm=NAMES, seeds=SEEDS)
    return {"training": arms, "learning rates": [f"tune_layout/{layout}" for layout in LAYOUTS]}


wildcard_constraints:
    arm="[a-z0-9._-]+",
    seeds="[0-9]+-[0-9]+",
    layout="|".join(LAYOUTS),


rule train_image_base:
    output:
        model=directory("results/demo/toy"),
        metrics="results/demo/toy.json",
    log:
        "logs/train_image_base.log",
    benchmark:
        "benchmarks/train_image_base.tsv"
    threads: 1
    resources:
        mem_mb=2_500,
        runtime=30,  # minutes
    params:
        settings=pick("demo", "base_steps", "base_seed")
        | {"versions": installed_versions(("torch", "transformers", "tokenizers"))},
        code=code("train_image_base.py"),
    script:
        "../scripts/train_image_base.py"


rule plan_runs:
    input:
        questions="results/cases/questions.parquet",
        images="results/cases/images.parquet",
        pictures=PICTURES,
        model=MODEL,
    output:
        plan="results/plan.tsv",
    log:
        "logs/plan_runs.log",
    benchmark:
        "benchmarks/plan_runs.tsv"
    priority: 100  # as in plan.smk
    retries: 0
    threads: 1
    resources:
        mem_mb=CONFIG["hardware"]["memory_mb"],
        runtime=60,  # minutes
        plan_first=1000,
    params:
        settings=TRAINING
        | {
            "arms": NAMES,
            "seeds": SEEDS,
            "plan": {
                "runs": {},
                "hardware": CONFIG["hardware"],
                "cost": pick("cost", "price_per_gpu_hour", "currency", "price_date", "kwh_per_gpu_hour"),
                "window": 1,
                "stride": 1,
            },
        },
        code=code("plan_arms.py"),
    script:
        "../scripts/plan_arms.py"


rule tune_layout:
    input:
        questions="results/cases/questions.parquet",
        images="results/cases/images.parquet",
        pictures=PICTURES,
        model=MODEL,
    output:
        rate="results/onemodel/rates/{layout}.json",
    log:
        "logs/tune_layout/{layout}.log",
    benchmark:
        "benchmarks/tune_layout/{layout}.tsv"
    priority: 10  # all arms wait for it
    threads: CONFIG["hardware"]["threads"]
    resources:
        mem_mb=CONFIG["hardware"]["memory_mb"],
        runtime=CONFIG["hardware"]["runtime_minutes"],
        plan_first=1,
        checkpoint_minutes=CONFIG["training"]["checkpoint_minutes"],  # no params: they shape no result
        report_to="+".join(CONFIG["training"]["report_to"]) or "nothing",
        walltime_margin_minutes=CONFIG["hardware"]["walltime_margin_minutes"],
        gpus_per_run=CONFIG["hardware"]["gpus_per_run"],
        planned_gpus=CONFIG["hardware"]["gpus_per_run"] if PLANNED_GPUS else 0,
        sharding=CONFIG["hardware"]["sharding"],
    params:
        settings=TRAINING | {"onemodel": pick("onemodel", *OF_ALL)},
        checkpoints="checkpoints/rates/{layout}",
        code=code("tune_layout.py"),
    script:
        "../scripts/tune_layout.py"


rule train_arm:
    input:
        unpack(start_of_arm),
        questions="results/cases/questions.parquet",
        images="results/cases/images.parquet",
        pictures=PICTURES,
        model=MODEL,
        rates=expand("results/onemodel/rates/{layout}.json", layout=LAYOUTS),
    output:
        folder=directory("results/onemodel/arms/{arm}/{seeds}"),
    log:
        "logs/train_arm/{arm}-{seeds}.log",
    benchmark:
        "benchmarks/train_arm/{arm}-{seeds}.tsv"
    threads: CONFIG["hardware"]["threads"]
    resources:
        mem_mb=CONFIG["hardware"]["memory_mb"],
        runtime=CONFIG["hardware"]["runtime_minutes"],
        plan_first=1,
        checkpoint_minutes=CONFIG["training"]["checkpoint_minutes"],
        report_to="+".join(CONFIG["training"]["report_to"]) or "nothing",
        walltime_margin_minutes=CONFIG["hardware"]["walltime_margin_minutes"],
        gpus_per_run=CONFIG["hardware"]["gpus_per_run"],
        planned_gpus=CONFIG["hardware"]["gpus_per_run"] if PLANNED_GPUS else 0,
        sharding=CONFIG["hardware"]["sharding"],
    params:
        settings=settings_of_arm,
        checkpoints="checkpoints/arms/{arm}/{seeds}",
        code=code("train_arm.py"),
    script:
        "../scripts/train_arm.py"


rule compare_arms:
    input:
        folders=expand("results/onemodel/arms/{arm}/{seeds}", arm=NAMES, seeds=SEEDS),
        rates=expand("results/onemodel/rates/{layout}.json", layout=LAYOUTS),
    output:
        comparison="results/onemodel/comparison.json",
        law="results/onemodel/law.json",
        error_law="results/onemodel/error_law.json",
    log:
        "logs/compare_arms.log",
    benchmark:
        "benchmarks/compare_arms.tsv"
    threads: 1
    resources:
        mem_mb=2_000,
        runtime=30,  # minutes
    params:
        settings={"arms": ARMS, "cost": CONFIG["cost"]},
        code=code("compare_arms.py"),
    script:
        "../scripts/compare_arms.py"


include: "report.smk"
