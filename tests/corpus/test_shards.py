"""Names and shards of papers."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from further.corpus.shards import list_papers, mark_passwords, paper_id, paper_ids, shard_of


def test_a_plain_stem_is_its_own_name():
    assert paper_id(Path("a/b/PMC123_x-1.2.pdf")) == "PMC123_x-1.2"


def test_other_characters_are_replaced_and_different_stems_stay_different():
    one, other = paper_id(Path("Müller: heart.pdf")), paper_id(Path("Muller/../Muller  heart.pdf"))
    assert one.startswith("Muller-heart-") and other.startswith("Muller-heart-")
    assert one != other


def test_a_stem_of_no_latin_letter_has_a_name_without_a_slash():
    assert paper_id(Path("心臓.pdf")).startswith("paper-")


def test_one_name_in_two_folders_gets_a_number_in_any_order():
    files = [Path("b/x.pdf"), Path("a/x.pdf"), Path("a/y.pdf")]
    expected = {Path("a/x.pdf"): "x", Path("b/x.pdf"): "x-2", Path("a/y.pdf"): "y"}
    assert paper_ids(files) == expected == paper_ids(files[::-1])


def test_shard_is_the_hash_of_the_name_modulo_their_number():
    digest = hashlib.sha256(b"shard\x1fPMC1").hexdigest()
    assert shard_of("PMC1", 16) == f"{int(digest[:12], 16) % 16:02d}"
    assert shard_of("PMC1", 1) == "00"
    assert len(shard_of("PMC1", 1000)) == 3


def test_zero_shards_are_refused():
    with pytest.raises(ValueError, match="0 shards"):
        shard_of("PMC1", 0)


def test_papers_are_listed_by_name_whatever_the_case_of_the_ending(tmp_path):
    for name in ("b.PDF", "a.pdf", "c.Pdf", "d.pdf", "notes.txt"):
        (tmp_path / name).touch()
    assert [file.name for file in list_papers(tmp_path)] == ["a.pdf", "b.PDF", "c.Pdf", "d.pdf"]


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_folder_without_papers_is_named(tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=name):
        list_papers(tmp_path / name)


def test_module_needs_the_standard_library_alone():
    code = "import sys, further.corpus.shards; print([m for m in ('pyarrow', 'pymupdf', 'ftfy') if m in sys.modules])"
    source = Path(__file__).resolve().parents[2] / "src"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONPATH": str(source)})
    assert done.stdout.strip() == "[]"


def test_a_password_is_recorded_as_a_mark_of_two_digits():
    files = [Path("a.pdf"), Path("b.pdf")]
    marks = mark_passwords({"b": "open sesame"}, files)
    assert list(marks) == ["b"] and len(marks["b"]) == 2
    assert len({mark_passwords({"b": f"try {n}"}, files)["b"] for n in range(20)}) > 10


def test_a_password_for_no_paper_is_refused_without_it():
    with pytest.raises(ValueError, match=r"no paper c ") as caught:
        mark_passwords({"c": "open sesame"}, [Path("a.pdf")])
    assert "sesame" not in str(caught.value)
