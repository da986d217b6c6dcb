"""Equations whose signs are letters of Latin 1: "(n = 5)" that reads "ðn ¼ 5Þ", in fonts that tell no better."""

import re
from collections.abc import Sequence

QUARTER = re.compile(r"(?<=\s)¼(?=\s)")
LATIN_1 = str.maketrans("ðÞ¼þ", "()=+")


def mend_equations(texts: Sequence[str]) -> list[str]:
    """Lines of a paper whose equations are in letters of Icelandic: "ðn ¼ 5Þ" for (n = 5).

    So come out TeX's signs that were set by their codes in a font with the codes of Latin 1. A paper is mended where
    quarters stand between spaces, as an equals sign does, more than once, and an eth or a thorn somewhere.

    Args:
        texts: All lines of a paper.

    Returns:
        As many lines, each of the same length.
    """
    quarters = sum(len(QUARTER.findall(text)) for text in texts)
    if quarters < 2 or not any("ð" in text or "Þ" in text for text in texts):
        return list(texts)
    return [text.translate(LATIN_1) for text in texts]
