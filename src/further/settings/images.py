"""Settings of a study of images: its cases, the answers that are scored, and the guard."""

from typing import Literal

from pydantic import Field

from further.settings.key import Count, Fraction, OpenFraction, Section, Seed, key

View = Literal["black", "other"]
QuestionType = Literal[
    "modality", "plane", "location", "abnormal", "abnormality", "side", "size", "diagnosis", "findings", "discussion",
    "caption",
]  # fmt: skip


class CasesSettings(Section):
    """From a folder of cases to questions about images in three splits."""

    folder: str | None = key(
        "Folder of the cases, or the one table in it to read. null: drawn phantoms, as in the demonstration.",
        None,
        unit="folder",
        reruns="cases",
        min_length=1,
    )
    layout: str | None = key(
        "Layout of the folder: medpix2, flat, rocov2, vqa_rad, slake, parquet, table, dicom_table or dicom. null: "
        "detected.",
        None,
        reruns="cases",
        min_length=1,
    )
    columns: dict[str, str] = key(
        "Meaning of table columns whose names are not recognized, such as `{image: Bild, findings: Befund}` "
        "(docs/cases.md).",
        {},
        reruns="cases",
    )
    phantoms: Count = key("Number of phantoms drawn if there is no folder.", 1000, unit="cases", reruns="cases")
    clinic: Literal["first", "second"] = key(
        "Clinic whose phantoms are drawn. The base model was trained on the first. Those of the second are mirrored "
        "and noisier.",
        "second",
        reruns="cases",
    )
    phantom_seed: Seed = key("Seed for drawing the phantoms.", 0, reruns="cases")
    shards: int = key(
        "Number of jobs that open pictures. Cases are assigned to them by a hash of their name.",
        4,
        unit="jobs",
        reruns="cases",
        ge=1,
        le=1000,
    )
    timeout_s: float = key(
        "A picture that takes longer to open is dropped.", 30.0, unit="seconds", reruns="images", gt=0
    )
    memory_mb: int = key("A picture that needs more memory is dropped.", 2000, unit="MB", reruns="images", ge=200)
    max_megapixels: float = key(
        "A larger picture is dropped without being opened, because it may be a decompression bomb.",
        100.0,
        unit="10⁶ pixels",
        reruns="images",
        gt=0,
    )
    ct_windows: Literal["header", "three"] = key(
        "How CT in DICOM files is shown. header: the file's first window. three: three windows in the three channels "
        "(MedGemma).",
        "header",
        reruns="images",
    )
    near_equal_bits: int = key(
        "Pictures whose perceptual hashes differ in at most this many bits are near-duplicates and stay on one side "
        "of the split.",
        8,
        unit="of 256 bits",
        reruns="split",
        ge=0,
        le=64,
    )
    split: Literal["own", "given", "repaired"] = key(
        "own: split by groups of related cases. given: the layout's split, with its leaks, which are reported. "
        "repaired: the given test and validation cases, and the training cases that are not related to them.",
        "own",
        reruns="split",
    )
    test_fraction: OpenFraction = key("Test cases of an own split.", 0.2, unit="of the cases", reruns="split")
    validation_fraction: OpenFraction = key(
        "Validation cases of an own split. They are taken from the given training cases if a layout has no "
        "validation. The guard's thresholds are chosen on them.",
        0.1,
        unit="of the cases",
        reruns="split",
    )
    split_seed: Seed = key("Seed of an own split.", 0, reruns="split")
    questions: list[QuestionType] | None = key(
        "Question types that rules generate from the records. null: all that the records answer, or the layout's own.",
        None,
        reruns="questions",
    )
    max_images: Count = key("Images shown with a question about a whole case.", 1, unit="images", reruns="questions")
    language: str = key(
        "Two-letter code of the questions' language, for layouts with several. It is passed to the model.",
        "en",
        reruns="questions",
        pattern=r"^[a-z]{2}$",
    )


class PictureSettings(Section):
    """Limits of one picture, and how a CT is shown; as in the section `cases`."""

    timeout_s: float
    memory_mb: int
    max_megapixels: float = Field(gt=0)
    ct_windows: str


class AnswersSettings(Section):
    """What base and adapted models are asked, and how long they may answer."""

    reruns = "answers"

    new_tokens: Count = key("Maximum length of an answer, with its end token.", 256, unit="tokens")
    batch_size: Count = key("Questions per forward pass.", 16, unit="questions")
    views: list[View] = key(
        "Control images for the default run: a black one, one of another case. What it still gets right does not come "
        "from the image.",
        ["black", "other"],
    )
    gallery: Count = key("Number of best, of worst and of random test cases shown.", 4, unit="cases", reruns="page")


class AnsweringSettings(Section):
    """What a model is asked: the questions of some splits, with the images of a view."""

    quantization: str
    compute_dtype: str
    splits: list[str]
    view: str
    new_tokens: int
    batch_size: int


class GuardSettings(Section):
    """When to answer and when to hand over to a person."""

    reruns = "guard"

    target_error: OpenFraction = key("Error rate among accepted answers, certified for each question type.", 0.10)
    confidence: OpenFraction = key("Confidence of each certificate.", 0.95)
    score: Literal["mean_logprob", "min_logprob", "entropy"] = key(
        "Score by which answers are accepted.", "mean_logprob"
    )
    start_factor: float = key(
        "The first threshold accepts this many times the smallest number of answers that can be certified, or if cases "
        "are few, that number.",
        1.6,
        ge=1,
        lt=100,
    )
    start_fraction: Fraction = key("The first threshold accepts this fraction of the cases, if that is more.", 0.0)
    steps: int = key("Maximum number of thresholds tried.", 40, ge=2)
    max_run: Count = key("Maximum number of times in a row that a phrase may occur in an answer.", 3)
    max_rep_4: Fraction = key("Maximum fraction of repeated four-word sequences in an answer.", 0.2)
    topics_file: str | None = key(
        "File of terms that always go to a person, in the study's folder or else in Further's. null: none.",
        "config/always_human.txt",
        min_length=1,
    )
    contradictions_file: str | None = key(
        "File of answers about one case that exclude each other, in the same places. null: not checked.",
        "config/contradictions.yaml",
        min_length=1,
    )
    shifted_folder: str | None = key(
        "Folder of cases from another clinic or scanner, in any layout of `cases.folder`, on which the guard is "
        "tested. null: none.",
        None,
        unit="folder",
        min_length=1,
    )
    shifted_clinic: Literal["first", "second", "third"] | None = key(
        "If phantoms are drawn: the clinic whose phantoms replace that folder. null: none.", None
    )
    shifted_phantoms: Count = key("Number of these phantoms.", 150, unit="cases")
