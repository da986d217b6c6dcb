import pytest

from further.evaluation.samples import loops


@pytest.mark.parametrize(
    ("text", "looped"),
    [
        ("cec. cec. cec. cec.", True),
        ("cec. cec. cec.", False),
        ("it is the heart of the heart of the heart of the heart of the", True),
        ("the heart and the lungs and the kidneys", False),
        ("", False),
    ],
)
def test_a_word_or_phrase_four_times_in_a_row_is_a_loop(text, looped):
    assert loops(text.split()) is looped
