import os
import subprocess
import sys
from pathlib import Path

import pytest

from further.demo.general import drop_repeats, general_documents, merge_short, plain_paragraphs, split_general

ROOT = Path(__file__).resolve().parents[2]
PROSE = "Return the number of items that were read from the file. "


@pytest.fixture(scope="module")
def documents():
    return general_documents()


def test_the_standard_library_holds_more_than_a_megabyte_of_plain_text(documents):
    assert 1_000_000 < sum(len(text.encode()) for _, text in documents) < 3_000_000
    assert len(documents) > 200
    names = [name for name, _ in documents]
    assert names == sorted(set(names))
    assert {"argparse", "topics.assignment"} <= set(names)


def test_no_paragraph_comes_twice_and_none_is_code_or_markup(documents):
    paragraphs = [paragraph for _, text in documents for paragraph in text.split("\n\n")]
    assert len(paragraphs) == len({paragraph.casefold() for paragraph in paragraphs})
    assert not [p for p in paragraphs if p.startswith((">>>", "def ", "import ")) or "``" in p or "\n" in p]


def test_another_process_with_another_hash_seed_reads_the_same_documents(documents):
    code = (
        "import hashlib, further.demo.general as g;"
        "print(hashlib.sha256(repr(g.general_documents()).encode()).hexdigest())"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    digests = {
        subprocess.run(
            [sys.executable, "-c", code], env={**environment, "PYTHONHASHSEED": seed}, check=True, capture_output=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_modules_are_read_and_never_imported(tmp_path):
    (tmp_path / "module.py").write_text(f'"""{PROSE}"""\nraise SystemExit\n')
    (tmp_path / "package" / "test").mkdir(parents=True)
    method = 'def f(self):\n        """Close the file when nothing is left to read."""\n'
    (tmp_path / "package" / "__init__.py").write_text(f'class A:\n    """{PROSE * 8}"""\n    {method}')
    (tmp_path / "package" / "test" / "test_a.py").write_text('"""This text of a test must not be read at all."""')
    (tmp_path / "site-packages").mkdir()
    (tmp_path / "site-packages" / "other.py").write_text('"""This text of another package must not be read."""')
    (tmp_path / "broken.py").write_text('"""This file is no Python and counts as empty."""\nprint "x"\n')
    assert general_documents(tmp_path) == [
        ("package", f"{(PROSE * 8).strip()}\n\nClose the file when nothing is left to read."),
        ("single modules.*", PROSE.strip()),
    ]


def test_a_folder_without_documentation_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="holds no Python documentation"):
        general_documents(tmp_path)


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("Read one line\nfrom the stream and return it.", ["Read one line from the stream and return it."]),
        ("Use :class:`~io.TextIO` or ``open`` for *all* of this.", ["Use io.TextIO or open for all of this."]),
        ("read(size) -> bytes\nRead up to that many bytes at once.", ["Read up to that many bytes at once."]),
        (">>> add(1, 2)\n3", []),
        ("x = call(a, b) + [c for c in d]", []),
        ("+-----+-----+\n| one | two |\n+-----+-----+", []),
        ("Too short here.", []),
        (
            "- the first of two items in a list.\n- the second of two items in a list.",
            ["the first of two items in a list.", "the second of two items in a list."],
        ),
        ("Instances have no __dict__ unless one is given.", ["Instances have no __dict__ unless one is given."]),
    ],
)
def test_prose_is_kept_and_markup_examples_tables_and_signatures_are_dropped(text, paragraphs):
    assert plain_paragraphs(text) == paragraphs


def test_short_documents_are_merged_by_package():
    long = ["x" * 400]
    texts = [("a.b", ["one"]), ("a.c", ["two"]), ("a.d", long), ("e", ["three"])]
    assert merge_short(texts) == [("a.*", ["one", "two"]), ("a.d", long), ("single modules.*", ["three"])]


def test_a_repeated_paragraph_stays_in_the_first_document_only():
    texts = [("a", ["One.", "Two.", "one."]), ("b", ["TWO."]), ("c", ["two.", "Three."])]
    assert drop_repeats(texts) == [("a", "One.\n\nTwo."), ("c", "Three.")]


def test_a_split_keeps_every_document_once_and_moves_none_when_one_is_added():
    documents = [(f"name {i}", f"text {i}") for i in range(1000)]
    train, heldout = split_general(documents, heldout_fraction=0.1, seed=0)
    assert sorted(train + heldout) == sorted(documents)
    assert 60 < len(heldout) < 140  # 100 expected, standard deviation 9.5
    more_train, more_heldout = split_general([("new", "new"), *documents], heldout_fraction=0.1, seed=0)
    assert set(train) <= set(more_train)
    assert set(heldout) <= set(more_heldout)
    assert split_general(documents, heldout_fraction=0.1, seed=1)[1] != heldout


@pytest.mark.parametrize("share", [0.0, 1.0, -0.5])
def test_a_share_out_of_range_is_an_error_with_its_value(share):
    with pytest.raises(ValueError, match=f"heldout_fraction is {share}"):
        split_general([("a", "b")], heldout_fraction=share, seed=0)


def test_a_split_with_an_empty_side_is_an_error():
    with pytest.raises(ValueError, match="1 documents at heldout_fraction"):
        split_general([("a", "b")], heldout_fraction=0.5, seed=0)
