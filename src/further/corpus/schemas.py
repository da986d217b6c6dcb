"""Tables of the corpus stage: their columns, units and closed sets of values."""

import pyarrow as pa

KINDS = (
    *("title", "heading", "text", "list", "caption", "table", "footnote", "page header", "page footer", "reference"),
    *("code", "other"),
)
"""What a block is, as its geometry, fonts and repetition say."""

DUPLICATE = "duplicate"
REASONS = (
    *("encrypted", "damaged", "empty", "scanned", "too large", "timed out", "not a PDF", "too short"),
    *("unreadable font", DUPLICATE, "other language"),
)
"""Why a paper is rejected."""

KEPT, REJECTED_PAPER = "kept", "rejected paper"
DROP_REASONS = (
    "front matter",
    "translation",  # of the abstract
    "contents",
    "affiliation",
    "keywords",
    "license",
    "heading",
    "caption",
    "table",
    "figure text",
    "code",
    "footnote",
    "page header",
    "page footer",
    "sidebar",
    "reference",
    "back matter",
    "appendix",
    "citation",  # superscript numbers in kept text
    "unknown sign",  # characters of kept text that no font gives a meaning
    "section",  # one that corpus.drop_sections names
    REJECTED_PAPER,
    "repeated paragraph",
    "also in test",
    "also in validation",
)
"""Why characters of a paper are not in its rows."""

_BOX = [(name, pa.float32()) for name in ("x0", "y0", "x1", "y1")]  # points, from the page's top left corner

BLOCKS = pa.schema(
    [
        ("paper", pa.string()),
        ("page", pa.int32()),  # from 1
        ("block", pa.int32()),  # from 0, reading order over the whole paper
        *_BOX,
        ("font_size", pa.float32()),  # points
        ("bold", pa.bool_()),
        ("kind", pa.string()),  # one of KINDS
        ("text", pa.string()),  # as extracted, one line of the page per line
        ("lead", pa.int32()),  # characters of `text` at its start that are bold or italic
        ("raised", pa.list_(pa.int32())),  # start, end, start, end ... of superscripts, in characters of `text`
        ("carried", pa.bool_()),  # whether its first line goes on with the paragraph of the column before
    ]
)

_READ = [
    ("paper", pa.string()),
    ("file", pa.string()),  # name only
    ("pages", pa.int32()),
    ("unread_pages", pa.list_(pa.int32())),  # numbers of the pages that cannot be read, from 1
    ("damaged_pages", pa.list_(pa.int32())),  # of those that were read in part
    ("repaired", pa.bool_()),  # whether the file's table of contents was rebuilt
    ("unread_fonts", pa.list_(pa.string())),
    ("told_signs", pa.list_(pa.string())),  # "font: glyph is sign", told by the glyph's outline
]

READINGS = pa.schema(_READ)

ROWS = pa.schema(
    [
        ("paper", pa.string()),
        ("section", pa.string()),  # the heading it stands under, "" before the first
        ("row", pa.int32()),  # from 0 in each paper; a repeated paragraph that is dropped leaves its number out
        ("text", pa.string()),  # one paragraph
        ("page", pa.int32()),  # where it begins, from 1
        *_BOX,  # of its first block
        ("characters", pa.int32()),  # of its blocks as extracted, as the ledger counts them
    ]
)

DECISIONS = pa.schema(
    [
        ("paper", pa.string()),
        ("block", pa.int32()),
        ("reason", pa.string()),  # kept or one of DROP_REASONS; of a rejected paper what it would have been
        ("row", pa.int32()),  # the row it is a part of, null if none
    ]
)

DROPPED_PROSE = pa.schema(
    [
        ("paper", pa.string()),
        ("page", pa.int32()),  # from 1
        ("block", pa.int32()),
        ("reason", pa.string()),  # one of DROP_REASONS
        ("num_words", pa.int32()),
        ("start", pa.string()),  # of its text
    ]
)

LEDGER = pa.schema([("paper", pa.string()), ("reason", pa.string()), ("characters", pa.int64())])

LOSSES = pa.schema(
    [
        *_READ,
        ("unknown_signs", pa.int32()),  # characters of kept text that no font gives a meaning
        ("unknown_at_numbers", pa.int32()),  # of these, beside a digit or a unit: a dose may read as another
        ("flagged", pa.bool_()),  # whether these are more than corpus.max_unknown_signs, or the file is damaged
    ]
)
"""What was lost of each paper that was read, rejected or not; one row each."""

REJECTED = pa.schema(
    [
        ("paper", pa.string()),
        ("file", pa.string()),  # name only
        ("reason", pa.string()),  # one of REASONS
        ("detail", pa.string()),
        ("pages", pa.int32()),  # null where not known
    ]
)

SPLIT = pa.schema([("paper", pa.string()), ("split", pa.string()), ("num_words", pa.int64())])

REPEATS = pa.schema(
    [
        ("paper", pa.string()),
        ("row", pa.int32()),
        ("characters", pa.int32()),  # as extracted
        ("reason", pa.string()),  # repeated paragraph, also in test, also in validation
        ("like_paper", pa.string()),  # the row that was kept
        ("like_row", pa.int32()),
        ("similarity", pa.float32()),  # share of word sequences that both hold
    ]
)
