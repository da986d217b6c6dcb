"""Settings of the papers: where they are, how they are read, what is kept, how they are split."""

from typing import Literal

from further.settings.key import Count, Fraction, OpenFraction, Section, Seed, key

Part = Literal["abstract", "introduction", "methods", "results", "discussion", "conclusions"]


class CorpusSettings(Section):
    """From a folder of PDFs to rows of text in three splits."""

    papers: str | None = key(
        "Folder of the PDFs. null: the bundled articles. Names that begin with a dot are skipped: macOS writes such a "
        "file next to each of its own.",
        None,
        unit="folder",
        reruns="the shards it touches",
        min_length=1,
    )
    subfolders: bool = key(
        "Include the PDFs in subfolders, as in Zotero's `storage`. false: they are skipped, and each start reports "
        "how many.",
        True,
        reruns="the shards it touches",
    )
    passwords: dict[str, str] = key(
        "Passwords of encrypted papers, keyed by file name, with or without `.pdf`. They appear in no log, table or "
        "page. `snakemake --report` copies study files whole: do not share its archive if the study has passwords.",
        {},
        reruns="the shards of papers whose password changes",
        repr=False,
    )
    shards: int = key(
        "Number of parsing jobs. Papers are assigned to them by a hash of their name.",
        4,
        unit="jobs",
        reruns="parsing",
        ge=1,
        le=1000,
    )
    timeout_s: float = key(
        "A paper that takes longer to parse is rejected.", 120.0, unit="seconds", reruns="parsing", gt=0
    )
    memory_mb: int = key(
        "A paper that needs more memory to parse is rejected.", 2000, unit="MB", reruns="parsing", ge=200
    )
    ocr: bool = key(
        "Run OCR on papers without a text layer (about 4 CPU seconds per page: raise `timeout_s`). Requires "
        "Tesseract. false: they are rejected as scanned.",
        False,
        reruns="parsing",
    )
    ocr_language: str = key(
        "Tesseract's code of the papers' language, such as eng, deu or eng+fra.",
        "eng",
        reruns="parsing",
        pattern=r"^[a-zA-Z_]+([+][a-zA-Z_]+)*$",
    )
    max_rejected_fraction: Fraction = key(
        "The study stops if a larger fraction of the papers is rejected.", 0.2, unit="of the papers", reruns="gathering"
    )
    max_damaged_fraction: Fraction = key(
        "A paper is rejected as damaged if a larger fraction of its pages cannot be read in full. Smaller losses are "
        "listed in `results/corpus/losses.parquet` and in the page-by-page view.",
        0.3,
        unit="of the pages",
        reruns="cleaning",
    )
    max_unknown_signs: int = key(
        "A paper is flagged if it has more symbols next to numbers or units that no font maps to a character: a dose "
        "may be misread. Such a symbol stays in the text as U+FFFD (�).",
        3,
        unit="signs",
        reruns="cleaning",
        ge=0,
    )
    min_words: int = key(
        "A paper with fewer words of body text is rejected.", 200, unit="words", reruns="cleaning", ge=0
    )
    language: str | None = key(
        "ISO 639 code. A paper in another language is rejected (py3langid, offline). null: any language. YAML reads a "
        'bare `no` as false: write `"no"`.',
        "en",
        reruns="cleaning",
        pattern=r"^[a-z]{2,3}$",
    )
    keep_headings: bool = key("Train on headings.", True, reruns="cleaning")
    keep_captions: bool = key("Train on captions of figures and tables.", False, reruns="cleaning")
    keep_appendices: bool = key(
        "Train on appendices, before or after the references. false: they are dropped and counted.",
        True,
        reruns="cleaning",
    )
    keep_citations: bool = key(
        "Keep superscript citation numbers (as in grafts¹²). Exponents and isotopes always stay.",
        True,
        reruns="cleaning",
    )
    drop_sections: list[Part] = key(
        "Parts to drop, each from its heading to the heading of the next part. References and back matter are always "
        "dropped.",
        [],
        reruns="cleaning",
    )
    paper_similarity: float | None = key(
        "Two papers that share this fraction of their five-word sequences are duplicates: the first by name is kept. "
        "null: off.",
        0.5,
        unit="fraction",
        reruns="duplicates",
        gt=0,
        le=1,
    )
    paragraph_similarity: float | None = key(
        "The same for paragraphs. The later one is dropped: from training before validation, and from validation "
        "before test. null: off.",
        0.7,
        unit="fraction",
        reruns="repeats",
        gt=0,
        le=1,
    )
    paragraph_words: Count = key(
        "Shorter paragraphs and headings are never dropped as repeats.", 20, unit="words", reruns="repeats"
    )
    test_fraction: OpenFraction = key(
        "Held-out papers, on which all results are measured. At least one.", 0.2, unit="of the papers", reruns="split"
    )
    validation_fraction: OpenFraction = key(
        "Papers whose loss is monitored during training. At least one.", 0.1, unit="of the papers", reruns="split"
    )
    split_seed: Seed = key("Seed that selects the test and validation papers.", 0, reruns="split")


class GeneralSettings(Section):
    """General text, to measure forgetting and to replay against it."""

    reruns = "general text"

    texts: str | None = key(
        "A text file, or a folder of them (.txt, .md), with general language that the model should not forget. null: "
        "the bundled English texts of five kinds, 55,000 words.",
        None,
        unit="file or folder",
        min_length=1,
    )
    heldout_fraction: OpenFraction = key(
        "Documents held out to measure forgetting. The rest can be replayed.", 0.05, unit="of the documents"
    )
    split_seed: Seed = key("Seed that selects the held-out documents.", 0)
