"""Words broken at line ends, put together with the paper's own vocabulary."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

HYPHENS = "-‐‑\u00ad"
LETTERS = r"[^\W\d_]"
WORD = re.compile(rf"{LETTERS}+(?:['’]{LETTERS}+)*")
LAST_PART = re.compile(rf"({LETTERS}+)[{HYPHENS}]$")
FIRST_PART = re.compile(rf"{LETTERS}+")
SUSPENDED = frozenset(("and", "or", "to", "und", "oder", "et", "ou", "y", "o"))
# Beginnings that are seldom words of their own: after them the hyphen is the typesetter's.
_PREFIXES = """
    ab ac ad af al an ap ar as at be bi co com con contra cor counter de di dia dif dis dys ef em en epi ex hy hyper
    hypo im in inter intra ir macro meta micro mis mono neo non ob om op para per peri poly pre pro re retro semi
    sub sup sur syn sys tele trans tri ul un uni
"""
PREFIXES = frozenset(_PREFIXES.split())
LOOSE_PREFIXES = frozenset(("non", "semi", "neo"))  # these go before any word, also one that stands nowhere else
# Words that are written together with what follows or goes before: "throughout", "somewhat", "childless".
CLOSED = frozenset(("any", "every", "some", "through", "with", "there", "where", "what", "how", "under", "over", "out"))
ENDINGS = frozenset(
    ("less", "ness", "ful", "able", "ible", "ward", "wards", "wise", "hood", "ship", "ever", "side", "one")
)
# Words that begin or end compounds, in writing of any field, far more often than a broken word begins or ends so.
_FIRSTS = """
    above all best better broad cell cross decision dose double drug early eight equal ever evidence eye fast first
    five follow four free front full gender gene good half hand hard head health heat high higher hospital hour ill
    in-depth large late left less life light like long longer low lower meta mid middle mild more multi near newly
    nine non north off old one open own patient placebo plant point poor post problem quality quasi rapid rate real
    right risk same second self seven severe sex short side single six slow small so socio soft south state steady
    stress strong ten third thirty three time top treatment tumor tumour twelve twenty two two-thirds user water
    well west whole wide world x-ray year young
"""
FIRSTS = frozenset(_FIRSTS.split())
_SECONDS = """
    aerated aged analysis associated axis based blind blinded borne bound breaking built care centered centred chain
    class coated color colour conditioned confirmed containing control controlled coupled cultured cut day days
    deficient defined dependent derived designed directed dose driven edge effective enhanced enriched exposed faced
    fed field fold follow free friendly functioning generation grade group growing guided half headed hour hours
    independent induced infected known label labeled labelled learning led length level life like limiting linked
    loaded looking made making matched mediated minute minutes month months naive negative old oriented phase poor
    positive powered producing prone quality range ranging rate reactive recommended reduced regulated related
    released report reported resistant responsive rich risk scale scaled score seeking sensitive shaped sided sized
    source specific stage standing state step study style tailed taking term test threatening tolerant treated trial
    type up use value versus volume wave week weeks wide world year years yield
"""
SECONDS = frozenset(_SECONDS.split())


@dataclass(frozen=True)
class Vocabulary:
    """Words of one paper, lower case, as they stand inside lines.

    Attributes:
        words: How often each word occurs.
        compounds: How often each hyphenated pair occurs, as "left-right".
        firsts: How often each word is the first of a hyphenated pair.
    """

    words: Counter[str]
    compounds: Counter[str]
    firsts: Counter[str]

    def hyphenates_prefix(self, prefix: str) -> bool:
        """Whether the paper writes other words with a prefix rather with a hyphen than without."""
        closed = sum(
            n for word, n in self.words.items() if word.startswith(prefix) and word[len(prefix) :] in self.words
        )
        return self.firsts[prefix] > closed


def collect_vocabulary(lines: Iterable[str]) -> Vocabulary:
    """The words of a paper, broken ones left out.

    Args:
        lines: Lines of text; the last word of a line that ends in a hyphen, and the word after it, do not count.

    Returns:
        Counts of words and compounds.
    """
    vocabulary = Vocabulary(Counter(), Counter(), Counter())
    broken = False
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
    if above[-1] not in HYPHENS:
        # A slash, a dash or an opening bracket at a line's end had no space after it.
        return above + below if re.search(r"[^\s][/–—]$", above) and not above.endswith(" –") else f"{above} {below}"
    last, first = LAST_PART.search(above), FIRST_PART.match(below)
    if above.endswith("\u00ad"):
        return above[:-1] + below
    if first and first.group() in SUSPENDED:
        return f"{above} {below}"
    if not last or not first or not _is_one_word(last[1], first.group(), vocabulary):
        return above + below if re.search(r"\S-$|\S‐$|\S‑$", above) else f"{above} {below}"
    return above[:-1] + below


def _is_one_word(left: str, right: str, vocabulary: Vocabulary) -> bool:
    """Whether a hyphen between two parts was put there by the typesetter."""
    capital = right[0].isupper() or (left.isupper() and len(left) > 1)  # a name, or an abbreviation: "HIV-positive"
    left, right = left.lower(), right.lower()
    joined, compound = vocabulary.words[left + right], vocabulary.compounds[f"{left}-{right}"]
    if joined or compound or capital:
        return joined > 0 and joined >= compound
    known = vocabulary.words[right] > 0
    if left in PREFIXES:
        return not (vocabulary.hyphenates_prefix(left) and (known or left in LOOSE_PREFIXES))
    if left in CLOSED or right in ENDINGS:
        return True
    if len(left) == 1 or left in FIRSTS or (right in SECONDS and (len(right) > 4 or vocabulary.words[left])):
        return False
    # Both parts are words, or the left one often begins compounds: "long-" and "term".
    if known and len(right) > 2:
        return not (vocabulary.firsts[left] or vocabulary.words[left])
    return True
