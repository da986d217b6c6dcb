"""Where the study of a folder of papers lies."""

from pathlib import Path

import pytest
import yaml

from further.places import check_path, find_study, name_study, place_study


@pytest.mark.parametrize(
    ("folder", "name"),
    [("papers", "papers"), ("My Papers", "My-Papers"), ("Anna's papers", "Anna-s-papers"), ("心臓", "papers")],
)
def test_a_study_has_its_folders_name_without_what_a_shell_would_trip_over(tmp_path, folder, name):
    assert name_study(tmp_path / folder) == name


def test_two_folders_of_one_name_have_two_studies_and_keep_them(tmp_path):
    one, other, studies = tmp_path / "a/papers", tmp_path / "b/papers", tmp_path / "studies"
    one.mkdir(parents=True)
    other.mkdir(parents=True)
    places = [place_study(str(folder), "", studies) for folder in (one, other, one, other)]
    assert places == [studies / "papers", studies / "papers-2"] * 2
    assert yaml.safe_load((studies / "papers-2/papers.yaml").read_text()) == {"corpus": {"papers": str(other)}}


def test_a_study_of_that_name_which_says_of_no_papers_is_taken(tmp_path):
    (tmp_path / "studies/papers/results").mkdir(parents=True)
    (tmp_path / "papers").mkdir()
    assert find_study(tmp_path / "papers", tmp_path / "studies") == tmp_path / "studies/papers"


def test_a_tilde_is_the_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "My Papers").mkdir()
    assert place_study("~/My Papers", "", tmp_path / "studies").name == "My-Papers"


def test_a_study_is_named_alone_once_it_knows_its_papers(tmp_path):
    (tmp_path / "papers").mkdir()
    place = place_study(str(tmp_path / "papers"), str(tmp_path / "mine"), tmp_path / "studies")
    assert place_study("", str(place), tmp_path / "studies") == place == tmp_path / "mine"


@pytest.mark.parametrize(
    ("papers", "study", "message"),
    [
        ("", "", "Say which folder: make study PAPERS="),
        ("nowhere at all", "", "there is no folder nowhere at all"),
        ("other", "taken", r"taken is the study of .*/papers, not of .*/other"),
        ("other", "a b", "cannot run scripts below a path with a space"),
    ],
)
def test_what_cannot_be_is_said(tmp_path, monkeypatch, papers, study, message):
    monkeypatch.chdir(tmp_path)
    for name in ("papers", "other"):
        (tmp_path / name).mkdir()
    place_study("papers", "taken", Path("studies"))
    with pytest.raises(ValueError, match=message):
        place_study(papers, study, Path("studies"))


def test_a_path_with_a_space_is_refused_in_one_sentence(tmp_path):
    check_path(tmp_path, "project")
    with pytest.raises(ValueError, match=r"^The project lies in '.*/My Clone', .* whose path has none\.$"):
        check_path(tmp_path / "My Clone", "project")
