"""General text: cut into documents, held out by source, named."""

from pathlib import Path

import pytest

from facts import naming
from further.general import (
    FEWEST_WORDS,
    MOST_WORDS,
    cut_documents,
    describe_texts,
    find_texts,
    read_texts,
    split_texts,
)  # fmt: skip

BUNDLED = Path(__file__).resolve().parents[1] / "resources" / "general"


def words(number, word="word"):
    return " ".join([word] * number)


def test_the_bundled_text_is_english_of_five_kinds_with_origin_and_license():
    texts = read_texts(find_texts(BUNDLED))
    sources = describe_texts(texts, []).sources
    assert len(sources) == 5
    assert all(source.kind and source.origin and source.license for source in sources)
    assert all(7_000 < source.train_words < 16_000 for source in sources)
    assert 200_000 < sum(len(text.text.encode()) for text in texts) < 500_000
    assert len({text.name for text in texts}) == len(texts)


def test_two_empty_lines_end_a_document_that_is_long_enough():
    text = f"{words(120)}\n\n{words(30)}\n\n\n{words(150)}\n\n\n\n{words(20)}\n"
    assert [len(document.split()) for document in cut_documents(text)] == [150, 170]


def test_a_book_is_cut_at_paragraphs_and_loses_no_word():
    text = "\n\n".join(words(70, f"w{number}") for number in range(40))
    documents = cut_documents(text)
    assert "\n\n".join(documents) == text
    sizes = [len(document.split()) for document in documents]
    assert all(MOST_WORDS <= size < MOST_WORDS + 70 for size in sizes[:-1]) and sizes[-1] >= FEWEST_WORDS


def test_lines_of_a_paragraph_are_joined_whatever_ends_them():
    assert cut_documents("one\r\ntwo \r\n \r\nthree\r\n") == ["one two\n\nthree"]


def test_a_file_and_a_folder_of_ones_own_are_taken_and_others_left(tmp_path):
    for name in ("b.md", "a.txt", "README.md", "c.pdf"):
        (tmp_path / name).write_text(words(5, name[0]))
    assert [file.name for file in find_texts(tmp_path)] == ["a.txt", "b.md"]
    assert find_texts(tmp_path / "a.txt") == [tmp_path / "a.txt"]
    first, second = read_texts(find_texts(tmp_path))
    assert (first.name, first.source.origin, first.source.license) == ("a-001", "a.txt", None)
    assert second.text == "b b b b b"


def test_two_files_of_one_name_are_refused(tmp_path):
    """Their documents would have the same names, and tables keep one of each."""
    for name in ("a.md", "a.txt", "b.TXT"):
        (tmp_path / name).write_text("text")
    with pytest.raises(ValueError, match=naming("general.texts", "a.md", "a.txt")):
        find_texts(tmp_path)
    (tmp_path / "a.md").unlink()
    assert [file.name for file in find_texts(tmp_path)] == ["a.txt", "b.TXT"]


def test_a_table_of_sources_is_read_as_spreadsheets_write_it(tmp_path):
    (tmp_path / "a.txt").write_text("text")
    (tmp_path / "sources.csv").write_bytes(
        "\ufefffile,kind,origin,license\r\na.txt,Novels,,\r\n".encode()  # as Excel marks UTF-8
    )
    [text] = read_texts(find_texts(tmp_path))
    assert (text.source.kind, text.source.origin, text.source.license) == ("Novels", "a.txt", None)
    (tmp_path / "sources.csv").write_text("name,url\na.txt,https://example.org\n")
    with pytest.raises(ValueError, match=naming("general.texts", "sources.csv", "file, kind, origin, license")):
        read_texts(find_texts(tmp_path))


@pytest.mark.parametrize("name", ["absent", "empty"])
def test_no_text_is_refused_with_key_and_place(name, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=naming("general.texts", tmp_path / name)):
        find_texts(tmp_path / name)


def test_a_file_that_is_not_utf8_is_named(tmp_path):
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    with pytest.raises(ValueError, match=naming("latin.txt", "UTF-8")):
        read_texts([tmp_path / "latin.txt"])


def test_every_source_is_held_out_in_its_part_and_every_document_stands_on_one_side():
    texts = read_texts(find_texts(BUNDLED))
    train, heldout = split_texts(texts, 0.1, 0)
    assert sorted(text.name for text in [*train, *heldout]) == sorted(text.name for text in texts)
    assert len(heldout) == round(0.1 * len(texts))
    for source in describe_texts(train, heldout).sources:
        assert source.heldout_documents == pytest.approx(
            0.1 * (source.heldout_documents + source.train_documents), abs=1
        )
    assert {text.name for text in split_texts(texts, 0.1, 1)[1]} != {text.name for text in heldout}


def test_a_split_with_an_empty_side_is_refused_with_both_numbers(tmp_path):
    (tmp_path / "one.txt").write_text("only one")
    with pytest.raises(ValueError, match=naming(0.2, 1, 1, 0)):
        split_texts(read_texts([tmp_path / "one.txt"]), 0.2, 0)
