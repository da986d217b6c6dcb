"""Sections of an article, by the names that headings have in scientific writing."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from further.corpus.names import LANGUAGES, Names
from further.corpus.words import CACHE, SPACELESS, count_words

PARTS = ("introduction", "methods", "results", "discussion", "conclusions")
_SPACELESS_NUMBER = (  # "一、引言", "第2章 方法", "2.1方法", "1引言", but not "10例" (cases) or "2型糖尿病" (diabetes)
    r"第?[一二三四五六七八九十]{1,3}(?:[、．.)）]|[章节節])\s*|第\d{1,2}[章节節]\s*|"
    r"\d{1,2}(?:(?:[.．]\d{1,2})+[.．、]?|[.．、:：)）])\s*(?=[\u3040-\u9fff])|"
    r"\d(?=引|前言|[绪緒]|[材资資]料|[对對対]象|方法|[结結]|[讨討]|考察|はじめ|おわり)"
)
NUMBERING = re.compile(
    r"^\W*(?!(?-i:[A-Z]\.?\s[a-zà-ÿ]))(?:(?:(?:section|chapter|part)\s+)?"
    rf"(?:\d{{1,2}}(?:\.\d{{1,2}})*|[ivx]{{1,5}}(?=[.)\s])|[a-h](?=[.)]\s))[.):]?\s+|{_SPACELESS_NUMBER})",
    re.IGNORECASE,
)
"""The number of a section; a capital before a small letter is none: "C. elegans strains", "X chromosome"."""
SPACED = re.compile(r"(?=.*\b\w \w\b)(?:[^\W\d_a-zà-ÿ]{1,4} ){3,}[^\W\d_a-zà-ÿ]{1,4}\W*|(?:\w ){3,}\w\W*")
"""A heading whose letters are set apart, of which some stay together: "AC K N OWL E D G M E N T S"."""
_LABELS = (  # of paragraphs in a structured abstract, beside the names of the body's parts
    r"(?:(?:main|primary|secondary) )?(?:outcomes?|end ?points?|exposures?|interventions?|measure(?:ment)?s)\b",
    r"(?:context|importance|interpretation|significance|hypothesis|study selection|data (?:sources?|extraction))\b",
)
_END = r"(?=\s*(?:[:：.|–—)】]|\s-\s|$))"
"""What a name that is the whole heading is followed by."""


@dataclass(frozen=True)
class Sections:
    """Patterns of section names, blind to case, for the beginning of a heading.

    Attributes are those of `further.corpus.names.Names`; `opening` is where an article without an abstract may begin,
    `label` what a paragraph of a structured abstract begins with, and `parts` the patterns of PARTS by their names.
    """

    abstract: re.Pattern[str]
    opening: re.Pattern[str]
    body: re.Pattern[str]
    label: re.Pattern[str]
    parts: dict[str, re.Pattern[str]]
    keywords: re.Pattern[str]
    glossary: re.Pattern[str]
    references: re.Pattern[str]
    back: re.Pattern[str]
    thanks: re.Pattern[str]
    owed: re.Pattern[str]
    ambiguous: re.Pattern[str]
    reviews: re.Pattern[str]
    appendix: re.Pattern[str]
    contents: re.Pattern[str]


def _any(patterns: Iterable[str]) -> str:
    """One pattern of several; an accented letter in them also stands for the plain one. Nothing matches none."""
    plain = ("".join(f"(?:{c}|{_strip(c)})" if _strip(c) != c else c for c in pattern) for pattern in patterns)
    return f"(?:{'|'.join(plain) or '(?!)'})"


def _strip(letter: str) -> str:
    return unicodedata.normalize("NFD", letter)[0]


def _compile(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(patterns)})", re.IGNORECASE)


def _whole(names: Iterable[str], joins: Iterable[str]) -> str:
    """A pattern of headings that hold nothing but some names and the words between them."""
    names = tuple(names)
    return rf"{_any(names)}(?:[\s/&,;()'’–-]+{_any((*joins, *names))}\b)*{_END}"


@cache
def sections_in(*languages: str) -> Sections:
    """Patterns of the section names in some languages.

    Args:
        languages: ISO 639 codes; those without a table are left out. English is always there: many journals of other
            languages set their headings in it, and all their abstracts.

    Returns:
        The patterns.
    """
    tables = [LANGUAGES[code] for code in dict.fromkeys(("en", *languages)) if code in LANGUAGES]

    def begin(*columns: str) -> re.Pattern[str]:
        return _compile(*(rf"{_any(_take(names, columns))}\b" for names in tables))

    def whole(column: str) -> re.Pattern[str]:
        return _compile(*(_whole(_take(names, (column,)), names.joins) for names in tables))

    body = begin(*PARTS, "body")
    references = (rf"{_any(names.references)}\s*(?:\(\d+\))?\s*[:.]?" for names in tables)
    return Sections(
        abstract=begin("abstract"),
        opening=begin("introduction"),
        body=body,
        label=_compile(body.pattern, *_LABELS),
        parts={part: begin(part) for part in PARTS},
        keywords=begin("keywords"),
        glossary=begin("glossary"),
        references=_compile(*references),
        back=whole("back"),
        thanks=begin("thanks"),
        owed=_compile(*(rf"(?<![a-zà-ÿ]){_any(names.owed)}" for names in tables)),
        ambiguous=_compile(*(_any(names.ambiguous) for names in tables)),
        reviews=whole("reviews"),
        appendix=begin("appendix"),
        contents=whole("contents"),
    )


def _take(names: Names, columns: Sequence[str]) -> list[str]:
    return [name for column in columns for name in getattr(names, column)]


EVERY = sections_in(*LANGUAGES)
"""Names in all languages, for where a paper's language is not known yet."""


