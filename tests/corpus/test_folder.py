"""Names and shards of papers."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pymupdf
import pytest

from facts import naming
from further.corpus.folder import list_left_out, list_papers, mark_passwords, paper_id, paper_ids
from further.corpus.parse.children import parse_papers
from further.shards import shard_of


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


def test_names_differ_even_where_case_is_none_and_from_names_with_a_number():
    files = [
        Path("Smith.pdf"),
        Path("smith.pdf"),
        Path("a/x.pdf"),
        Path("b/x.pdf"),
        Path("x-2.pdf"),
        Path("SMITH-2.pdf"),
    ]
    names = paper_ids(files)
    assert len({name.casefold() for name in names.values()}) == 6
    assert names[Path("a/x.pdf")] == "x" and names[Path("x-2.pdf")] == "x-2"  # a name of one's own goes first
    assert names[Path("b/x.pdf")] == "x-3"
    assert names == paper_ids(files[::-1])


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


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_names_that_begin_with_a_dot_are_no_papers(tmp_path):
    """A Mac writes ._a.pdf beside a.pdf on a stick, a zip or a share."""
    touch(tmp_path, "a.pdf", "b.pdf", "c.pdf", "d.pdf", "._a.pdf", "._b.pdf", ".hidden.pdf", ".pdf", ".trash/e.pdf")
    assert [file.name for file in list_papers(tmp_path, subfolders=True)] == ["a.pdf", "b.pdf", "c.pdf", "d.pdf"]


def test_papers_in_subfolders_are_taken_if_asked_for_and_told_of_otherwise(tmp_path):
    """As in Zotero's storage: a folder for each."""
    touch(tmp_path, "a.pdf", "b.pdf", "c.pdf", "d.pdf", "AB12/x.pdf", "CD34/x.pdf", "CD34/deep/y.pdf", "CD34/notes.txt")
    assert len(list_papers(tmp_path, subfolders=True)) == 7
    assert len(list_papers(tmp_path, subfolders=False)) == 4
    assert sorted(map(str, list_left_out(tmp_path))) == [
        str(tmp_path / name) for name in ("AB12/x.pdf", "CD34/deep/y.pdf", "CD34/x.pdf")
    ]


def test_a_folder_whose_papers_lie_below_says_so(tmp_path):
    touch(tmp_path, *(f"{number}/paper.pdf" for number in range(9)))
    with pytest.raises(ValueError, match=naming("corpus.papers", tmp_path, 9, "corpus.subfolders: true")):
        list_papers(tmp_path, subfolders=False)
    (tmp_path / "loop").symlink_to(tmp_path)  # links to folders are not followed
    assert len(list_papers(tmp_path, subfolders=True)) == 9


def test_a_subfolder_that_cannot_be_read_is_named_and_counts_for_nothing_where_it_is_left_out(tmp_path):
    """A path of 4,250 characters cannot be opened, whoever asks; mostly it is the rights that are missing."""
    touch(tmp_path, *(f"{number}.pdf" for number in range(4)), "below/a.pdf")
    place = os.open(tmp_path, os.O_RDONLY)
    for _ in range(17):
        os.mkdir(250 * "d", dir_fd=place)
        deeper = os.open(250 * "d", os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = deeper
    os.close(place)
    with pytest.raises(ValueError, match=naming("corpus.papers", 250 * "d")):
        list_papers(tmp_path, subfolders=True)
    assert len(list_papers(tmp_path, subfolders=False)) == 4
    assert list_left_out(tmp_path) == [tmp_path / "below/a.pdf"]


def test_a_tilde_is_the_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    touch(tmp_path, *(f"papers/{number}.pdf" for number in range(4)))
    assert list_papers(Path("~/papers"), subfolders=True)[0] == tmp_path / "papers/0.pdf"


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_folder_without_papers_is_named(tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=name):
        list_papers(tmp_path / name)


def test_module_needs_the_standard_library_alone():
    code = "import sys, further.corpus.folder; print([m for m in ('pyarrow', 'pymupdf', 'ftfy') if m in sys.modules])"
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


@pytest.mark.parametrize("named", ["Secret - 2012 - Fåglar", "Secret - 2012 - Fåglar.pdf", "NAME"])
def test_a_password_is_found_by_the_file_s_name_or_the_paper_s(named, tmp_path):
    """The name that a paper gets here, "Secret---2012---Faglar-dfc5a2", was the only one; the guide says the file's."""
    file = tmp_path / "Secret - 2012 - Fa\u030aglar.pdf"  # as a Mac writes å
    paper = paper_id(file)
    passwords = {paper if named == "NAME" else named: "sesame"}
    with pymupdf.open() as document:
        document.new_page().insert_text((50, 50), "Text of the paper.")
        document.save(file, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="sesame", owner_pw="other")
    assert list(mark_passwords(passwords, [file, tmp_path / "other.pdf"])) == [paper]
    blocks, refused, _ = parse_papers([file], timeout_s=60, memory_mb=1000, password=passwords)
    assert blocks["paper"].to_pylist() == [paper] and refused.num_rows == 0
