"""Words of a text: what stands between blanks, and each Chinese sign by itself, as nothing stands between those."""

import re

CHINESE = "\u3400-\u9fff"
"""Range of a character class."""
_SIGN = re.compile(f"[{CHINESE}]")
_WORD = re.compile(rf"[{CHINESE}]|[^\s{CHINESE}]+")
# Chinese and Japanese, whose words have no blanks between them and two signs on average, as the corpus stage counts.
_SPACELESS = "\u2e80-\u2fff\u3001-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff"
_PIECE = re.compile(rf"[{_SPACELESS}]{{1,2}}|[^\s{_SPACELESS}]+")


def has_chinese(text: str) -> bool:
    """Whether a text has a Chinese sign, which a tokenizer for other languages would not part from the next."""
    return _SIGN.search(text) is not None


def split_words(text: str) -> list[str]:
    """Words in the order of the text, with the punctuation at their edges.

    Source:
        Lewis et al. 2020, MLQA: the mixed segmentation of its evaluation script, by which SQuAD's F1 is taken over
        Chinese signs.

    >>> split_words("CT 左侧 of it.")
    ['CT', '左', '侧', 'of', 'it.']
    """
    return _WORD.findall(text)


def count_words(text: str) -> int:
    """Number of words in any script: what stands between blanks, and every two signs of Chinese or Japanese."""
    return len(_PIECE.findall(text))


def first_words(text: str, number: int) -> str:
    """The beginning of a text up to its word of this number, as `count_words` counts, with single blanks.

    >>> first_words("The  donor\\n heart is", 3), first_words("供体心脏保存", 2)
    ('The donor heart', '供体心脏')
    """
    ends = [piece.end() for piece in _PIECE.finditer(text)][:number]
    return " ".join(text[: ends[-1] if ends else 0].split())
