"""Messages are held by what they say, the key, the value and the limit, never by the words around them."""

import re


def naming(*facts: object) -> str:
    """The pattern of a line that tells these facts in this order, each whole: 2 is neither in 12 nor in 2.5."""
    return ".*".join(rf"(?<!\w)(?<!\d[.,]){re.escape(str(fact))}(?!\w)(?![.,]\d)" for fact in facts)


def tells(text: str, *facts: object) -> bool:
    """Whether one line of a text tells these facts in this order."""
    return re.search(naming(*facts), text) is not None
