"""What tells prose from tables, names and addresses: the share of function words."""

import re
from functools import lru_cache

CACHE = 4096
"""Texts whose counts are remembered: a block of a paper is asked for them again and again."""
SPACELESS = re.compile("[\u2e80-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff]")
"""Characters of Chinese and Japanese, which have no spaces between words; Korean has."""
PARTICLES = re.compile("[のはをにがでとも的是在和与及了为对于中以不有]")
"""Their function words, which are of one character."""
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
SHORTENED = re.compile(
    r"(?:\b(?-i:[A-Z])|\b(?:et al|spp?|figs?|vs|approx|ca|cf|e\.g|i\.e|resp|incl))\.$", re.IGNORECASE
)
"""A word cut short, as in "E. coli", whose full stop ends no sentence before a small letter, a number or a bracket."""
_ENGLISH = """
    a about after all also although among an and any are as at be because been before being between both but by can
    cannot could did do does during each either for from had has have having he her here him his how however i if in
    into is it its itself may might more most must neither no nor not of on only or other our out over per she should
    since so some such than that the their them then there therefore these they this those though through thus to
    under until up upon was we what when where whereas whether which while who whom whose why will with within
    without would you your
"""
# Of the other languages those that are no words of content in English.
_OTHERS = """
    aber als am auch auf aus bei beim bis da dass dem den der des die durch ein eine einem einen einer eines es für
    ihre im ist kann kein keine mit nach nicht noch nur ob oder sein sich sie sind sowie und unter vom von vor waren
    weil wenn werden wie wird wurde wurden zu zum zur zwischen über

    au aux avec ce ces cette comme dans de des dont du elle en entre est et été il ils la le les leur mais même ne nous
    ont ou où par pas plus pour qu que qui sa sans se ses soit son sont sous sur un une à être était étaient

    al como con cual cuando del desde donde el ella entre eran es esta estas este estos fue fueron ha han hasta
    la las lo los más muy no o para pero por que se sin sobre su sus también todos una uno y ya

    ao aos as até com da das do dos e ela ele em essa esse esta este foi foram isso mais mas na nas nem nos não ou
    pela pelas pelo pelos quando sem ser seu seus sua suas são também um uma à às é

    alla alle anche ai agli che chi ci con cui dagli dai dal dalla delle dei del della dello di è erano fra gli ha
    hanno i il nei nel nella non ogni più quale questa questo sia si sono stata stati stato su sul sulla tra un uno

    aan bij bleek daar dan dat de deze die dit door een en er geen had hebben heeft het hij hun kan maar meer met naar
    niet nog of om onder ook op te tot uit van voor waar was wel werd werden wordt worden ze zich zijn zo

    att av blev de den denna deras det dessa detta eller en ett från för ha hade har hos inte kan kunde med mellan
    mot när och om på samt sedan sig sin skulle som så till under upp utan var vara vi vid är även över

    aby ale był była były było byli dla do i jest lub na nie niż od oraz po przez przy się są że w z

    более был была были было в для его и из или как не но о от по при с также то что чем это
"""
FUNCTION_WORDS = frozenset(_ENGLISH.split()) | frozenset(_OTHERS.split())
"""Articles, prepositions, conjunctions, pronouns and auxiliaries of the languages that articles are written in."""
PROSE_SHARE = 0.2
"""Share of function words above which a text is running text: of articles' paragraphs 98 % have more."""
LONG = 100
LONG_SHARE = 0.15
"""The same for a text of LONG words, which may be a list of specimens or of reagents."""


@lru_cache(CACHE)
def count_words(text: str) -> int:
    """Number of words: runs of letters, hyphens and apostrophes between letters included; half the characters of a
    script without spaces."""
    return len(WORD.findall(text)) + _count_spaceless(text)


def _count_spaceless(text: str) -> int:
    return 0 if text.isascii() else len(SPACELESS.findall(text)) // 2


@lru_cache(CACHE)
def count_function_words(text: str) -> int:
    """Number of words that are articles, prepositions, conjunctions, pronouns or auxiliaries."""
    particles = 0 if text.isascii() else len(PARTICLES.findall(text))
    return particles + sum(word in FUNCTION_WORDS for word in WORD.findall(text.lower()))


@lru_cache(CACHE)
def prose_share(text: str) -> float:
    """Share of function words among the words and numbers of a text.

    Articles' paragraphs have .25 to .5; references, addresses and tables mostly under .2.
    """
    tokens = len(re.findall(r"[^\W_]+", text)) + _count_spaceless(text)
    return count_function_words(text) / tokens if tokens else 0.0


def is_prose(text: str, min_words: int) -> bool:
    """Whether a text has a number of words at least, and as many function words as running text has."""
    words = count_words(text)
    return words >= min_words and prose_share(text) > (LONG_SHARE if words >= LONG else PROSE_SHARE)
