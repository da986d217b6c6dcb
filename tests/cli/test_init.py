"""`further init`: what the file holds, that it is right, and that nothing of the demonstration is in it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from facts import tells
from further.cli import main
from further.cli.gpus import GPUS
from further.cli.init import choose_fractions
from further.study import read_files, read_study

ROOT = Path(__file__).parents[2]


@pytest.fixture
def papers(tmp_path):
    (tmp_path / "our papers").mkdir()
    for number in range(25):
        (tmp_path / "our papers" / f"{number}.pdf").touch()
    return tmp_path / "our papers"


def init(capsys, *words):
    code = main(["init", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out + said.err


def read(folder):
    return read_study(read_files([folder / "study.yaml"]))


def test_a_study_on_the_demonstrations_model(tmp_path, papers, capsys):
    folder = tmp_path / "heart-study"
    code, said = init(capsys, folder, "--papers", papers)
    assert code == 0 and "To mend first" not in said and f"further check {folder}" in said
    study, text = read(folder), (folder / "study.yaml").read_text()
    first = text.splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")  # editors look for these words
    assert (folder / first.partition("=")[2]).resolve() == ROOT / "config/schema.json"
    assert study.settings.study.title == "Heart study" and study.settings.corpus.papers == str(papers)
    assert [run for run in study.data_runs if "seed" not in run] == [
        "fraction-0.0625", "fraction-0.125", "fraction-0.25", "fraction-0.5", "default",
    ]  # fmt: skip
    # a fifth of 25 would be five papers, one too few for an interval
    assert study.settings.corpus.test_fraction == 0.24 and study.find_notes(25) == []
    demo = read_study(read_files([ROOT / "config/config.yaml"])).settings
    assert study.settings.model == demo.model
    assert (study.settings.evaluation.prompts, study.settings.scaling.targets) == (None, [])
    assert study.settings.cost.price_per_gpu_hour == 0 and demo.cost.price_per_gpu_hour > 0
    keys = [line for line in text.splitlines() if line.startswith("  ") and not line.startswith(("  #", "  data"))]
    assert all(" # " in line for line in keys if "quantization: {" not in line)
    assert main(["check", str(folder)]) == 0


@pytest.mark.parametrize("gpu", GPUS)
def test_a_study_on_a_gpu_and_a_model_of_ones_own(tmp_path, papers, model_folder, capsys, gpu):
    folder = tmp_path / "study"
    _, said = init(capsys, folder, "--papers", papers, "--model", model_folder, "--gpu", gpu, "--title", "A: b #c")
    study = read(folder)
    assert (study.settings.model.source, study.settings.model.path) == ("folder", str(model_folder))
    assert study.settings.hardware.gpu_memory_gb == GPUS[gpu].memory_gb and study.settings.study.title == "A: b #c"
    assert study.settings.training.compute_dtype == "bfloat16" and "snakemake --profile slurm" in said
    assert study.settings.training.gradient_checkpointing == (gpu in ("l4", "rtx4090"))
    assert "training.context: 2048" in said.split("To mend first:")[1]  # the model of this test has 128 positions


def test_paths_inside_the_study_are_relative_to_it(tmp_path, papers, capsys, monkeypatch):
    (tmp_path / "study").mkdir()
    papers.rename(tmp_path / "study/papers")
    monkeypatch.chdir(tmp_path)
    init(capsys, "study")
    assert read(tmp_path / "study").settings.corpus.papers == "papers"
    assert main(["check", "study"]) == 0


def test_a_hub_that_does_not_answer_is_said_and_the_commit_left_to_be_written(tmp_path, papers):
    environment = os.environ | {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(tmp_path)}
    command = [sys.executable, "-c", "import sys; from further.cli import main; sys.exit(main(sys.argv[1:]))", "init"]
    words = ["study", "--papers", papers, "--model", "owner/Model-8B", "--gpu", "h100"]
    done = subprocess.run([*command, *words], cwd=tmp_path, env=environment, text=True, capture_output=True)
    assert done.returncode == 0 and tells(done.stdout, "commit", "owner/Model-8B"), done.stderr
    model = yaml.safe_load((tmp_path / "study/study.yaml").read_text())["model"]
    assert model == {"name": "model-8b", "source": "hub", "path": "owner/Model-8B", "revision": None}
    assert "model.revision" in done.stdout.split("To mend first:")[1]


@pytest.mark.parametrize("model", ["demo", "/models/heart"])
def test_a_commit_of_a_model_that_is_not_on_the_hub_is_refused(tmp_path, papers, capsys, model):
    """It was left out of the file without a word."""
    code, said = init(capsys, tmp_path / "study", "--papers", papers, "--model", model, "--revision", "a" * 40)
    assert code == 1 and tells(said, "--revision", "a" * 40, model) and not (tmp_path / "study").exists()


def test_questions_are_asked_for_what_no_flag_says(tmp_path, papers, capsys, monkeypatch):
    asked = []

    def answer(question):
        asked.append(question)
        return {0: "Our study", 1: "l4"}[len(asked) - 1]

    monkeypatch.setattr("builtins.input", answer)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    init(capsys, tmp_path / "study", "--papers", papers, "--model", "demo")
    settings = read(tmp_path / "study").settings
    assert (settings.study.title, settings.hardware.gpu_memory_gb, len(asked)) == ("Our study", 24, 2)


def test_the_projects_own_folder_is_no_study_of_ones_own(papers, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert main(["init", ".", "--papers", str(papers)]) == 1
    assert "studies/heart" in capsys.readouterr().err and not (ROOT / "study.yaml").exists()


def test_what_is_there_is_not_overwritten_and_an_unknown_gpu_is_refused(tmp_path, papers, capsys):
    assert tells(init(capsys, tmp_path / "study", "--papers", papers, "--gpu", "v100")[1], "v100", "a100-80")
    assert init(capsys, tmp_path / "study", "--papers", papers)[0] == 0
    code, said = init(capsys, tmp_path / "study", "--papers", papers)
    assert code == 1 and tells(said, tmp_path / "study/study.yaml")


@pytest.mark.parametrize(
    ("num_papers", "fractions"),
    [
        (0, [0.0625, 0.125, 0.25, 0.5, 1.0]),  # not known
        (4, [0.5, 1.0]),  # 2 to train on
        (8, [0.25, 0.5, 1.0]),  # 5: a sixteenth, an eighth and a quarter are one
        (12, [0.125, 0.25, 0.5, 1.0]),  # 9
        (100, [0.0625, 0.125, 0.25, 0.5, 1.0]),
    ],
)
def test_fractions_of_a_new_study_select_different_papers(num_papers, fractions):
    assert choose_fractions(num_papers) == fractions


def test_a_study_file_is_kept_if_it_is_of_the_same_papers(tmp_path, papers, capsys):
    folder = tmp_path / "study"
    assert "Written" in init(capsys, folder, "--keep", "--papers", papers)[1]
    before = (folder / "study.yaml").read_text()
    assert init(capsys, folder, "--keep", "--papers", papers) == (0, f"Kept: {folder}\n")
    assert init(capsys, folder, "--keep")[0] == 0
    code, said = init(capsys, folder, "--keep", "--papers", tmp_path)
    assert code == 1 and f"a study of {papers}" in said and (folder / "study.yaml").read_text() == before


def test_check_says_what_a_file_laid_over_the_study_replaces(tmp_path, papers, capsys):
    folder, over = tmp_path / "heart", tmp_path / "over.yaml"
    init(capsys, folder, "--papers", papers)
    over.write_text("training: {epochs: 2, rank: 8, seed: 3}\nstudy: {title: Heart}\n")
    assert main(["check", str(folder), str(over)]) == 0
    said = capsys.readouterr().out
    assert tells(said, f"{over} replaces", folder / "study.yaml", "training.epochs")  # not the same rank and title
    assert not any(key in said for key in ("training.rank", "training.seed", "study.title"))


def test_check_counts_documents_beside_the_papers(tmp_path, papers, capsys):
    """Manuscripts in Word were passed over without a word; what Zotero caches and snapshots of pages are no papers."""
    for name in ("a.docx", "below/b.DOCX", "c.epub", ".d.docx", "e.html", "f.txt"):
        (papers / name).parent.mkdir(exist_ok=True)
        (papers / name).touch()
    init(capsys, tmp_path / "study", "--papers", papers)
    assert main(["check", str(tmp_path / "study")]) == 0
    [note] = [line for line in capsys.readouterr().out.splitlines() if "docx" in line]
    assert tells(note, "corpus.papers", 2, ".docx", 1, ".epub") and ".txt" not in note and ".html" not in note
