"""Sections of an article, by the names that headings have in scientific writing."""

import re

from further.corpus.words import count_words


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
LABEL = _names(  # of a paragraph in a structured abstract
    BODY.pattern,
    r"(?:(?:main|primary|secondary) )?(?:outcomes?|end ?points?|exposures?|interventions?|measure(?:ment)?s)\b",
    r"(?:context|importance|interpretation|significance|hypothesis|study selection|data (?:sources?|extraction))\b",
)
REFERENCES = _names(
    r"(?:list of |main |cited |selected |bibliographic )?references?(?: and notes| list| cited)?"
    r"\s*(?:\(\d+\))?\s*[:.]?",
    r"(?:bibliography|literature(?: cited)?|works cited|notes and references|citations)\s*[:.]?",
    r"(?:further|suggested|recommended|additional) readings?\s*[:.]?",
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
    r"(?:declaration|statement|potential|disclosure)s? of (?:competing|conflicts?|interests?|potential)",
    r"(?:potential |financial |declared )?(?:conflicts?|competing|duality)(?:[ -]of)?(?: financial)?[ -]interests?",
    r"declarations?|disclosures?|disclaimers?|transparency|statements? (?:of|and)",
)
_MONEY = (
    r"(?:study |research )?funding|financial|grants?|sponsor(?:s|ship)?",
    r"sources? of (?:funding|support)|role of (?:the )?(?:study )?(?:funding|funders?|sponsors?)",
)
_PEOPLE = (
    r"acknowledge?ments?|authorship|collaborators?|(?:article|group) information|meeting presentation",
    r"(?:individual )?author(?:s|'s|s'|’s|s’)?\s+"
    r"(?:contributions?|statements?|information|details|disclosures?|affiliations?|roles?|biograph\w*|notes?|agreement)",
    r"(?:additional )?contributions?|contributors?['’]?|contributorship|credit author(?:ship)?|guarantors?",
    r"(?:author )?correspondence|reprints?|address(?:es)? for|about the authors?|orcid",
    r"biograph(?:y|ies|ical (?:notes?|sketch(?:es)?))",
    r"(?:received|accepted)\b(?=.{0,40}\b(?:19|20)\d\d\b).*",
)
_DATA = (
    r"(?:data|code|software|materials?|samples?|resources?)(?:,? (?:and|&) (?:data|code|software|materials?))*\s+"
    r"(?:availability|sharing|access|deposition|accessibility|statement)",
    r"availability of|accession (?:numbers?|codes?)|associated content",
    r"(?:supplementa(?:ry|l)|supporting|additional|electronic supplementary|appendix)\s+"
    r"(?:(?:online )?(?:information|materials?|data|files?|content|movies?|figures?|tables?|legends?))",
    r"electronic supplementary material\b.*|(?:multimedia )?appendi(?:x|ces)(?: \w{1,3}\b)?(?:$|[.:].*)",
    r"supplements?|annex(?:es)?",
)
_ETHICS = (
    r"(?:research |human |animal )?ethic(?:s|al)"
    r"(?:\b.{0,40}(?:approval|statement|consent|declaration|considerations?|standards?|guidelines|compliance))?",
    r"(?:informed |patient )?consent(?: for| to)?|compliance with ethic(?:s|al)|human and animal rights",
    r"institutional review board|patient and public involvement|dissemination (?:declaration|to participants)",
)
_PUBLISHING = (
    r"open access|publisher['’]?s? note|provenance and peer|(?:open )?peer[ -]review|reviewers?|referees?",
    r"current (?:referee|peer)|referee report.*|editorial note|handling editor",
    r"copyright|licen[cs]e|rights and permissions",
    r"(?:how to cite|cite this|(?:previously )?presented at)\b.*|(?:prior|previous) (?:publication|presentation)",
    r"pre-?publication|publication history|submission declaration|(?:use of )?generative ai",
)
_NOTES = (
    r"(?:list of |non-?standard )*abbreviations?|acronyms|nomenclature|glossary",
    r"end ?notes?|foot ?notes?|notes|note added in proof",
)
# What may follow such a name in a heading. With any other word the heading is about a subject: "Funding models",
# "Consent to donation", "Disclosure of HIV status".
_TAIL = r"""
    access accessibility acknowledge?ments? acronyms additional ai and animals? appendix approval articles? assisted
    authors?['’]?s? authorship availability available board code committee competing compliance conflicts? consent
    considerations? content contributions? contributors? copyright correspondence data declarations? details
    disclosures? ethics ethical experiments files? financial footnotes for funders? funding generative grants?
    guidelines human in information informed institutional interests? international involvement legends licen[cs]e list
    manuscript materials? notes? numbers? of on online or original paper participants? participate participation
    patients? peer permissions preparation process public publication publish registration related report requests
    research review rights role sharing software source sources sponsors? sponsorship standards? statements? status
    studies study subjects supplementary supplemental support supporting symbols technologies terms the this to trial
    use used welfare with work writing \d\d+ \w
"""
_AND_TAIL = rf"(?:[\s/&,;()'’–-]+(?:{'|'.join(_TAIL.split())})\b)*(?=\s*(?:[:.|–—)]|\s-\s|$))"
BACK = _names(rf"(?:{'|'.join((*_INTERESTS, *_MONEY, *_PEOPLE, *_DATA, *_ETHICS, *_PUBLISHING, *_NOTES))}){_AND_TAIL}")
# Names that also stand over parts of the methods: they end an article only behind its last section.
AMBIGUOUS = _names(
    r"ethic|consent|informed|patient|institutional|human|animal|research|data|code|software|material|availability",
    r"accession|statements? of|compliance|sample|resource|abbreviation|acronym|non-?standard|list|glossary",
    r"nomenclature|notes|footnote|supplement|supporting|additional|electronic|appendi|annex|use of",
    r"multimedia|generative|funding|study|sponsor|grant|financial|contribut|collaborat|group|disclosure|disclaimer|transparency",
    r"copyright|licen|correspond|present|received|accepted|reviewer|peer|referee|reprint|address|dissemination",
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


def opens_abstract(text: str, lead: int = 0) -> bool:
    """Whether a block is an abstract's heading or begins with it; `lead` as for `run_in`."""
    return is_section(ABSTRACT, text) and (count_words(text) <= 3 or run_in(ABSTRACT, text, lead))


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
    if not line[:1].isupper():
        return False
    set_apart = pattern.match(NUMBERING.sub("", " ".join(text[:lead].split())))
    if set_apart and lead <= set_apart.end() + 60:
        return True
    match = pattern.match(line)
    return bool(match and re.match(r"(?:\s?[\w'’/]+){0,5}\s*(?:[:.|]\s|\s-\s|[—–]|[:.]$|$)", line[match.end() :]))


def _stands_on_first_line(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a name has a paragraph's first line for itself: a short line before one with a capital."""
    lines = text.strip().split("\n")
    first = lines[0].strip()
    if len(lines) < 2 or not is_section(pattern, first) or len(first.split()) > 6 or first.endswith((",", "-")):
        return False
    return lines[1].lstrip()[:1].isupper() and len(first) < 0.75 * max(map(len, lines))
