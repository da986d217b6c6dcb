# The guard on cases of another clinic or scanner: the default run answers them, and no threshold is chosen on them.

from further.cases.shifted import SHIFTED, check_shifted_ids, plan_shifted

SHIFTED_PHANTOMS = Path("results/demo/shifted")


def find_shifted(guard, cases):
    """The cases of a folder, or the phantoms that will be drawn beside those of the study; None: there are none."""
    if guard["shifted_folder"] is not None:
        return plan_shifted(Path(guard["shifted_folder"]), cases["columns"])
    if cases["folder"] is None and guard["shifted_clinic"] is not None:
        return plan_phantoms(SHIFTED_PHANTOMS, guard["shifted_phantoms"], guard["shifted_clinic"], 1)
    return None


OTHER_CASES = stop_if_wrong(find_shifted, CONFIG["guard"], CONFIG["cases"])
OWN_SHIFTED = CONFIG["guard"]["shifted_folder"] is not None
if workflow.is_main_process and OWN_SHIFTED:  # once: it opens headers of DICOM files
    stop_if_wrong(check_shifted_ids, OTHER_CASES)
SHIFTED_ANSWERS = ["results/shifted/answers.parquet"] if OTHER_CASES else []


def list_shifted():
    """All pictures of the other clinic, in whatever shard."""
    return [OTHER_CASES.folder / file for files in OTHER_CASES.shards.values() for file in files]


def tables_of_shifted(wildcards):
    tables = [OTHER_CASES.folder / file for file in OTHER_CASES.tables]
    return [str(file) for file in tables if not is_pattern(file)]


def pictures_of_shifted(wildcards):
    return [str(file) for file in list_shifted() if not is_pattern(file)]


def opening_of_shifted(wildcards):
    return {
        "pictures": pick("cases", "timeout_s", "memory_mb", "max_megapixels", "ct_windows"),
        "folder": str(OTHER_CASES.folder),
        # Parquet holds pictures in one of its columns; elsewhere a picture is a file.
        "columns": dict(OTHER_CASES.columns) if OTHER_CASES.layout == "parquet" else {},
        "versions": installed_versions(IMAGE_PACKAGES),
        "stamps": stamp_patterns(list_shifted()),
        "sizes": digest_sizes(list_shifted(), OWN_SHIFTED),
    }


def reading_of_shifted(wildcards):
    tables = [OTHER_CASES.folder / file for file in OTHER_CASES.tables]
    return pick("cases", "near_equal_bits", "questions", "max_images", "language") | {
        "folder": str(OTHER_CASES.folder),
        "only": OTHER_CASES.only,
        "layout": OTHER_CASES.layout,
        "digest": OTHER_CASES.digest,
        "columns": dict(OTHER_CASES.columns),
        "stamps": stamp_patterns(tables),
        "sizes": digest_sizes(tables, OWN_SHIFTED),
    }


use rule draw_phantoms as draw_shifted with:
    output:
        files=[
            str(SHIFTED_PHANTOMS / file)
            for file in list_files(CONFIG["guard"]["shifted_clinic"] or "third", CONFIG["guard"]["shifted_phantoms"])
        ],
    log:
        "logs/draw_shifted.log",
    benchmark:
        "benchmarks/draw_shifted.tsv"
    params:
        settings=pick("cases", "phantom_seed")
        | {
            "phantoms": CONFIG["guard"]["shifted_phantoms"],
            "clinic": CONFIG["guard"]["shifted_clinic"],
            "folder": str(SHIFTED_PHANTOMS),
        },
        code=code("draw_phantoms.py"),


use rule read_images as open_shifted with:
    input:
        files=pictures_of_shifted,
    output:
        pictures=f"results/shifted/{SHIFTED}.parquet",
    log:
        "logs/open_shifted.log",
    benchmark:
        "benchmarks/open_shifted.tsv"
    params:
        settings=opening_of_shifted,
        code=code("read_images.py"),


rule read_shifted:
    input:
        tables=tables_of_shifted,
        pictures=f"results/shifted/{SHIFTED}.parquet",
    output:
        questions="results/shifted/questions.parquet",
        images="results/shifted/images.parquet",
    log:
        "logs/read_shifted.log",
    benchmark:
        "benchmarks/read_shifted.tsv"
    threads: 1
    resources:
        mem_mb=4_000,
        runtime=60,  # minutes
    params:
        settings=reading_of_shifted,
        code=code("read_shifted.py"),
    script:
        "../scripts/read_shifted.py"


def answering_of_shifted(wildcards):
    return settings_of_answering(RUNS["default"]["quantization"], [SHIFTED])


use rule answer_run as answer_shifted with:
    input:
        questions="results/shifted/questions.parquet",
        images="results/shifted/images.parquet",
        shown=[f"results/shifted/{SHIFTED}.parquet"],
        model=MODEL,
        adapter="results/runs/default/adapter/adapter_model.safetensors",
    output:
        answers="results/shifted/generated.parquet",
    log:
        "logs/answer_shifted.log",
    benchmark:
        "benchmarks/answer_shifted.tsv"
    params:
        settings=answering_of_shifted,
        code=code("answer_questions.py"),


use rule judge_answers as judge_shifted with:
    input:
        answers="results/shifted/generated.parquet",
        questions="results/cases/questions.parquet",
    output:
        answers="results/shifted/answers.parquet",
    log:
        "logs/judge_shifted.log",
    benchmark:
        "benchmarks/judge_shifted.tsv"
