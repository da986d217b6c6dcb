"""Words broken at line ends, put together with the paper's own vocabulary."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

import pyphen

from further.corpus.words import FUNCTION_WORDS, SPACELESS

HYPHENS = "-‐‑\u00ad"
LETTERS = r"[^\W\d_]"
WORD = re.compile(rf"{LETTERS}+(?:['’]{LETTERS}+)*")
LAST_PART = re.compile(rf"({LETTERS}+)[{HYPHENS}]$")
INNER_PART = re.compile(rf"({LETTERS}+)[-‐‑](?:the|to|of|by|and)[-‐‑]$", re.IGNORECASE)
"""The beginning of "state-of-the-art" or "time-to-event"."""
LAST_WORD = re.compile(rf"(?<![\w'’]){LETTERS}+$")
FIRST_PART = re.compile(rf"{LETTERS}+")
MAILBOX = re.compile(r"[\w.-]+@\w")
"""The rest of an e-mail address, whose hyphens are its own."""
ADDRESS = re.compile(r"\W*(?:https?://|www\.)[^\s)\]>]*[^\s,;)\]>]$", re.IGNORECASE)
"""An address of the web at a line's end."""
ADDRESS_PART = re.compile(r"(?!(?:e\.g|i\.e)\b)[\w~%-]*(?:[./_=?&#%~]\w|[/=?&#]\W*$|\d)")
"""What goes on with one: no word of a sentence."""
# What stands behind a suspended hyphen, as in "pre- and postoperative", beside the English "and" and "or".
SUSPENDED: Mapping[str, tuple[str, ...]] = {
    **{"en": ("to",), "de": ("und", "oder", "bis"), "fr": ("et", "ou"), "es": ("y", "e", "o", "u")},
    **{"pt": ("e", "ou"), "it": ("e", "o"), "nl": ("en", "of", "tot"), "sv": ("och", "eller", "till")},
}
# What is written with a hyphen behind a word: "celui-ci", "trata-se".
ENCLITICS: Mapping[str, tuple[str, ...]] = {
    "fr": ("ci", "là", "même", "mêmes", "être", "dire", "il", "elle", "on", "ils", "elles", "je", "nous", "vous"),
    "pt": ("se", "lo", "la", "los", "las", "no", "na", "nos", "nas", "lhe", "lhes", "me"),
}
# Beginnings that are seldom words of their own: after them the hyphen is the typesetter's.
_PREFIXES = """
    ab ac ad af al an anti ap ar as at be bi co com con contra cor counter de di dia dif dis dys ef em en epi ex hy
    hyper hypo im in inter intra ir macro meta micro mid mis mono multi neo non ob om op para per peri poly post pre
    pro re retro semi sub sup sur syn sys tele trans tri ul un uni
"""
PREFIXES = frozenset(_PREFIXES.split())
LOOSE_PREFIXES = frozenset(("anti", "neo", "non", "semi"))  # before any word, also one that stands nowhere else
HYPHENATED_PREFIXES = frozenset(("non", "semi"))  # 79 of 100 words with "non" in 41 articles have a hyphen
# Words that are written together with what follows or goes before: "throughout", "somewhat", "childless".
_CLOSED = "any every some through with there where what how under over out more further"
CLOSED = frozenset(_CLOSED.split())
_ENDINGS = """
    less ness ful able ible ward wards wise hood ship ever side one self selves body bodies ware light lights
    lighted night spread spring shore stead
"""
ENDINGS = frozenset(_ENDINGS.split())
# Words that begin or end compounds, in writing of any field, far more often than a broken word begins or ends so.
_FIRSTS = """
    above all best better broad cell cross decision dose double drug early equal ever evidence eye fast follow free
    front full gender gene good half hand hard health heat high higher hospital hour large late left less life light
    long longer low lower middle mild near newly north off old one open patient placebo point problem quality quasi
    rapid rate real right risk same severe sex short side single slow small socio soft south state steady stress
    strong top treatment water west whole world year young
"""
FIRSTS = frozenset(_FIRSTS.split())
_ALWAYS = """
    self well two three four five six seven eight nine twelve twenty thirty forty fifty sixty seventy eighty ninety
    first second third
"""
ALWAYS = frozenset(_ALWAYS.split())  # no broken word begins so, but "seven-teen" and "seven-ty"
_SECONDS = """
    aged analysis associated axis based blind blinded borne bound breaking built care centered centred chain class
    coated color colour conditioned confirmed containing control controlled coupled cultured cut day days deficient
    defined dependent derived designed directed dose driven edge effective enhanced enriched exposed faced fed field
    fold follow free friendly functioning generation grade group growing guided half headed hour hours independent
    induced infected known label labeled labelled learning led length level life like limiting linked loaded looking
    made making matched mediated minute minutes month months naive negative old oriented phase poor positive powered
    producing prone quality range ranging rate reactive recommended reduced regulated related released report
    reported resistant responsive rich risk scale scaled score seeking sensitive shaped sided sized source specific
    stage standing state step study style tailed taking term test tolerant treated trial type up use value versus
    volume wave week weeks wide world year years
"""
SECONDS = frozenset(_SECONDS.split())


