"""Sections of an article, by the names that headings have in scientific writing."""

import re


def _names(*patterns: str) -> re.Pattern[str]:
    """One pattern, blind to case, of several beginnings of a heading."""
    return re.compile(rf"(?:{'|'.join(patterns)})", re.IGNORECASE)


NUMBERING = re.compile(
    r"^\W*(?:(?:section|chapter|part)\s+)?(?:\d{1,2}(?:\.\d{1,2})*|[ivx]{1,5}(?=[.)\s])|[a-h](?=[.)]\s))[.):]?\s+",
    re.IGNORECASE,
)
ABSTRACT = _names(
    r"(?:graphical |structured |extended |author |plain language |lay )?(?:abstract|summary|synopsis)\b",
    r"r[ée]sum[ée]\b|zusammenfassung\b|resumen\b|resumo\b",
)
OPENING = _names(r"(?:general |brief )?(?:introduction|background|objectives?|aims?|purpose|rationale)\b")
BODY = _names(
    r"(?:general |brief |clinical )?(?:introduction|background|objectives?|aims?|purpose|rationale)\b",
    r"(?:materials?|patients?|subjects?|participants|methods?|methodology|experimental|study design|design|setting)\b",
    r"(?:star.?methods|online methods|method details|statistical|theory)\b",
    r"(?:results?|findings|discussion|case (?:report|presentation|description)|main text)\b",
    r"(?:conclusions?|concluding|limitations?|implications|perspectives?)\b",
)
REFERENCES = _names(
    r"(?:list of |main |cited |selected )?references?(?: and notes| list)?\s*[:.]?",
    r"(?:bibliography|literature(?: cited)?|works cited|notes and references|citations)\s*[:.]?",
    r"(?:r[ée]f[ée]rences|literatur(?:verzeichnis)?|bibliograf[ií]a|referencias)\s*[:.]?",
)
KEYWORDS = _names(
    r"key ?-?words?(?: and phrases)?\b|index terms\b|mesh(?: terms| headings)?\b|subject headings\b",
    r"mots[- ]cl[ée]s\b|palabras clave\b",
)
GLOSSARY = _names(
    r"(?:list of )?(?:non-?standard )?abbreviations?(?: used| and acronyms)?\b|acronyms\b|glossary\b|nomenclature\b"
)
_INTERESTS = (
    r"(?:declaration|statement|potential|disclosure)s? of (?:competing|conflict|interest|potential)",
    r"(?:potential |financial |declared )?(?:conflicts?|competing|duality)(?: of)?(?: financial)? interests?",
    r"declarations?\b|disclosures?|transparency",
)
_MONEY = (
    r"funding|financial|grant support|grant(?:s| information|$)",
    r"sources? of (?:funding|support)|role of the funding",
)
_PEOPLE = (
    r"acknowledge?ments?",
    r"(?:individual )?author(?:s|'s|s'|’s|s’)?\s+"
    r"(?:contributions?|statements?|information|details|disclosures?|affiliations?|roles?|biograph|note)",
    r"contributions?$|contributors?$|contributorship|credit author|guarantor|author correspondence",
    r"correspondence|reprints?|received|address(?:es)? for|about the authors?|biograph|orcid",
)
_DATA = (
    r"(?:data|code|software|materials?)(?:,? (?:and|&) (?:data|code|software|materials?))*\s+"
    r"(?:availability|sharing|access|deposition|accessibility)",
    r"availability of|accession (?:numbers?|codes?)|associated content",
    r"(?:supplementa(?:ry|l)|supporting|additional|electronic supplementary|appendix)\s+"
    r"(?:information|materials?|data|files?|content|movie|figures?|tables?|legends?)",
    r"supplements?$|appendi(?:x|ces)|annex",
)
_ETHICS = (
    r"ethic(?:s|al)\b(?:.{0,40}(?:approval|statement|consent|declaration|considerations?|standards?|compliance)|$|(?=[.:]))",
    r"(?:informed |patient )?consent(?: for| to|$| statement)|compliance with ethical|human and animal rights",
    r"institutional review board statement|patient and public involvement",
)
_PUBLISHING = (
    r"open access$|publisher['’]?s? note|provenance and peer|peer review|open peer review|reviewer|referee",
    r"current (?:referee|peer)|editorial note|handling editor|copyright|licen[cs]e|rights and permissions",
    r"how to cite|cite this|(?:prior|previous) (?:publication|presentation)|present(?:ed|ation) at|pre-?publication",
)
_NOTES = (
    r"abbreviations?(?: used)?:?$|list of abbreviations|nomenclature$|glossary$",
    r"endnotes?$|footnotes?$|notes$|note added in proof",
)
BACK = _names(*_INTERESTS, *_MONEY, *_PEOPLE, *_DATA, *_ETHICS, *_PUBLISHING, *_NOTES)
# Names that also stand over parts of the methods: they end an article only behind its last section.
AMBIGUOUS = _names(
    r"ethic|consent|informed|patient|institutional|data|code|software|material|availability|accession",
    r"abbreviation|nomenclature|glossary|notes|supplement|supporting|additional|appendi",
    r"funding|grant|financial|contribut|disclosure|transparency",
    r"copyright|licen|correspond|present|received|reviewer|reprint",
)


def plain_heading(text: str) -> str:
    """A heading as one line without its number: "2.1. Study design" is "Study design"; spaced letters are closed."""
    line = " ".join(text.split())
    if re.fullmatch(r"(?:\w ){3,}\w\W*", line):
        line = line.replace(" ", "")
    return NUMBERING.sub("", line).strip(" .:■▪●|")


def is_section(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a heading begins with a section's name."""
    return bool(pattern.match(plain_heading(text)))


def run_in(pattern: re.Pattern[str], text: str, lead: int = 0) -> bool:
    """Whether a paragraph begins with a section's name as its own heading.

    That is a name before a colon, full stop, dash or wide space ("Funding: This work"), alone on the first line, or
    set in bold or italics.

    Args:
        pattern: Names of sections.
        text: The paragraph, its lines apart.
        lead: Characters at its start that are bold or italic.

    Returns:
        Whether it does.
    """
    if _stands_on_first_line(pattern, text):
        return True
    line = re.sub(r"\s*[\u2001-\u2003]\s*|(?<=\S)\s{2,}(?=\S)", ": ", text[:300].strip())
    line = NUMBERING.sub("", " ".join(line.split()))
    match = pattern.match(line)
    if not match or not line[:1].isupper():
        return False
    marked = re.match(r"(?:\s?[\w'’/]+){0,5}\s*(?:[:.|]\s|\s-\s|[—–]|[:.]$|$)", line[match.end() :])
    return bool(marked) or 0 < match.end() <= lead <= match.end() + 60


def _stands_on_first_line(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a name has a paragraph's first line for itself: a short line before one with a capital."""
    lines = text.strip().split("\n")
    first = lines[0].strip()
    if len(lines) < 2 or not is_section(pattern, first) or len(first.split()) > 6 or first.endswith((",", "-")):
        return False
    return lines[1].lstrip()[:1].isupper() and len(first) < 0.75 * max(map(len, lines))
