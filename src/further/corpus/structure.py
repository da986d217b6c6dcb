"""What references, addresses and licences look like, whoever set them."""

import re

from further.corpus.words import count_words, prose_share

YEAR = r"(?:1[89]|20)\d\d[a-z]?"
MARKS = (
    re.compile(rf"\(\s*{YEAR}\s*\)|[;,.]\s*{YEAR}\s*[;:.,]|\b{YEAR}[;:]\s*\d"),  # the year between marks
    re.compile(
        r"\d+\s*(?:\(\s*[\w\s-]+\))?\s*[:,]\s*(?:pp?\.?\s*)?[a-z]?\d+\s*[–‐−-]\s*[a-z]?\d+", re.IGNORECASE
    ),  # volume: pages
    re.compile(r"\b[A-Z][\w'’-]+,?\s+(?:[A-Z]\.?[\s-]?){1,3}(?:[,;&.]|\band\b)"),  # a name and initials
    re.compile(r"\b(?:[A-Z]\.[\s-]?){1,3}\s?[A-Z][\w'’-]+\s*(?:,|&|\band\b)"),  # initials and a name
    re.compile(r"\bdoi\b|https?://|\bPMID\b|\bPMCID\b|\[(?:Pub\s?Med|Cross\s?Ref|Google Scholar)", re.IGNORECASE),
    re.compile(
        r"\bet al\b|\bIn:|\bEds?\.|\b[A-Z][a-z]+\.? (?:J|Med|Res|Biol|Sci|Rev|Lett|Chem|Clin)\b\.?|\bpp?\.\s?\d|\bvol\.\s?\d",
        re.IGNORECASE,
    ),
)
EMAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
PLACE = re.compile(
    r"\b(?:universit\w+|department|dept\.?|institut\w*|hospital|faculty|school of|college|laborator(?:y|ies)|cent(?:er|re)\b|division of|academy|"
    r"clinics?\b|ministry|foundation|research (?:unit|group|council)|klinik\w*|facult[ée]|departamento|dipartimento)",
    re.IGNORECASE,
)
DATES = re.compile(
    r"\b(?:received|accepted|revised|published(?: online)?|submitted|first published|article history|handling editor|edited by|reviewed by|academic editor|editor)\b",
    re.IGNORECASE,
)
CORRESPONDENCE = re.compile(
    r"\b(?:correspond(?:ence|ing)|e-?mail|tel(?:ephone)?\b|fax|orcid|equal(?:ly)? contribut|contributed equally|address(?:es)? for|present address|current address)",
    re.IGNORECASE,
)
LICENCE = re.compile(
    r"creative\s*commons|\bCC[- ]BY|©|\(c\)\s*(?:19|20)\d\d|\bcopyright\b|all rights reserved|open[- ]access article|"
    r"rights and licensing|licen[cs]ee|(?:this|the) licen[cs]e|terms of (?:the|use)|permits? (?:unrestricted|any|use|sharing|others)|distributed under|published by\b.{0,60}\b(?:ltd|inc|gmbh|b\.?v|press|publish|kluwer|society|s\.?a)",
    re.IGNORECASE,
)
CITE = re.compile(
    r"(?:to cite|cite this|how to cite|please cite|citation|cite as|recommended citation|suggested citation)\b",
    re.IGNORECASE,
)


def reference_marks(text: str) -> int:
    """How many of six marks of a bibliographic reference a text shows."""
    return sum(bool(mark.search(text)) for mark in MARKS)


def is_reference(text: str) -> bool:
    """Whether a block looks like an entry of a reference list: its marks, and little prose."""
    line = " ".join(text.split())
    words = count_words(line)
    if not 4 <= words <= 120:
        return False
    return reference_marks(line) >= 3 and prose_share(line) < 0.26


def is_licence(text: str) -> bool:
    """Whether a block states who owns the article and what may be done with it."""
    line = " ".join(text.split())
    hits = {match.group().lower() for match in LICENCE.finditer(line)}
    words = count_words(line)
    return words <= 260 and (
        len(hits) >= 2 or (len(hits) == 1 and (words < 25 or line.lower().startswith(tuple(hits))))
    )


def is_address(text: str) -> bool:
    """Whether a block names people or institutions rather than says something: affiliations, correspondence, dates."""
    line = " ".join(text.split())
    words = count_words(line)
    if words > 350:
        return False
    share = prose_share(line)
    if EMAIL.search(line) and (words < 60 or share < 0.25):
        return True
    if PLACE.search(line) and share < 0.24 and (line.count(",") >= 0.08 * words or words < 12):
        return True
    return bool((CORRESPONDENCE.match(line) or DATES.match(line)) and words < 80) or (
        len(DATES.findall(line)) >= 2 and words < 60
    )
