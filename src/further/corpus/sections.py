"""Sections of an article, by the names that headings have in scientific writing."""

import re

NUMBERING = re.compile(
    r"^\W*(?:(?:section|chapter|part)\s+)?(?:\d{1,2}(?:\.\d{1,2})*|[ivx]{1,5}(?=[.)\s])|[a-h](?=[.)]\s))[.):]?\s+",
    re.IGNORECASE,
)
ABSTRACT = re.compile(
    r"(?:graphical |structured |extended |author |plain language |lay )?(?:abstract|summary|synopsis|r[ée]sum[ée]|zusammenfassung|resumen|resumo)\b",
    re.IGNORECASE,
)
BODY = re.compile(
    r"(?:general |brief |clinical )?(?:introduction|background|objectives?|aims?|purpose|rationale|materials?|patients?|subjects?|"
    r"participants|methods?|methodology|experimental|study design|design|setting|statistical|results?|findings|discussion|"
    r"star.?methods|online methods|method details|conclusions?|concluding|limitations?|implications|perspectives?|case (?:report|presentation|description)|main text|theory)\b",
    re.IGNORECASE,
)
OPENING = re.compile(
    r"(?:general |brief )?(?:introduction|background|objectives?|aims?|purpose|rationale)\b", re.IGNORECASE
)
REFERENCES = re.compile(
    r"(?:list of |main |cited |selected )?(?:references?|bibliography|literature(?: cited)?|works cited|r[ée]f[ée]rences|literatur(?:verzeichnis)?|"
    r"bibliograf[ií]a|referencias|references and notes|notes and references|reference list|citations)\s*[:.]?",
    re.IGNORECASE,
)
KEYWORDS = re.compile(
    r"(?:key ?-?words?(?: and phrases)?|index terms|mesh(?: terms| headings)?|subject headings|keyword|mots[- ]cl[ée]s|palabras clave)\b",
    re.IGNORECASE,
)
GLOSSARY = re.compile(
    r"(?:(?:list of )?(?:non-?standard )?abbreviations?(?: used| and acronyms)?|acronyms|glossary|nomenclature)\b",
    re.IGNORECASE,
)
BACK = re.compile(
    r"(?:acknowledge?ments?|acknowledge?ment of|funding|financial|grant support|sources? of (?:funding|support)|role of the funding|"
    r"(?:declaration|statement|potential|disclosure)s? of (?:competing|conflict|interest|potential)|declarations?\b|disclosures?|"
    r"(?:potential |financial |declared )?(?:conflicts?|competing|duality)(?: of)?(?: financial)? interests?|authors? (?:disclosure|statement|details|information|note)|"
    r"(?:individual )?author(?:s|'s|s'|’s|s’)?\s+(?:contributions?|statements?|information|details|disclosures?|affiliations?|roles?|biograph)|"
    r"contributions?$|contributors?$|contributorship|credit author|guarantor|"
    r"(?:data|code|software|materials?)(?:,? (?:and|&) (?:data|code|software|materials?))*\s+(?:availability|sharing|access|deposition|accessibility)|"
    r"availability of|accession (?:numbers?|codes?)|(?:supplementa(?:ry|l)|supporting|additional|electronic supplementary|appendix)\s+(?:information|materials?|data|files?|files|content|movie|figures?|tables?|legends?)|"
    r"supplements?$|ethic(?:s|al)\b(?:.{0,40}(?:approval|statement|consent|declaration|considerations?|standards?|compliance)|$|(?=[.:]))|(?:informed |patient )?consent(?: for| to|$| statement)|compliance with ethical|"
    r"human and animal rights|institutional review board statement|"
    r"open access$|publisher['’]?s? note|abbreviations?(?: used)?:?$|list of abbreviations|nomenclature$|glossary$|orcid|provenance and peer|peer review|"
    r"(?:prior|previous) (?:publication|presentation)|present(?:ed|ation) at|endnotes?$|footnotes?$|notes$|note added in proof|appendi(?:x|ces)|annex|copyright|licen[cs]e|rights and permissions|"
    r"how to cite|cite this|correspondence|reprints?|received|address(?:es)? for|about the authors?|biograph|grant(?:s| information|$)|"
    r"associated content|author correspondence|editorial note|handling editor|reviewer|referee|open peer review|current (?:referee|peer)|transparency|patient and public involvement|pre-?publication)",
    re.IGNORECASE,
)
# Names that also stand over parts of the methods: they end an article only behind its last section.
AMBIGUOUS = re.compile(
    r"(?:ethic|consent|informed|patient|data|code|software|material|abbreviation|nomenclature|glossary|supplement|supporting|additional|appendi|funding|contribut|notes|accession|availability|disclosure|copyright|licen|correspond|present|received|reviewer|transparency|reprint|institutional|grant|financial)",
    re.IGNORECASE,
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
    first = text.lstrip().split("\n")[0].strip()
    if (
        is_section(pattern, first)
        and len(first.split()) <= 6
        and "\n" in text.strip()
        and not first.endswith((",", "-"))
    ):
        second = text.lstrip().split("\n")[1].lstrip()
        if second[:1].isupper() and len(first) < 0.75 * max(len(line) for line in text.split("\n")):
            return True
    line = re.sub(r"\s*[\u2001-\u2003]\s*|(?<=\S)\s{2,}(?=\S)", ": ", text[:300].strip())
    line = NUMBERING.sub("", " ".join(line.split()))
    match = pattern.match(line)
    if not match or not line[:1].isupper():
        return False
    rest = line[match.end() :]
    marked = re.match(r"(?:\s?[\w'’/]+){0,5}\s*(?:[:.|]\s|\s-\s|[—–]|[:.]$|$)", rest)
    return bool(marked) or 0 < match.end() <= lead <= match.end() + 60