@dataclass(frozen=True)
class Vocabulary:
    """Words of one paper, or of several, lower case, as they stand inside lines.

    Attributes:
        words: How often each word occurs.
        compounds: How often each hyphenated pair occurs, as "left-right".
        firsts: How often each word is the first of a hyphenated pair.
        others: Words of the papers cleaned together with this one, which decide where its own do not.
        language: ISO 639 code of the paper's language.
    """

    words: Counter[str] = field(default_factory=Counter)
    compounds: Counter[str] = field(default_factory=Counter)
    firsts: Counter[str] = field(default_factory=Counter)
    others: "Vocabulary | None" = None
    language: str = "en"

    def add(self, other: "Vocabulary") -> None:
        """Count another paper's words too."""
        self.words.update(other.words)
        self.compounds.update(other.compounds)
        self.firsts.update(other.firsts)

    def knows_as_one(self, left: str, right: str) -> bool | None:
        """Whether two parts are written as one word rather than with a hyphen; None where neither is known."""
        joined, compound = self.words[left + right], self.compounds[f"{left}-{right}"]
        if joined or compound:
            return joined >= compound
        return self.others.knows_as_one(left, right) if self.others else None

    def knows(self, word: str) -> bool:
        """Whether a word stands anywhere."""
        return self.words[word] > 0 or (self.others is not None and self.others.knows(word))

    def count_hyphenated(self, prefix: str) -> int:
        """How many words the paper writes with a hyphen behind a prefix, less those that it writes closed.

        Where they are as many, as where there are none, the papers cleaned together decide.
        """
        hyphenated = sum(pair.startswith(f"{prefix}-") for pair in self.compounds)
        rests = (word[len(prefix) :] for word in self.words if word.startswith(prefix))
        closed = sum(len(rest) > 3 and rest in self.words for rest in rests)
        return hyphenated - closed or (self.others.count_hyphenated(prefix) if self.others else 0)


def collect_vocabulary(lines: Iterable[str], broken: bool = False) -> Vocabulary:
    """The words of a paper, broken ones left out.

    Args:
        lines: Lines of text; the last word of a line that ends in a hyphen, and the word after it, do not count.
        broken: Whether the first word may be the rest of one that is broken too.

    Returns:
        Counts of words and compounds.
    """
    vocabulary = Vocabulary()
    for line in lines:
        text = line.strip().lower()
        if broken:
            text = FIRST_PART.sub("", text, count=1)
        broken = bool(LAST_PART.search(text))
        if broken:
            text = LAST_PART.sub("", text)
        vocabulary.words.update(WORD.findall(text))
        pairs = re.findall(rf"(?=(?<!{LETTERS})({LETTERS}+)[-‐‑]({LETTERS}+))", text)
        vocabulary.compounds.update(f"{left}-{right}" for left, right in pairs)
        vocabulary.firsts.update(left for left, _ in pairs)
    return vocabulary


def join_lines(lines: Iterable[str], vocabulary: Vocabulary) -> str:
    """Lines of one paragraph as one line, broken words made whole.

    Args:
        lines: Lines of text in order.
        vocabulary: The paper's words.

    Returns:
        The paragraph.
    """
    text = ""
    for line in lines:
        text = join_pair(text, line.strip(), vocabulary)
    return text


def join_pair(above: str, below: str, vocabulary: Vocabulary) -> str:
    """Two lines as one.

    A hyphen at the end of the upper line goes if the paper says so; it stays in a compound, before a capital or a
    digit, and (with a space) where it is suspended, as in "pre- and postoperative".
    """
    if not above or not below:
        return above or below
    if SPACELESS.search(above[-1]) and SPACELESS.search(below[0]):
        return above + below
    if above[-1] not in HYPHENS:
        return above + below if _runs_over(above, below, vocabulary) else f"{above} {below}"
    last, first = LAST_PART.search(above), FIRST_PART.match(below)
    if above.endswith(
        "\u00ad"
    ):  # some files end every broken line in a soft hyphen, also behind a compound's first word
        known = last and first and vocabulary.knows_as_one(last[1].lower(), first.group().lower())
        if known is not False:
            return above[:-1] + below
    suspended = ("and", "or", *SUSPENDED.get(vocabulary.language, ()))
    if first and first.group() in suspended and not (last and vocabulary.words[(last[1] + first.group()).lower()]):
        inside = below[first.end() :].startswith(tuple(HYPHENS))  # "easy-to-use", not "pre- and postoperative"
        return above + below if inside else f"{above} {below}"
    inner = INNER_PART.search(above)
    compound = bool(MAILBOX.match(below)) or (inner is not None and inner[1].lower() not in PREFIXES)
    if not last or not first or compound or not _is_one_word(last[1], first.group(), vocabulary):
        whole = above[:-1] + "-" if above.endswith("\u00ad") else above
        return whole + below if re.search(r"\S[-‐‑]$", whole) else f"{above} {below}"
    return above[:-1] + below


