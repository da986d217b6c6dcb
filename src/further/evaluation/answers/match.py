"""An answer against its reference, word by word."""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from further.evaluation.words import split_words

RIGHT, WRONG, UNREADABLE = "right", "wrong", "unreadable"

_ARTICLE = re.compile(r"\b(a|an|the)\b")
# SQuAD's script removes ASCII alone, and so does this in other languages; the rest stands in Chinese text only.
_PUNCTUATION = str.maketrans("", "", string.punctuation + "、。〈〉《》「」『』【】〔〕！（），．：；？～")
_WORD = re.compile(r"[^\W_]+")
_YES_NO = re.compile(r"\W*(yes|no)\s*(?:$|[,.;:!(\u2013\u2014，。；]|-\s)", re.IGNORECASE)
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u2011](?=[^\W_])|(?<=\d)[-\u2010\u2011](?=[^\W\d_])")
# In this order: units are parted while no word stands in a number, and decimals are read before ranges.
_IN_NUMBERS = (
    (re.compile(r"(?<=\d)(?=[^\W\d_]|°)"), " "),  # 8mm is 8 mm
    (re.compile(r"(?<=\d)\s*[x×*]\s*(?=\d)", re.IGNORECASE), "by"),
    (re.compile(r"%"), " percent"),
    (re.compile(r"(?<=[^\W_])\++(?!\w)"), " plus"),  # HER2+
    (
        re.compile(r"(?<=[^\W_])[-\u2212](?=[\s,.;)]|$)(?!\s+(?:and|or|\d))"),
        " minus",
    ),  # HER2-, but pre- and postoperative
    (re.compile(r"(?<=\d)\*(?![\w*])"), " star "),  # T2*
    (re.compile(r",(?=\d{3}(?!\d))"), ""),  # 1,000
    (re.compile(r"(?<![\w.,])[.,](?=\d)"), "0point"),  # .5
    (re.compile(r"(?<=\d)[.,](?=\d)"), "point"),
    (re.compile(r"(?<=\d)(point\d*?)0+(?!\d)"), r"\1"),
    (re.compile(r"(?<=\d)point(?!\d)"), ""),  # 3.0 is 3
    (re.compile(r"(?<=\d)/(?=\d)"), "over"),
    (re.compile(r"(?<=\d)(?:\s[-\u2010-\u2015\u2212]\s|\s+to\s+|[^\w\s])(?=\d)"), "to"),  # 2-3, 2 to 3
    (re.compile(r"(?<![\w)])[-\u2212](?=\d)"), "minus"),
    (re.compile(r"(?:<=|≤)\s*(?=\d|minus)"), "atmost"),
    (re.compile(r"(?:>=|≥)\s*(?=\d|minus)"), "atleast"),
    (re.compile(r"<\s*(?=\d|minus)"), "below"),
    (re.compile(r">\s*(?=\d|minus)"), "above"),
)
"""Signs that the removal of punctuation would lose, of numbers mostly, and the words that stand for them."""
_OTHER_SIDE = {"left": "right", "right": "left"}


class Overlap(NamedTuple):
    """Words that an answer and its reference share, as fractions of both."""

    f1: float
    precision: float
    recall: float


def normalize(text: str) -> str:
    """A text in lower case without punctuation and articles, with single blanks between words.

    >>> normalize("The cyst."), normalize("8 mm"), normalize("well-defined"), normalize("左侧。")
    ('cyst', '8 mm', 'welldefined', '左 侧')

    Source:
        Rajpurkar et al. 2016, SQuAD, section 6.1; the official evaluation script. Chinese: MLQA (`split_words`).
    """
    return " ".join(split_words(_ARTICLE.sub(" ", text.lower().translate(_PUNCTUATION))))


def exact_match(answer: str, reference: str) -> bool:
    """Whether both are the same once normalized."""
    return normalize(answer) == normalize(reference)


