# Image data to one table of cases, images and questions: records, pictures by shards, joined, split, asked.

from further.cases.plan import check_ids, plan_once

from further.demo.clinics import list_files
from further.demo.phantom_plan import plan_phantoms

IMAGE_PACKAGES = ("pillow", "pydicom", "pylibjpeg", "pylibjpeg-libjpeg", "imagehash", "numpy")


def find_cases(cases):
    """The cases of the study: those of a folder, or the phantoms that will be drawn."""
    if cases["folder"] is None:
        return plan_phantoms(PHANTOMS, cases["phantoms"], cases["clinic"], cases["shards"])
    # Every job reads the Snakefile again: 227,000 reports (MIMIC-CXR) are planned once. This script follows all readers.
    kept, readers = Path(".snakemake/further/cases.json"), code("read_shifted.py")
    return plan_once(kept, readers, Path(cases["folder"]), cases["layout"], cases["shards"], cases["columns"])


PHANTOMS = Path("results/demo/cases")
CASES = stop_if_wrong(find_cases, CONFIG["cases"])
OWN_CASES = CONFIG["cases"]["folder"] is not None
if workflow.is_main_process and OWN_CASES:  # once: it opens headers of DICOM files
    stop_if_wrong(check_ids, CASES)


TABLES = [CASES.folder / file for file in CASES.tables]


def tables_of_cases(wildcards):
    return [str(file) for file in TABLES if not is_pattern(file)]


def files_of_shard(wildcards):
    files = [CASES.folder / file for file in CASES.shards[wildcards.shard]]
    return [str(file) for file in files if not is_pattern(file)]


def opening_of_shard(wildcards):
    files = [CASES.folder / file for file in CASES.shards[wildcards.shard]]
    return {
        "pictures": pick("cases", "timeout_s", "memory_mb", "max_megapixels", "ct_windows"),
        "folder": str(CASES.folder),
        # Parquet holds pictures in one of its columns; elsewhere a picture is a file.
        "columns": dict(CASES.columns) if CASES.layout == "parquet" else {},
        "versions": installed_versions(IMAGE_PACKAGES),
        "stamps": stamp_patterns(files),
        "sizes": digest_sizes(files, OWN_CASES),
    }


rule draw_phantoms:
    output:
        files=[str(PHANTOMS / file) for file in list_files(CONFIG["cases"]["clinic"], CONFIG["cases"]["phantoms"])],
    log:
        "logs/draw_phantoms.log",
    benchmark:
        "benchmarks/draw_phantoms.tsv"
    threads: 1
    resources:
        mem_mb=1_000,
        runtime=10,  # minutes
    params:
        settings=pick("cases", "phantoms", "clinic", "phantom_seed") | {"folder": str(PHANTOMS)},
        code=code("draw_phantoms.py"),
    script:
        "../scripts/draw_phantoms.py"


rule read_cases:
    input:
        tables=tables_of_cases,
    output:
        cases="results/cases/found/cases.parquet",
        images="results/cases/found/images.parquet",
        questions="results/cases/found/questions.parquet",
    log:
        "logs/read_cases.log",
    benchmark:
        "benchmarks/read_cases.tsv"
    priority: 50  # data that cannot be used end the study before a base model is fetched or trained
    threads: 1
    resources:
        mem_mb=4_000,
        runtime=30,  # minutes
    params:
        # The names of the pictures, as one that comes or goes changes what a record finds.
        settings={
            "folder": str(CASES.folder),
            "only": CASES.only,
            "layout": CASES.layout,
            "columns": dict(CASES.columns),
            "pictures": CASES.digest,
            "stamps": stamp_patterns(TABLES),
            "sizes": digest_sizes(TABLES, OWN_CASES),
        },
        code=code("read_cases.py"),
    script:
        "../scripts/read_cases.py"


rule read_images:
    input:
        files=files_of_shard,
    output:
        pictures="results/cases/pictures/{shard}.parquet",
    log:
        "logs/read_images/{shard}.log",
    benchmark:
        "benchmarks/read_images/{shard}.tsv"
    priority: 50
    threads: 1
    resources:
        mem_mb=CONFIG["cases"]["memory_mb"] + 2_000,
        runtime=240,  # minutes
    params:
        settings=opening_of_shard,
        code=code("read_images.py"),
    script:
        "../scripts/read_images.py"


rule gather_cases:
    input:
        cases="results/cases/found/cases.parquet",
        images="results/cases/found/images.parquet",
        pictures=expand("results/cases/pictures/{shard}.parquet", shard=CASES.shards),
    output:
        cases="results/cases/cases.parquet",
        images="results/cases/images.parquet",
        ledger="results/cases/gathered/ledger.parquet",
        links="results/cases/links.parquet",
    log:
        "logs/gather_cases.log",
    benchmark:
        "benchmarks/gather_cases.tsv"
    priority: 50
    threads: 1
    resources:
        mem_mb=4_000,
        runtime=60,  # minutes
    params:
        settings=pick("cases", "near_equal_bits"),
        code=code("gather_cases.py"),
    script:
        "../scripts/gather_cases.py"


rule split_cases:
    input:
        found="results/cases/found/cases.parquet",
        cases="results/cases/cases.parquet",
        links="results/cases/links.parquet",
    output:
        split="results/cases/split.parquet",
        leaks="results/cases/leaks.parquet",
        summary="results/cases/split.json",
    log:
        "logs/split_cases.log",
    benchmark:
        "benchmarks/split_cases.tsv"
    priority: 50
    threads: 1
    resources:
        mem_mb=2_000,
        runtime=10,  # minutes
    params:
        settings=pick("cases", "split", "test_fraction", "validation_fraction", "split_seed"),
        code=code("split_cases.py"),
    script:
        "../scripts/split_cases.py"


rule ask_questions:
    input:
        cases="results/cases/cases.parquet",
        images="results/cases/images.parquet",
        split="results/cases/split.parquet",
        asked="results/cases/found/questions.parquet",
        ledger="results/cases/gathered/ledger.parquet",
    output:
        questions="results/cases/questions.parquet",
        lengths="results/cases/lengths.parquet",
        ledger="results/cases/ledger.parquet",
    log:
        "logs/ask_questions.log",
    benchmark:
        "benchmarks/ask_questions.tsv"
    priority: 50
    threads: 1
    resources:
        mem_mb=2_000,
        runtime=10,  # minutes
    params:
        settings=pick("cases", "split", "questions", "max_images", "language"),
        code=code("ask_questions.py"),
    script:
        "../scripts/ask_questions.py"


rule score_floors:
    input:
        questions="results/cases/questions.parquet",
        images="results/cases/images.parquet",
        pictures=expand("results/cases/pictures/{shard}.parquet", shard=CASES.shards),
    output:
        answers="results/evaluation/floors.parquet",
    log:
        "logs/score_floors.log",
    benchmark:
        "benchmarks/score_floors.tsv"
    threads: 1
    resources:
        mem_mb=4_000,
        runtime=60,  # minutes
    params:
        settings={"versions": installed_versions(("scikit-learn", "pillow", "sacrebleu", "rouge-score"))},
        code=code("score_floors.py"),
    script:
        "../scripts/score_floors.py"
