"""What the layouts of questions and answers share."""

from further.cases.text import words


def is_closed(answer_type: object, answer: object) -> bool:
    """Whether a question has a closed answer: as the layout says, or yes or no where it says nothing."""
    told = str(answer_type or "").strip().upper()
    return told == "CLOSED" if told in ("CLOSED", "OPEN") else words(str(answer or "")) in (["yes"], ["no"])
