"""Accents that a file sets as characters of their own, put on their letters: "Barr´e" is Barré, "na¨ıve" naïve.

TeX sets an accent before its letter, other programs behind it. A whole paper tells which, and whether a space before an
accent is one between words. Where that is not known and both neighbors could bear it, the one that is written with it
in European languages does; where both are, mostly the one behind the accent, as in TeX.
"""

import re
import unicodedata
from itertools import takewhile

COMBINING = {
    **{"´": "\u0301", "`": "\u0300", "¨": "\u0308", "ˆ": "\u0302", "˜": "\u0303", "ˇ": "\u030c", "˘": "\u0306"},
    **{"¯": "\u0304", "˙": "\u0307", "˚": "\u030a", "˝": "\u030b", "´´": "\u030b", "¸": "\u0327", "˛": "\u0328"},
}
"""Combining accents by spacing ones."""
USUAL = {
    **{"\u0301": "aeiouyAEIOUY", "\u0300": "aeiouAEIOU", "\u0308": "aeiouAEIOU", "\u0302": "aeiouAEIOU"},
    **{"\u0303": "aonAON", "\u030c": "cdenrstzCDENRSTZ", "\u0306": "agAG", "\u0304": "aeiouAEIOU"},
    **{"\u0307": "zeIZ", "\u030a": "auAU", "\u030b": "ouOU", "\u0327": "cstCST", "\u0328": "aeAE"},
}
"""Letters that are written with an accent."""
FIRST = {"\u0303": "nN", "\u0301": "", "\u030c": "rczsRCZS"}
"""Of these the letters that come before the others on either side of an accent."""
DOTLESS = str.maketrans("ıȷ", "ij")
LONE_DOTLESS = re.compile("([ıȷ])(?=[\u0300-\u036f])")
WORD_END = re.compile(r"[^\W\d_]*´")
FINAL_C = re.compile(r"[cC](?![^\W\d_])")
"""The end of "Petrović": no language has an acute before a word's last c."""
ACCENT = re.compile(f"[{''.join(COMBINING)}]")
MIN_PLACED = 5
"""Accents that only one of their neighbors may bear, from which they tell how a paper sets them."""


def sets_before(text: str) -> bool:
    """Whether a paper sets its accents before their letters, right behind the letters before: as TeX does.

    Args:
        text: All of its text.
    """
    behind = before = glued = 0
    text = f" {text} "
    for found in ACCENT.finditer(text):
        left, right = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1].translate(DOTLESS)
        usual = USUAL[COMBINING[found.group()]]
        behind += left in usual and right not in usual
        before += right in usual and left not in usual
        glued += left.isalpha()
    return before >= MIN_PLACED and before > 4 * behind and 4 * glued > before


def compose_accents(text: str, *, before: bool = False) -> str:
    """Text whose spacing accents are on the letters that they belong to.

    An accent behind a digit is a prime, as in 5´; a pair around a word, or a grave before one, are quotation marks.

    Args:
        text: A line or a paragraph.
        before: Whether its paper `sets_before`: then spaces stay, and a grave is an accent wherever it can be.
    """
    text = LONE_DOTLESS.sub(lambda found: found.group().translate(DOTLESS), text)
    if not any(accent in text for accent in COMBINING):
        return text
    made: list[str] = []
    place = 0
    while place < len(text):
        accent = "´´" if text.startswith("´´", place) else text[place]
        place += len(accent)
        if accent in COMBINING:
            place += _compose(made, accent, text[place:], before)
        else:
            made.append(accent)
    return "".join(made)


def _compose(made: list[str], accent: str, rest: str, before: bool) -> int:
    """Put an accent on the last character made or on the first of the rest; how many of the rest that takes."""
    mark = COMBINING[accent]
    left = made[-1] if made and made[-1].isalpha() else ""
    on_left, on_right = _put(left, mark), _put(rest[:1], mark)
    if before and on_right and rest[0].translate(DOTLESS) in USUAL[mark]:
        made.append(on_right)
        return 1
    if not left and _is_prime(made, accent, rest):
        on_right = ""
    final = mark == "\u0301" and FINAL_C.match(rest)
    if on_left and not final and (not on_right or _is_left(left, rest[0], mark)) and not _is_lone(made, rest):
        made[-1] = on_left
        return 0
    if on_right:
        if len(made) > 1 and made[-1] == " " and made[-2].islower() and rest[0].islower() and not rest[1:2].isalpha():
            made.pop()  # "Poincar ´e": the space is the accent's own room
        made.append(on_right)
        return 1
    if left and accent not in made and re.match(rf" [{USUAL[mark].lower()}]", rest) and _put(rest[1], mark):
        made.append(_put(rest[1], mark))  # "Sj¨ ogren"
        return 2
    made.append(accent)
    return 0


def _is_left(left: str, right: str, mark: str) -> bool:
    """Whether the letter before an accent bears it, where both could."""
    if (left in "ıȷ") != (right in "ıȷ"):
        return left in "ıȷ"
    usual = [one.translate(DOTLESS) in USUAL[mark] for one in (left, right)]
    first = [one in FIRST.get(mark, "") for one in (left, right)]
    if usual == [True, True] and first[0] != first[1]:
        return first[0]
    return usual == [True, False] or (left + right).lower() == "ao"


def _is_lone(made: list[str], rest: str) -> bool:
    """Whether an accent stands behind a variable, as in "x¯ = 5", or closes a quotation: "´so´"."""
    if rest[:1].isalpha():
        return False
    word = list(takewhile(str.isalpha, reversed(made)))
    return len(word) == 1 or (len(made) > len(word) and made[-len(word) - 1] == "´")


def _is_prime(made: list[str], accent: str, rest: str) -> bool:
    """Whether an accent at the beginning of a word is a prime or a quotation mark."""
    if made and made[-1].isdigit():
        return not (accent == "˚" and rest[:1] == "A")
    return accent == "`" or (accent == "´" and bool(WORD_END.match(rest)))


def _put(letter: str, mark: str) -> str:
    """A letter with an accent as one character; "" where there is none."""
    made = unicodedata.normalize("NFC", letter.translate(DOTLESS) + mark) if letter.isalpha() else ""
    return made if len(made) == 1 else ""
