"""Tables of questions for `further answer`, as spreadsheets write them."""

import pytest

from facts import naming
from further.cli.answer import _read_questions

ROW = {"image": "a.png", "question": "Is it, or not?"}


@pytest.mark.parametrize(
    "data",
    [
        '\ufeffImage,Question\r\na.png,"Is it, or not?"\r\n'.encode(),
        b"image;question\na.png;Is it, or not?\n;\n",
        b"sep=;\nimage;question\na.png;Is it, or not?\n",
        'image, question\na.png, "Is it, or not?"\n'.encode("utf-16"),
    ],
)
def test_what_excel_writes(tmp_path, data):
    (tmp_path / "q.csv").write_bytes(data)
    assert _read_questions(tmp_path / "q.csv").to_dict("records") == [{"case": "row 1", **ROW}]


def test_rows_without_a_case_are_cases_of_their_own(tmp_path):
    (tmp_path / "q.csv").write_text("image,question,case\na.png,x,A\nb.png,x,\nc.png,x\nd.png,x,A\n")
    assert _read_questions(tmp_path / "q.csv")["case"].tolist() == ["A", "row 2", "row 3", "A"]


@pytest.mark.parametrize(
    ("data", "facts"),
    [
        (b"picture,question\na,b\n", ["q.csv", "image", "picture, question"]),
        (b"image,question\n", ["q.csv", "image and question"]),
        (b"image,question\na.png,is it, or not\n", [2, "q.csv", 3]),
        (b"image;question\na.png;caf\xe9\n", ["q.csv", "UTF-8"]),
    ],
)
def test_what_cannot_be_read_is_told_without_the_words_of_a_study(tmp_path, data, facts):
    (tmp_path / "q.csv").write_bytes(data)
    with pytest.raises(ValueError, match=naming(*facts)) as error:
        _read_questions(tmp_path / "q.csv")
    assert "cases.folder" not in str(error.value)
