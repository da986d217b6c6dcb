"""Names that records and tables share: fields, splits, reasons. Standard library only: read while Snakemake plans."""

SPLITS = ("train", "validation", "test")

CASE_FIELDS = (
    "title",
    "history",
    "exam",
    "findings",
    "differential",
    "diagnosis",
    "diagnosis_by",
    "treatment",
    "discussion",  # of the disease, not of this case
    "category",  # of the disease: what kind of abnormality it is
    "keywords",
    "age",
    "sex",
    "abnormal",  # yes or no
    "abnormality",
    "side",
    "size",
)
"""What a record says of a case as a whole."""

IMAGE_FIELDS = ("modality", "sequence", "plane", "location", "region", "license")
"""What a record says of one image; `sequence` is the modality in the record's own words."""

KEPT = "kept"

IMAGE_REASONS = (
    "missing",  # named by a case, and not there
    "empty file",
    "not an image",
    "cut off",
    "damaged",
    "bomb",  # more pixels than the limit
    "too large",  # more memory than the limit
    "timed out",
    "blank",  # one gray value
    "not a scan",  # a drawing or a chart, as the record says
    "burned-in text",  # DICOM whose header says that its pixels may show who the patient is
    "twice",  # the same bytes were kept before
    "nobody's",  # there, and named by no case
)
"""Why an image is dropped."""

CAPTION_REASONS = ("no caption", "placeholder caption", "diagnosis in caption", "same caption", "image dropped")
"""Why a caption is not asked for; `same caption` is that of an earlier image of the case, and asked for once."""

CASE_REASONS = ("no image",)
"""Why a case is dropped."""

QUESTION_REASONS = ("image dropped", "no question", "no answer", "other language", "also held out")
"""Why a question is dropped; `also held out` is one for training whose case belongs to a held-out one."""

LINKS = ("same image", "near-equal image", "same topic", "same patient")
"""Why two cases stay on one side of the split."""
