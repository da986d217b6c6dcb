"""Where the study of a folder of papers lies."""

import os
import time
from pathlib import Path

import pytest

from facts import naming
from further.places import (
    check_dates,
    check_path,
    find_study,
    list_study_papers,
    main,
    name_study,
    papers_of_study,
    place_images,
)
from further.strict_yaml import read_mapping


@pytest.mark.parametrize(
    ("folder", "name"),
    [("papers", "papers"), ("My Papers", "My-Papers"), ("Anna's papers", "Anna-s-papers"), ("心臓", "papers")],
)
def test_a_study_has_its_folders_name_without_what_a_shell_would_trip_over(tmp_path, folder, name):
    assert name_study(tmp_path / folder) == name


def write_study(folder, papers):
    folder.mkdir(parents=True)
    (folder / "study.yaml").write_text(f"corpus: {{papers: {papers}}}\n")


def test_two_folders_of_one_name_have_two_studies_and_keep_them(tmp_path):
    one, other, studies = tmp_path / "a/papers", tmp_path / "b/papers", tmp_path / "studies"
    for folder in (one, other):
        folder.mkdir(parents=True)
        write_study(find_study(folder, studies), folder)
    assert [find_study(folder, studies) for folder in (one, other)] == [studies / "papers", studies / "papers-2"]


@pytest.mark.parametrize("text", ["corpus: 5\n", "corpus: {papers: 5}\n", "corpus:\n"])
def test_a_study_file_that_names_no_papers_is_left_to_its_check(tmp_path, text):
    (tmp_path / "study.yaml").write_text(text)
    assert papers_of_study(tmp_path) is None


def test_a_study_names_its_papers_as_seen_from_its_folder(tmp_path):
    (tmp_path / "papers").mkdir()
    write_study(tmp_path / "studies/papers", "../../papers")
    assert papers_of_study(tmp_path / "studies/papers") == tmp_path / "papers"
    assert find_study(tmp_path / "papers", tmp_path / "studies") == tmp_path / "studies/papers"


def test_a_study_of_that_name_which_says_of_no_papers_is_taken(tmp_path):
    (tmp_path / "studies/papers/results").mkdir(parents=True)
    (tmp_path / "papers").mkdir()
    assert find_study(tmp_path / "papers", tmp_path / "studies") == tmp_path / "studies/papers"


def test_a_tilde_is_the_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "My Papers").mkdir()
    assert find_study(Path("~/My Papers"), tmp_path / "studies").name == "My-Papers"


@pytest.mark.parametrize(
    ("papers", "study", "named"),
    [("", "", "make study PAPERS="), ("nowhere at all", "", "nowhere at all"), ("", "a b", "a b")],
)
def test_what_cannot_be_is_said(tmp_path, monkeypatch, capsys, papers, study, named):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FURTHER_PAPERS", papers)
    monkeypatch.setenv("FURTHER_STUDY", study)
    assert main() == 2
    said = capsys.readouterr()
    assert said.out == "" and named in said.err


def test_a_path_with_a_space_is_refused_in_one_sentence(tmp_path):
    check_path(tmp_path, "project")
    with pytest.raises(ValueError, match=r"^The project .*/My Clone'.*\.$"):
        check_path(tmp_path / "My Clone", "project")


def test_cases_are_named_in_the_folder_of_their_study(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my cases").mkdir()
    assert place_images("", "") == Path("studies/radiology") and not Path("studies/radiology/cases.yaml").exists()
    place = place_images("my cases", "")
    assert place == Path("studies/my-cases")
    written = read_mapping(place / "cases.yaml")
    assert written["cases"] == {"folder": str(tmp_path / "my cases"), "questions": None}
    assert written["study"] == {"title": "Cases of my cases"}  # not that of the phantoms
    assert place_images("", "studies/my-cases") == place  # gone on with, by its name
    edited = (place / "cases.yaml").read_text().replace("Cases of my cases", "Knees")
    (place / "cases.yaml").write_text(edited)
    assert place_images("my cases", "") == place and (place / "cases.yaml").read_text() == edited
    (tmp_path / "others").mkdir()
    with pytest.raises(ValueError, match=naming("studies/my-cases", tmp_path / "my cases", tmp_path / "others")):
        place_images("others", "studies/my-cases")
    with pytest.raises(ValueError, match=naming("CASES", "nowhere")):
        place_images("nowhere", "")


def test_files_of_the_future_are_refused_with_one_of_them_and_what_to_type(tmp_path):
    """A job that has read one fails when it has ended, as what it made is older than what it read."""
    files = [tmp_path / f"{number}.pdf" for number in range(4)]
    for file in files:
        file.touch()
    os.utime(files[0], (time.time() + 30, time.time() + 30))  # the clock of a file server
    check_dates(files)
    for file in files[2:]:
        os.utime(file, (1_924_948_800, 1_924_948_800))  # noon of 31 December 2030 in Greenwich, whatever the zone
    with pytest.raises(ValueError, match=naming(2, 4, files[2], "2030-12-31")) as caught:
        check_dates(files)
    command = str(caught.value).split(": ")[-1]
    assert os.system(command) == 0
    check_dates(files)


def test_a_paper_named_in_place_of_its_folder_is_told_as_a_file(tmp_path):
    """`further check` said that there was no folder of that name."""
    (tmp_path / "heart.pdf").touch()
    with pytest.raises(ValueError, match=naming("corpus.papers", tmp_path / "heart.pdf", "file", tmp_path)):
        list_study_papers(tmp_path / "heart.pdf", False)