def _runs_over(above: str, below: str, vocabulary: Vocabulary) -> bool:
    """Whether no space stood between two lines: behind a slash or a dash, in an address, or in a word without a hyphen.

    Such a word is known as one elsewhere in the paper, and its parts are not: "RECI" and "ST".
    """
    last, first = above.rsplit(maxsplit=1)[-1], below.split(maxsplit=1)[0]
    if ADDRESS.match(last):
        return bool(ADDRESS_PART.match(first))
    if last[-1] in "/–—":
        return len(last) > 1
    ends, begins = LAST_WORD.search(last), FIRST_PART.match(first)
    if not ends or not begins:
        return False
    left, right = ends.group().lower(), begins.group().lower()
    # The rest of an abbreviation may be a letter that stands by itself elsewhere: "NSCL" and "C".
    cut = ends.group().isupper() and begins.group().isupper()
    parts = vocabulary.words[left] if cut else max(vocabulary.words[left], vocabulary.words[right])
    return parts <= 1 < vocabulary.words[left + right]


def _is_one_word(left: str, right: str, vocabulary: Vocabulary) -> bool:
    """Whether a hyphen between two parts was put there by the typesetter."""
    capital = right[0].isupper() or (left.isupper() and len(left) > 1)  # a name, or an abbreviation: "HIV-positive"
    name = left[0].isupper() and len(left) > 3 and vocabulary.language != "de"  # "Linux-programma"
    left, right = left.lower(), right.lower()
    # What is printed within a line is the best evidence there is; all below is for words that are not.
    elsewhere = vocabulary.knows_as_one(left, right)
    if elsewhere is not None or capital:
        return bool(elsewhere)
    if vocabulary.language != "en" and _patterns(vocabulary.language):
        compound = name or right in ENCLITICS.get(vocabulary.language, ())
        verb = vocabulary.language == "pt" and right in ("se", "lhe") and left[-1] in "rm"  # "tornar-se"
        breaks = _may_break(left, right, vocabulary.language)
        return breaks and not verb and not (compound and vocabulary.knows(left))
    if left[-1] == right[0] in "aiou" and len(left) > 3:  # "anti-inflammatory", "supra-axillary"
        return False
    known = vocabulary.words[right] > 0
    if left in PREFIXES:
        more = vocabulary.count_hyphenated(left)
        if more == 0 and left in HYPHENATED_PREFIXES:
            return not vocabulary.knows(right)  # "non-significant", but "nonetheless"
        return more <= 0 or not (known or left in LOOSE_PREFIXES)
    if left in CLOSED or right in ENDINGS or left + right in FUNCTION_WORDS:
        return True
    if len(left) == 1 or _is_compound(left, right, vocabulary):
        return False
    # Both parts are words: "log-" and "rank".
    if known and len(right) > 2:
        return not vocabulary.words[left]
    return True


def _is_compound(left: str, right: str, vocabulary: Vocabulary) -> bool:
    """Whether two parts that the paper holds neither as one word nor with a hyphen look like a compound's."""
    if left in ALWAYS:
        return not right.startswith(("teen", "ty"))
    if right in SECONDS and (len(right) > 4 or left in FIRSTS or vocabulary.words[left] > 0):
        return True
    if left in FIRSTS:
        # "high-performance"; but "west-ern", "gene-ral", "low-est" are broken words.
        return vocabulary.words[right] > 0 or (len(right) > 4 and right[0] not in "aeiouy")
    return len(left) > 3 and len(right) > 2 and vocabulary.words[left] > 0 and not _may_break(left, right)


@cache
def _may_break(left: str, right: str, language: str = "en") -> bool:
    """Whether a language's patterns break the joined word there: "mother-infant" as one word the English would not."""
    return any(len(left) in pattern.positions(left + right) for pattern in _patterns(language))


@cache
def _patterns(language: str) -> tuple[pyphen.Pyphen, ...]:
    """Patterns of a language's hyphenation, both of English and of Portuguese; none of a language without any."""
    own = {"en": ("en_US", "en_GB"), "pt": ("pt_PT", "pt_BR")}
    names = own.get(language) or (pyphen.language_fallback(language),)
    return tuple(pyphen.Pyphen(lang=name, left=2, right=2) for name in names if name)
