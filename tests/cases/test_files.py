"""Tables as programs write them: marks between cells, encodings, empty cells, rows that do not fit their head."""

import gzip
import os
import unicodedata

import pytest

from cases.conftest import find
from cases.made import save_picture, write_csv
from facts import naming, tells
from further.cases.files import Folder
from further.cases.found import clean_answer
from further.cases.plan import describe_plan, plan_cases
from further.cases.tables import read_head, read_rows

ROWS = [{"case": "A", "answer": "café, it is"}]


@pytest.mark.parametrize(
    "data",
    [
        '\ufeffCase,Answer\r\nA,"café, it is"\r\n'.encode(),
        "case;answer\nA;café, it is\n".encode(),
        "sep=;\r\nCASE;ANSWER\r\nA;café, it is\r\n;\r\n".encode(),
        "case\tanswer\nA\tcafé, it is\n".encode("utf-16"),
        'case, answer\nA, "café, it is"\n\n,\n'.encode(),
        'case,answer,\nA,"café, it is",\n'.encode(),
    ],
)
def test_tables_of_any_program(tmp_path, data):
    (tmp_path / "a.csv").write_bytes(data)
    folder = Folder(tmp_path)
    assert [name for name in read_head(folder, "a.csv") if name] == ["case", "answer"]
    assert read_rows(folder, "a.csv") == ROWS


@pytest.mark.parametrize("inside", ["\u2028", "\x85", "\x0b", "\x0c", "\x1e"])
def test_no_sign_within_a_cell_ends_its_row(tmp_path, inside):
    (tmp_path / "a.csv").write_text(f"case,answer\nA,one{inside}two\n", encoding="utf-8")
    assert read_rows(Folder(tmp_path), "a.csv") == [{"case": "A", "answer": f"one{inside}two"}]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("case,answer\nA,left, and right\n", [2, "a.csv", 3, 2, "comma"]),
        ("case;answer\nA;x\nB;left; right\n", [3, "a.csv", 3, 2, "semicolon"]),
        ("case,answer,Answer\nA,x,y\n", ["a.csv", "answer"]),
        ('case,answer\nA,x\nB,"y\nC,z\n', [3, "a.csv", "quote"]),
        ('case,answer\nA,"' + "y\nC,z\n" * 2_000_000, [2, "a.csv", "quote"]),
    ],
)
def test_a_row_that_would_lose_text_is_refused(tmp_path, text, facts):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(ValueError, match=naming(*facts)):
        read_rows(Folder(tmp_path), "a.csv")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (float("nan"), None),
        ("NaN", None),
        ("N/A", None),
        (" ", None),
        (None, None),
        ("None", "None"),
        ("unknown", "unknown"),
        (3, "3"),
        (5.6, "5.6"),
        (True, "yes"),
        (False, "no"),
        (["a"], "a"),
        ([None, {}], None),
    ],
)
def test_answers_of_any_type(value, text):
    assert clean_answer(value) == text


def test_a_file_that_is_there_and_not_read_is_not_called_missing(tmp_path):
    rows = [("A", "a.png", "q", "a"), ("B", "scans/b.heic", "q", "a"), ("C", "c.png", "q", "a")]
    write_csv(tmp_path / "a.csv", [("case", "image", "question", "answer"), *rows])
    save_picture(tmp_path / "a.png")
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "b.heic").write_bytes(b"x")
    detail = {line["case"]: line["detail"] for line in find(tmp_path)[1].to_pylist()}
    assert detail["A"] == "" and detail["B"].startswith("scans/b.heic is there") and "no such file" in detail["C"]


def test_links_to_folders_are_followed_and_none_in_a_circle(tmp_path):
    save_picture(tmp_path / "archive" / "deep" / "a.png")
    study = tmp_path / "study"
    (study / "own").mkdir(parents=True)
    (study / "images").symlink_to(tmp_path / "archive")
    (study / "own" / "up").symlink_to(study)
    (study / "own" / "root").symlink_to("/")
    (study / "gone").symlink_to(tmp_path / "nowhere")
    (tmp_path / "archive" / "back").symlink_to(study / "own")
    (study / "own" / "again").symlink_to(tmp_path / "archive")
    files = Folder(study).files
    assert "images/deep/a.png" in files and all(file.endswith("/deep/a.png") for file in files) and len(files) < 5


def test_yes_and_no_as_a_spreadsheet_writes_them(tmp_path):
    marks = ("TRUE", "0", "yes", "equivocal", "")
    rows = [(f"c{place}", f"{place}.png", "", "", mark) for place, mark in enumerate(marks)]
    write_csv(tmp_path / "a.csv", [("case", "image", "question", "answer", "abnormal"), *rows])
    save_picture(tmp_path / "0.png")
    assert find(tmp_path)[0]["abnormal"].to_pylist() == ["yes", "no", "yes", "equivocal", None]


def test_a_file_whose_name_macos_wrote_is_found(tmp_path):
    """The ä of its folder is two characters there, and one in the table."""
    write_csv(tmp_path / "a.csv", [("image", "caption"), ("Fälle/Ü1.png", "x")])
    save_picture(tmp_path / unicodedata.normalize("NFD", "Fälle") / unicodedata.normalize("NFD", "Ü1.png"))
    assert [line["detail"] for line in find(tmp_path)[1].to_pylist()] == [""]


LINES = b'{"image": "a.png", "caption": "x"}\n\n{"image": "b.png", "caption": "y"}\n'


def test_packed_json_lines_are_read_and_named(tmp_path):
    (tmp_path / "val.jsonl.gz").write_bytes(gzip.compress(LINES))
    save_picture(tmp_path / "a.png")
    cases, images, _ = find(tmp_path)
    assert cases["given_split"].to_pylist() == [["validation"]] * 2 and images["caption"].to_pylist() == ["x", "y"]
    assert "val.jsonl.gz" in describe_plan(plan_cases(tmp_path, None, 1))


@pytest.mark.parametrize(
    ("name", "data", "fact"),
    [
        ("a.jsonl.gz", gzip.compress(LINES, mtime=0)[:-12], "unpacked"),
        ("a.csv.gz", gzip.compress(b"image,caption\n" * 99, mtime=0)[:10] + b"\xff" * 40, "unpacked"),
        ("a.jsonl", b"[" * 200_000, "nested"),
        ("a.csv", b"x" * 300_000, "image"),
    ],
)
def test_a_broken_file_is_named_with_what_is_wrong(tmp_path, name, data, fact):
    (tmp_path / name).write_bytes(data)
    save_picture(tmp_path / "a.png")
    with pytest.raises(ValueError) as error:
        plan_cases(tmp_path, None, 1)
    assert tells(str(error.value), name, fact)


def test_a_name_that_is_not_utf_8_is_told(tmp_path):
    save_picture(tmp_path / "a.png")
    os.rename(tmp_path / "a.png", os.fsencode(tmp_path) + b"/Sch\xe4del.png")
    with pytest.raises(ValueError, match=r"cases\.folder: .*dce4del"):
        plan_cases(tmp_path, None, 1)
