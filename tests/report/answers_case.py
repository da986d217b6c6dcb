"""What every answer of the page is held to."""

from further.report.answers.answer import Answer

MOST_WORDS = 30  # of an answer, without its question and details


def count_words(answer: Answer) -> int:
    return len(f"{answer.word} {answer.sentence} {answer.doubt}".split())


def check(answer: Answer | None, verdict: str, *numbers: str) -> Answer:
    """The verdict, numbers that the sentence holds, and the length that no answer exceeds."""
    assert answer is not None and answer.verdict == verdict
    assert [number for number in numbers if number not in answer.sentence] == []
    assert count_words(answer) <= MOST_WORDS, f"{answer.word} {answer.sentence} {answer.doubt}"
    return answer
