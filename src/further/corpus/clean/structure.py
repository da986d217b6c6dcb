"""What references, addresses and licences look like, whoever set them."""

import re
from functools import lru_cache

from further.corpus.words import CACHE, count_words, is_prose, prose_share

YEAR = r"(?:1[89]|20)\d\d[a-z]?"
REFERENCE_MARKS = (
    re.compile(rf"\(\s*{YEAR}\s*\)|[;,.]\s*{YEAR}\s*[;:.,]|\b{YEAR}[;:]\s*\d"),  # the year between marks
    re.compile(  # volume: pages
        r"\d+\s*(?:\(\s*[\w\s-]+\))?\s*[:,]\s*(?:pp?\.?\s*)?[a-z]?\d+\s*[–‐−-]\s*[a-z]?\d+", re.IGNORECASE
    ),
    re.compile(r"\b[A-Z][\w'’-]+,?\s+(?:[A-Z]\.?[\s-]?){1,3}(?:[,;&.]|\band\b)"),  # a name and initials
    re.compile(r"\b(?:[A-Z]\.[\s-]?){1,3}\s?[A-Z][\w'’-]+\s*(?:,|&|\band\b)"),  # initials and a name
    re.compile(r"\bdoi\b|https?://|\bPMID\b|\bPMCID\b|\[(?:Pub\s?Med|Cross\s?Ref|Google Scholar)", re.IGNORECASE),
    re.compile(
        r"\bet al\b|\bIn:|\bEds?\.|\b[a-z]+\.? (?:J|Med|Res|Biol|Sci|Rev|Lett|Chem|Clin)\b|\bpp?\.\s?\d|\bvol\.\s?\d",
        re.IGNORECASE,
    ),
)
EMAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
PLACE = re.compile(
    r"(?<![^\W\d_])(?:universit\w+|department|dept\.?|institut\w*|hospital|faculty|school of|college|"
    r"laborator(?:y|ies)|"
    r"cent(?:er|re)\b|division of|academy|clinics?\b|ministry|foundation|research (?:unit|group|council)|klinik\w*|"
    r"facult[ée]|departamento|dipartimento)",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_DATE = rf"(?:\d{{4}}\b|(?:\d{{1,2}}(?:st|nd|rd|th)?[\s./-]+)?(?:{_MONTH}|\d{{1,2}}[./-]))"
DATES = re.compile(
    r"(?<![^\W\d_])(?:(?:received|accepted|revised|(?:first )?published|submitted)"
    rf"(?:\s+(?:online|on|in|for publication|(?:revised|final) form|date))*[\s:,–—-]*{_DATE}|"
    r"article (?:history|type:)|handling editor|edited by|reviewed by|academic editor|editor\b)",
    re.IGNORECASE,
)
CORRESPONDENCE = re.compile(
    r"\W*(?<![^\W\d_])(?:correspond(?:ence|ing)|e-?mail|tel(?:ephone)?\b|fax|orcid|equal(?:ly)? contribut|"
    r"contributed equally|address(?:es)? for|present address|current address|author affiliations)",
    re.IGNORECASE,
)
LICENSE = re.compile(
    r"creative\s*commons|\bCC[- ]BY|©|\(c\)\s*(?:19|20)\d\d|\bcopyright\b|all rights reserved|open[- ]access article|"
    r"rights and licensing|licen[cs]ee\b|(?:this|the) licen[cs]e\b|"
    r"(?<!in )terms (?:of use|(?:and conditions )?of the (?:creative|cc|gnu|licen[cs]e))|distributed under|"
    r"permits? (?:unrestricted|any|use|sharing|others)|permission to make digital|personal or classroom use|"
    r"published by\b.{0,60}\b(?:ltd|inc|gmbh|b\.?v|press|publish\w*|publications|society|s\.a)\b",
    re.IGNORECASE,
)
LICENSE_HINTS = ("commons", "cc", "©", "(c)", "right", "open", "licen", "terms", "distribut", "permi", "publish")
"""One of these stands in each text that the pattern finds something in: it is slow, and most texts have none."""
CITE = re.compile(
    r"\W*(?:to cite|cite this|how to cite|please cite|citation|cite as|recommended citation|suggested citation|"
    r"acm reference format)\b",
    re.IGNORECASE,
)

NOTE = re.compile(
    r"\s*(?:[*†‡§¶☆✉#]|\d{1,2}\s?[A-Z]|\([*†‡§\da-z]\)|supported by|presented (?:in part )?at|"
    r"the (?:funders?|sponsors?|funding (?:source|body|agency))(?: of the study)? (?:had|has|have|played) no\b|"
    r"(?:this|the) (?:work|study|research|project) (?:was|is|has been) (?:partly |partially |in part |jointly )?"
    r"(?:supported|funded|financed)|(?:abbreviations|funding|grants?|disclosures?|conflicts? of interest)\b)",
    re.IGNORECASE,
)
"""What a footnote begins with: its mark, or what authors owe to others."""
NOTICE = re.compile(
    r"page charge|hereby marked|peer review history|unedited manuscript|publisher['’]?s (?:note|disclaimer)|"
    r"(?:we|site|website) uses? cookies|use of cookies|cookie (?:settings|policy|preferences)|"
    r"accepted for publication and undergone full peer review",
    re.IGNORECASE,
)

BIOGRAPHY = re.compile(
    r"\b(?:earned|received|obtained|completed|holds|hold)\s+(?:(?:a|an|the|his|her|their|both)\s+)?"
    r"(?:[\w.’'-]+\s+){0,4}?(?:degrees?\b(?! of (?!doctor|master|bachelor))|ph\.?\s?d\b|m\.?d\b|"
    r"[bm]\.?\s?(?:sc?|a|eng)\b|diploma\b|doctorate\b)",
    re.IGNORECASE,
)

EXPLAINED = re.compile(r"(?<![\w=])(?:[A-Z][\w/-]{0,9}|[+−–-]{1,4})\s?=\s?[A-Za-z][a-z]{2}")
LISTED = re.compile(r"(?:^|[;.]\s+)\w[\w/-]{0,11}\s?[:=,]\s\w|(?:^|[;,]\s+)[A-Z]{2,9}[-–]\s[a-z]")
"""An entry of a legend: "BP = blood pressure" anywhere, "BP: Blood pressure" or "BP- blood pressure" in a list."""

MIN_QUOTED = 4
"""Fewest words of a block quote."""
QUOTE_START = re.compile(r"\s*[^\w\s]{0,3}\s?[A-ZÀ-Ý]")
_SPEAKER = r"[(\[][^()\[\]]{1,60}[)\]]"
QUOTE_END = re.compile(rf"(?:[.?!…][\"'”’»]*|{_SPEAKER}|[.?!…][\"'”’»]*\s*{_SPEAKER})[.\"'”’»]*\s*$")
"""How a block quote begins, and how it ends: as a sentence, or with who said it, in brackets."""

LEADER = re.compile(r"(?:[.·•_]\s?){5,}|…{2,}|(?:…\s){2,}")
"""The dots that lead from an entry of a list of contents to its page."""
PAGE = re.compile(r"(?:\s|^)(?:\d{1,4}|[ivxlc]{1,6})\s*$")


def reference_marks(text: str) -> int:
    """How many of six marks of a bibliographic reference a text shows."""
    return sum(bool(mark.search(text)) for mark in REFERENCE_MARKS)


@lru_cache(CACHE)
def is_reference(text: str) -> bool:
    """Whether a block looks like an entry of a reference list: its marks, and little prose."""
    line = " ".join(text.split())
    words = count_words(line)
    if not 4 <= words <= 120:
        return False
    return reference_marks(line) >= 3 and prose_share(line) < 0.26


@lru_cache(CACHE)
def is_license(text: str) -> bool:
    """Whether a block states who owns the article and what may be done with it."""
    line = " ".join(text.split())
    words, lower = count_words(line), line.lower()
    if words > 260 or not any(hint in lower for hint in LICENSE_HINTS):
        return False
    hits = {match.group().lower() for match in LICENSE.finditer(line)}
    begins = words < 60 and lower.startswith(tuple(hits))
    alone = len(hits) == 1 and (begins or (words < 25 and prose_share(line) < 0.2))
    return len(hits) >= 2 or alone


def is_marked(text: str) -> bool:
    """Whether a block begins with the mark that leads from a name to an address."""
    return bool(re.match(r"\s*(?:[*†‡§¶∗✉]|\d{1,2}\s?[A-Z])", text))


def lists_places(text: str) -> bool:
    """Whether a block names two institutions and says next to nothing else."""
    return len(PLACE.findall(text)) >= 2 and prose_share(text) < 0.12


@lru_cache(CACHE)
def is_note(text: str) -> bool:
    """Whether a block is a note beside the article: by its mark or first words, or as a licence or an address."""
    return (
        bool(NOTE.match(text) or CITE.match(text) or NOTICE.search(text))
        or is_license(text)
        or is_address(text)
        or is_legend(text)
        or is_biography(text)
    )


def is_biography(text: str) -> bool:
    """Whether a paragraph tells an author's life."""
    return bool(BIOGRAPHY.search(text[:400]))


def is_quoted(text: str) -> bool:
    """Whether a text reads as a block quote may: whole sentences, and who said them."""
    return bool(QUOTE_START.match(text) and QUOTE_END.search(text)) and is_prose(text, MIN_QUOTED)


def is_legend(text: str) -> bool:
    """Whether a block explains abbreviations: "BP = blood pressure; HR = heart rate" or "BP: Blood pressure; ..."."""
    pairs = len(EXPLAINED.findall(text))
    listed = len(LISTED.findall(text)) if prose_share(text) < 0.2 else 0
    return max(pairs, listed) >= 3 and max(pairs, listed) > 0.08 * count_words(text)


def is_contents(text: str) -> bool:
    """Whether a block is a list of contents, or a line of one: dots lead to the pages."""
    lines = [line for line in text.split("\n") if line.strip()]
    led = sum(bool(LEADER.search(line)) for line in lines)
    return led > 0 and (2 * led >= len(lines) or len(LEADER.findall(text)) >= 3)


def ends_in_page(text: str) -> bool:
    """Whether most lines of a block end in a number, as the entries of a list of contents do."""
    lines = [line for line in text.split("\n") if line.strip()]
    return 2 * sum(bool(PAGE.search(line)) for line in lines) >= len(lines)


def is_address(text: str) -> bool:
    """Whether a block names people or institutions rather than says something: affiliations, correspondence, dates."""
    line = " ".join(text.split())
    words, share = count_words(line), prose_share(line)
    if words > 350:
        return share < 0.3 and len(PLACE.findall(line)) > 0.1 * words
    # Nothing below could be true of such a text; most paragraphs are spared the slow patterns.
    if words >= 80 and share >= 0.3:
        return False
    if EMAIL.search(line) and (words < 60 or share < 0.25):
        return True
    commas = line.count(",") + line.count(";")
    if (
        PLACE.search(line)
        and share < (0.3 if commas > 0.2 * words else 0.24)
        and (commas >= 0.08 * words or words < 12)
    ):
        return True
    begins = CORRESPONDENCE.match(line) or DATES.match(line)
    return (bool(begins) and words < 80) or (len(DATES.findall(line)) >= 2 and words < 60)
