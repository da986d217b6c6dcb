"""A file of questions: what is read, and what is refused with its line."""

import pytest

from facts import naming
from further.evaluation.questions.read import Question, find_correct, has_choices, read_questions

HEAD = "question,choices,correct,passage,topic,paper\n"


def write(path, text):
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def test_a_file_is_read_with_choices_passages_and_single_answers(tmp_path):
    text = 'Which?,"a | the heart, cold",B,Read this.,donor,one\nWho?,,the donor,,,\n'
    assert read_questions(write(tmp_path / "questions.csv", text)) == [
        Question("Which?", ("a", "the heart, cold"), 1, "Read this.", "donor", "one"),
        Question("Who?", ("the donor",), 0),
    ]


def test_semicolons_may_stand_between_columns_and_a_mark_before_them(tmp_path):
    (tmp_path / "excel.csv").write_bytes("\ufeffquestion;choices;correct\r\nWhich, then?;a|b;2\r\n".encode())
    assert read_questions(tmp_path / "excel.csv") == [Question("Which, then?", ("a", "b"), 1)]


@pytest.mark.parametrize("mark", ["\u2028", "\x0b", "\x0c", "\x85"])
def test_only_a_line_of_the_file_ends_a_question(mark, tmp_path):
    """Word and PDFs leave other line ends in what is copied from them."""
    asked = read_questions(write(tmp_path / "questions.csv", f"Which{mark}one?,a|b,a,,,,\n"))
    assert asked == [Question(f"Which{mark}one?", ("a", "b"), 0)]


def test_blanks_in_the_head_and_empty_fields_at_the_end_are_nothing(tmp_path):
    (tmp_path / "questions.csv").write_text("question, correct\nWho?, me,,\n,,,\n")
    assert read_questions(tmp_path / "questions.csv") == [Question("Who?", ("me",), 0)]


@pytest.mark.parametrize(
    ("correct", "choices", "place"),
    [("b", ("a", "b"), 1), ("B", ("x", "y"), 1), ("2", ("x", "y"), 1), ("2", ("2", "1"), 0), ("a", ("b", "a"), 1)],
)
def test_the_correct_choice_is_named_by_text_letter_or_number_in_this_order(correct, choices, place):
    assert find_correct(correct, choices) == place


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        (",a|b,a,,,", ["question"]),
        ("Which?,a|b,,,,", ["correct"]),
        ("Which?,a|b,c,,,", ["'c'", 2]),
        ("Which?,a|b,3,,,", ["'3'", 2]),
        ("Which?,a|a,a,,,", ["choices"]),
        ("Which?,a|,a,,,", ["choices"]),
        ("Who?,,the donor,,,, kept cold", ["'kept cold'"]),  # the answer has a comma and no quotation marks
    ],
)
def test_an_unsound_question_is_a_fault_with_its_line(line, facts, tmp_path):
    with pytest.raises(ValueError, match=naming("questions.csv", "line 2", *facts)):
        read_questions(write(tmp_path / "questions.csv", f"{line}\n"))


def test_every_fault_of_a_file_is_told_at_once_up_to_five(tmp_path):
    with pytest.raises(ValueError, match=naming("2 more")) as caught:
        read_questions(write(tmp_path / "questions.csv", "Which?,a|b,c,,,\n" * 7))
    assert str(caught.value).count("\n") == 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("question,answer\nWho?,me\n", "no column correct"),
        ("question,correct,hint\nWho?,me,no\n", "a column 'hint'; allowed are question"),
        ("question,correct\n", "holds no question"),
        ("", "no column question and no column correct"),
        ("question,correct,question\nWho?,me,you\n", naming("question, correct, question")),
        (f'question,correct\nWho?,"{"x" * 140_000}"\n', naming("after line 1", 131072)),
        ('question,correct\nWho?,me\n"Which?,it\n', naming("after line 2")),  # quotation marks that are never closed
    ],
)
def test_a_file_of_another_form_is_refused(text, message, tmp_path):
    (tmp_path / "questions.csv").write_text(text)
    with pytest.raises(ValueError, match=message):
        read_questions(tmp_path / "questions.csv")


def test_only_a_file_with_choices_is_guarded(tmp_path):
    assert not has_choices(None) and has_choices("demo")
    assert not has_choices(str(write(tmp_path / "single.csv", "Who?,,the donor,,,\n")))
