"""Settings of a study of images: its cases, the answers that are scored, and the guard."""

from typing import Annotated, Literal

from pydantic import Field

from further.settings.key import Count, Fraction, OpenFraction, Section, Seed, key

View = Literal["black", "other"]


class CasesSettings(Section):
    """From a folder of cases to questions about images in three splits."""

    folder: str | None = key(
        "Folder of the cases, or the one table in it to read. null: phantoms that the demonstration draws.",
        None,
        unit="folder",
        reruns="cases",
        min_length=1,
    )
    layout: str | None = key(
        "medpix2, flat, rocov2, vqa_rad, slake, parquet, table, dicom_table or dicom. null: recognized.",
        None,
        reruns="cases",
        min_length=1,
    )
    columns: dict[str, str] = key(
        "What columns of tables hold whose names are not known, as `{image: Bild, findings: Befund}` (docs/cases.md).",
        {},
        reruns="cases",
    )
    phantoms: Count = key("Phantoms drawn where there is no folder.", 1000, unit="cases", reruns="cases")
    clinic: Literal["first", "second"] = key(
        "Whose pictures they are. The base model knows the first; those of the second are mirrored and noisier.",
        "second",
        reruns="cases",
    )
    phantom_seed: Seed = key("Of their drawing.", 0, reruns="cases")
    shards: int = key(
        "Jobs that open pictures. Cases are spread over them by a hash of their name.",
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
        "A larger picture is dropped unopened, as it may be a decompression bomb.",
        100.0,
        unit="10⁶ pixels",
        reruns="images",
        gt=0,
    )
    ct_windows: Literal["header", "three"] = key(
        "CT in DICOM files. header: the file's first window. three: three windows in the three channels (MedGemma).",
        "header",
        reruns="images",
    )
    near_equal_bits: int = key(
        "Pictures whose perceptual hashes differ in so few bits are near-equal and stay on one side of the split.",
        8,
        unit="of 256 bits",
        reruns="split",
        ge=0,
        le=64,
    )
    split: Literal["own", "given", "repaired"] = key(
        "own: by groups of related cases. given: the layout's, with its leaks, which are said. repaired: the given "
        "test and validation, and what is left of the training without cases related to them.",
        "own",
        reruns="split",
    )
    test_fraction: OpenFraction = key("Of an own split.", 0.2, unit="of the cases", reruns="split")
    validation_fraction: OpenFraction = key(
        "Of an own split; taken from a given training where a layout has no validation. The guard's thresholds are "
        "chosen on these cases.",
        0.1,
        unit="of the cases",
        reruns="split",
    )
    split_seed: Seed = key("Of an own split.", 0, reruns="split")
    questions: list[Annotated[str, Field(min_length=1)]] | None = key(
        "Question types made by rule from the records. null: all that the records answer, or the layout's own.",
        None,
        reruns="questions",
    )
    max_images: Count = key("Images shown with a question about a whole case.", 1, unit="images", reruns="questions")
    language: str = key(
        "Of the questions, where a layout asks in several; two letters. The model is told it.",
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

    new_tokens: Count = key("Longest answer, its end counted.", 256, unit="tokens", reruns="answers")
    batch_size: Count = key("Questions per forward pass.", 16, unit="questions", reruns="answers")
    views: list[View] = key(
        "What else the default run is shown: a black image, another case's. What it still gets right it did not see.",
        ["black", "other"],
        reruns="answers",
    )
    gallery: Count = key("Best, worst and random test cases shown, each.", 4, unit="cases", reruns="page")


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

    target_error: OpenFraction = key(
        "Error rate among accepted answers that is certified for each question type.", 0.10, reruns="guard"
    )
    confidence: OpenFraction = key("Of each certificate.", 0.95, reruns="guard")
    score: Literal["mean_logprob", "min_logprob", "entropy"] = key(
        "By which answers are accepted.", "mean_logprob", reruns="guard"
    )
    start_factor: float = key(
        "The first threshold accepts so many times the smallest number that can certify.",
        1.6,
        reruns="guard",
        ge=1,
        lt=100,
    )
    start_fraction: Fraction = key("It accepts this fraction of the cases, if that is more.", 0.0, reruns="guard")
    steps: int = key("Thresholds that are tried, at most.", 40, reruns="guard", ge=2)
    max_run: Count = key("Times that a phrase may stand in a row.", 3, reruns="guard")
    max_rep_4: Fraction = key("Fraction of repeated runs of four words in an answer.", 0.2, reruns="guard")
    topics_file: str | None = key(
        "Terms that always go to a person, from the study's folder or else Further's. null: none.",
        "config/always_human.txt",
        reruns="guard",
        min_length=1,
    )
    contradictions_file: str | None = key(
        "Answers of one case that exclude each other, likewise. null: not looked for.",
        "config/contradictions.yaml",
        reruns="guard",
        min_length=1,
    )
    shifted_folder: str | None = key(
        "Cases of another clinic or scanner, in any layout of `cases.folder`, on which the guard is tried. null: none.",
        None,
        unit="folder",
        reruns="guard",
        min_length=1,
    )
    shifted_clinic: Literal["first", "second", "third"] | None = key(
        "Where phantoms are drawn: the clinic whose phantoms take that folder's place. null: none.",
        None,
        reruns="guard",
    )
    shifted_phantoms: Count = key("So many of them.", 150, unit="cases", reruns="guard")
