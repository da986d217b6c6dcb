"""What tells prose from tables, names and addresses: the share of function words."""

import re
from functools import lru_cache

CACHE = 4096
"""Texts whose counts are remembered: a block of a paper is asked for them again and again."""
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# Function words of English and, where they are not English content words, of its neighbors in print.
_FUNCTION_WORDS = """
    a about after all also although among an and any are as at be because been before being between both but by can
    could did do does during each either for from had has have having he her here him his how however i if in into
    is it its itself may might more most must neither no nor not of on only or other our out over per she should
    since so some such than that the their them then there therefore these they this those though through thus to
    under until up upon was we were what when where whereas whether which while who whom whose why will with within
    without would you your der die das und ist nicht ein eine einer mit von zu den dem des auf für im sich als auch
    wurde werden bei le la les et un une dans du est que qui pour par sur avec au aux ce cette sont ont été el los
    las y una en del se con por para como más fue son lo al il di che è per con della nel sono dei delle gli och att
    det som en av är på med till inte het een niet voor maar dat zijn werd werden bij naar ook uit wordt deze uma não
    foi foram mas dos pelo pela são się nie że był była było byli jest są lub oraz przez dla niż ale и в на не что но
    для из от был была было были как или чем при это по
"""
PROSE_SHARE = 0.2
"""Share of function words above which a text is running text: of articles' paragraphs 98 % have more."""
LONG = 100
LONG_SHARE = 0.15
"""The same for a text of LONG words, which may be a list of specimens or of reagents."""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())


@lru_cache(CACHE)
def count_words(text: str) -> int:
    """Number of words: runs of letters, hyphens and apostrophes between letters included."""
    return len(WORD.findall(text))


@lru_cache(CACHE)
def count_function_words(text: str) -> int:
    """Number of words that are articles, prepositions, conjunctions, pronouns or auxiliaries."""
    return sum(word in FUNCTION_WORDS for word in WORD.findall(text.lower()))


@lru_cache(CACHE)
def prose_share(text: str) -> float:
    """Share of function words among the words and numbers of a text.

    Articles' paragraphs have .25 to .5; references, addresses and tables mostly under .2.
    """
    tokens = re.findall(r"[^\W_]+", text)
    return count_function_words(text) / len(tokens) if tokens else 0.0


def is_prose(text: str, min_words: int) -> bool:
    """Whether a text has a number of words at least, and as many function words as running text has."""
    words = count_words(text)
    return words >= min_words and prose_share(text) > (LONG_SHARE if words >= LONG else PROSE_SHARE)