@lru_cache(CACHE)
def plain_heading(text: str) -> str:
    """A heading as one line without its number: "2.1. Study design" is "Study design"; spaced letters are closed."""
    line = " ".join(text.split())
    if SPACED.fullmatch(line):
        line = _close(line)
    return NUMBERING.sub("", line).strip(" .:■▪●|：．【】［］〔〕")


def _close(line: str) -> str:
    """A line of spaced letters as words, divided where the words of section names end: "CONFLICT OF INTEREST"."""
    letters = line.replace(" ", "")
    best = {0: [""]}
    for end in range(1, len(letters) + 1):
        found = [
            [*best[start], letters[start:end]]
            for start in range(end)
            if start in best and letters[start:end].lower().strip(":.") in _words()
        ]
        if found:
            best[end] = min(found, key=len)
    parts = line.split()
    spaced = 2 * sum(len(part) == 1 for part in parts) > len(parts)
    return " ".join(best.get(len(letters), [letters] if spaced else [line])).strip()


_WORD = re.compile(r"(?<![\w?)\]])([^\W\d_]{2,})(\??)(?![^\W\d_(\[])")
"""A whole word in a pattern, and whether its last letter is optional."""


@cache
def _words() -> frozenset[str]:
    """Words of which the names of sections are made."""
    tables = (names for table in LANGUAGES.values() for names in vars(table).values())
    parts = (part for names in tables for name in names for part in _WORD.findall(name))
    return frozenset(word for part, optional in parts for word in (part, part[:-1] if optional else part))


def is_section(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a heading begins with a section's name."""
    return bool(pattern.match(plain_heading(text)))


def heads_section(text: str, names: Sections = EVERY) -> bool:
    """Whether a heading is a section's for sure: it is numbered, or has a section's name."""
    return bool(NUMBERING.match(text)) or is_section(names.body, text) or is_section(names.back, text)


def opens_abstract(text: str, lead: int = 0, names: Sections = EVERY) -> bool:
    """Whether a block is an abstract's heading or begins with it; `lead` as for `run_in`."""
    return is_section(names.abstract, text) and (count_words(text) <= 3 or run_in(names.abstract, text, lead))


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
    line = re.sub(r"\s*[\u2001-\u2003]\s*|(?<=\S)\s{2,}(?=\S)|[】］〕][:：]?|：", ": ", text[:300].strip(" \n【［〔"))
    line = NUMBERING.sub("", " ".join(line.split()))
    if not _begins(line):
        return False
    set_apart = pattern.match(NUMBERING.sub("", " ".join(text[:lead].split())))
    if set_apart and lead <= set_apart.end() + 60:
        return True
    match = pattern.match(line)
    return bool(match and re.match(r"(?:\s?[\w'’/]+){0,5}\s*(?:[:.|]\s|\s-\s|[—–]|[:.]$|$)", line[match.end() :]))


def begins_note(pattern: re.Pattern[str], text: str) -> bool:
    """Whether small print begins with a section's name and then a sentence: "Acknowledgments This work was".

    Args:
        pattern: Names of sections that are whole headings.
        text: The paragraph.
    """
    words = text.split(maxsplit=7)
    heads = (" ".join(words[:number]) for number in range(1, len(words)) if words[number][:1].isupper())
    return any(pattern.fullmatch(head) for head in heads)


def _stands_on_first_line(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a name has a paragraph's first line for itself: a short line before one with a capital."""
    lines = text.strip().split("\n")
    first = lines[0].strip()
    if len(lines) < 2 or not is_section(pattern, first) or len(first.split()) > 6 or first.endswith((",", "-")):
        return False
    return _begins(lines[1].lstrip()) and len(first) < 0.75 * max(map(len, lines))


def _begins(line: str) -> bool:
    """Whether a sentence may begin so: with a capital, or in a script that has none."""
    return line[:1].isupper() or bool(SPACELESS.match(line))
