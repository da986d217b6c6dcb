"""An answer against its reference, word by word."""

import re
import string
from collections import Counter
from typing import NamedTuple

RIGHT, WRONG, UNREADABLE = "right", "wrong", "unreadable"

_ARTICLE = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_WORD = re.compile(r"[^\W_]+")


class Overlap(NamedTuple):
    """Words that an answer and its reference share, as fractions of both."""

    f1: float
    precision: float
    recall: float


def normalize(text: str) -> str:
    """A text in lower case without punctuation and articles, with single blanks.

    >>> normalize("The cyst."), normalize("8 mm"), normalize("well-defined")
    ('cyst', '8 mm', 'welldefined')

    Source:
        Rajpurkar et al. 2016, SQuAD, section 6.1; the official evaluation script.
    """
    return " ".join(_ARTICLE.sub(" ", text.lower().translate(_PUNCTUATION)).split())


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


def first_word(text: str) -> str:
    """The first run of letters and digits, in lower case; "" without one."""
    found = _WORD.search(text.lower())
    return found.group() if found else ""


def judge_closed(answer: str, reference: str) -> str:
    """Whether the answer to a closed question is right, wrong or unreadable, which counts as wrong.

    To yes or no the first word decides. "The study is normal" is unreadable, where an evaluator that looks for "no"
    inside words reads a no. Another reference is a choice, "left" or "CT": the answer must begin with its words.
    """
    wanted = normalize(reference)
    if wanted in ("yes", "no"):
        said = first_word(answer)
        return UNREADABLE if said not in ("yes", "no") else RIGHT if said == wanted else WRONG
    given = normalize(answer)
    if not given:
        return UNREADABLE
    return RIGHT if f"{given} ".startswith(f"{wanted} ") else WRONG