def token_overlap(answer: str, reference: str) -> Overlap:
    """F1, precision and recall of the words, each word as often as it stands there.

    "cecum cecum cecum cecum" for "cecum" has .4, as three of its four words are wrong; a public evaluator that asks
    whether each word stands in the reference gives 1. Negation is not seen: "no pneumothorax" for "pneumothorax" has
    .67. Without a word on one side all three are 0, and 1 without a word on either.
    """
    given, wanted = normalize(answer).split(), normalize(reference).split()
    if not given or not wanted:
        return Overlap(*[float(given == wanted)] * 3)
    shared = sum((Counter(given) & Counter(wanted)).values())
    if not shared:
        return Overlap(0.0, 0.0, 0.0)
    precision, recall = shared / len(given), shared / len(wanted)
    return Overlap(2 * precision * recall / (precision + recall), precision, recall)


def yes_or_no(reference: str) -> str | None:
    """What a reference says to a question of yes or no; None for one that is no such answer.

    >>> yes_or_no("Yes."), yes_or_no("No, it is normal"), yes_or_no("No pneumothorax")
    ('yes', 'no', None)
    """
    said = _YES_NO.match(reference)
    return said[1].lower() if said else None


def judge_closed(answer: str, reference: str) -> str:
    """Whether the answer to a closed question is right, wrong or unreadable, which counts as wrong.

    To yes or no the first word decides. "The study is normal" is unreadable, where an evaluator that looks for "no"
    inside words reads a no. Another reference is a choice, "left" or "CT": the answer must begin with its words, and
    not go on to another one: "left and right" is wrong.
    """
    if wanted := yes_or_no(reference):
        # The first word alone: "no abnormality" is a no, and "normal" is none.
        found = _WORD.search(answer.lower())
        said = found.group() if found else ""
        return UNREADABLE if said not in ("yes", "no") else RIGHT if said == wanted else WRONG
    if not comparable(answer, reference):
        return UNREADABLE
    return RIGHT if any(_chooses(given, wanted) for given, wanted in _read_both(answer, reference)) else WRONG


def _chooses(given: str, wanted: str) -> bool:
    """Whether an answer begins with a choice, and names no other beside it."""
    if not f"{given} ".startswith(f"{wanted} "):
        return False
    rest = given[len(wanted) :].split()
    return rest[:1] not in (["and"], ["or"]) and not any(_OTHER_SIDE.get(word) in rest for word in wanted.split())


def says_same(answer: str, reference: str) -> bool:
    """Whether an answer is right as a whole: `exact_match`, but for what SQuAD's rule takes for the same.

    Points and signs of numbers count: 1.5 cm is not 15 cm, <5 mm is not >5 mm, 3.0 is 3 and 8mm is 8 mm. So do a
    reference's articles where nothing else is left of it: "A" is one choice of several. A hyphen within a word is
    nothing, or a blank. Letters and punctuation of any script count by what they are, not by how they are encoded.

    >>> says_same("15 cm", "1.5 cm"), exact_match("15 cm", "1.5 cm"), says_same("3", "3.0"), says_same("The", "A")
    (False, True, True, False)
    >>> says_same("X ray", "x-ray"), says_same("xray", "x-ray"), exact_match("X ray", "x-ray")
    (True, True, False)
    """
    return any(given == wanted for given, wanted in _read_both(answer, reference))


def _read_both(answer: str, reference: str) -> Iterator[tuple[str, str]]:
    """Answer and reference to be compared, hyphens within words read as nothing, and as blanks."""
    for mark in ("", " "):
        wanted = _HYPHEN.sub(mark, reference)
        yield comparable(_HYPHEN.sub(mark, answer), wanted), comparable(wanted, wanted)


def comparable(text: str, reference: str) -> str:
    """A text normalized with its numbers kept apart; as the reference needs it, with articles or with its signs."""
    if not any(map(str.isalnum, reference)):
        return " ".join(text.lower().split())
    told = unicodedata.normalize("NFKC", text)  # µ has two codes, é two spellings, and 5 a wide form
    for sign, word in _IN_NUMBERS:
        told = sign.sub(word, told)
    told = "".join(letter for letter in told if unicodedata.category(letter)[0] != "P")
    return normalize(told) if normalize(reference) else " ".join(told.lower().translate(_PUNCTUATION).split())
