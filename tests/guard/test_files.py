"""Where the guard's files are looked for: in the study's folder, then in Further's, which may be one folder."""

import pytest

from facts import naming
from further.guard.files import find_file


@pytest.fixture
def project(tmp_path):
    (tmp_path / "project/config").mkdir(parents=True)
    (tmp_path / "project/config/topics.txt").write_text("death\n")
    return tmp_path / "project"


def test_a_file_in_the_studys_folder_is_its_own(project, tmp_path, monkeypatch):
    study = tmp_path / "study"
    (study / "config").mkdir(parents=True)
    monkeypatch.chdir(study)
    bundled = project / "config/topics.txt"
    assert find_file("topics_file", "config/topics.txt", project) == (bundled, False)
    (study / "config/topics.txt").write_text("sepsis\n")
    found, is_own = find_file("topics_file", "config/topics.txt", project)
    assert (found.read_text(), is_own) == ("sepsis\n", True)


def test_a_study_in_the_projects_folder_reads_what_it_will_read_once_it_is_moved(project, tmp_path, monkeypatch):
    """Its file was an input there, and part of the code's digest elsewhere: a moved demonstration redid its guard."""
    (tmp_path / "link").symlink_to(project)
    for folder in (project, tmp_path / "link", tmp_path):
        monkeypatch.chdir(folder)
        assert find_file("topics_file", "config/topics.txt", project)[1] is False


def test_no_file_in_either_folder_is_refused(project):
    with pytest.raises(ValueError, match=naming("guard.topics_file", "none.txt")):
        find_file("topics_file", "none.txt", project)
    assert find_file("topics_file", None, project) == (None, False)
