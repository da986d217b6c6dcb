"""Names that records and tables share: fields and splits. Standard library only: read while Snakemake plans."""

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
"""What the ledger says of what is not dropped; docs/cases.md lists why cases, images, captions and questions are."""
