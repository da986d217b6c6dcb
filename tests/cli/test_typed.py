"""What people are told to type: Snakemake's own parser reads it as it is meant.

Snakemake takes every word behind `--configfile` for a file, up to the next option. A target there was in the guide, in
what `further init` and `further plan` say, and in a dry run on SLURM, and ended in a traceback.
"""

import os
import re
import shlex
from pathlib import Path

import pytest
from snakemake.cli import get_argument_parser

from further.cli import main
from further.cli.study_folder import say_start

ROOT = Path(__file__).parents[2]
GUIDES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
STUDY = re.compile(r'^export HEART="(.*)"$', re.M)
TARGETS = ("plan", "results/report/index.html")


def parse(command):
    """Targets and study files of a command line, which may go into the project's folder first."""
    command = command.removeprefix(f"cd {ROOT} && ")
    words = shlex.split(command.split(" | ")[0], comments=True)
    read, _ = get_argument_parser().parse_known_args(words[1:])
    return list(map(str, read.targets)), list(map(str, read.configfile))


def find_commands(text):
    """Every command line of a guide that starts with snakemake: a line of a block, or one in backticks."""
    study = STUDY.search(text)
    lines = re.findall(r"^ {0,4}(snakemake -.*|snakemake plan.*)$", text, re.M) + re.findall(
        r"`(snakemake -[^`]+)`", text
    )
    return [line.replace("$HEART", study[1]) if study else line for line in lines]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_a_command_of_the_guides_names_study_files_and_targets_each_in_its_place(guide):
    for command in find_commands(guide.read_text(encoding="utf-8")):
        targets, files = parse(command)
        assert all(file.endswith(".yaml") or file in "AB" for file in files), command
        assert all(target in TARGETS for target in targets), command


@pytest.mark.parametrize(
    "guide", [*GUIDES, *sorted((ROOT / "docs/decisions").glob("*.md"))], ids=lambda guide: guide.name
)
def test_a_file_of_the_project_that_a_guide_names_is_there(guide):
    """As `workflow/rules/plan.smk`, or `report/kind.py` below the package."""
    named = re.findall(r"`((?:[\w.]+/)+\w+\.(?:py|smk|md))`", guide.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists() and not (ROOT / "src/further" / name).exists()] == []


def test_no_guide_exports_a_variable_that_make_reads():
    read = set(re.findall(r"\$\(value (\w+)\)|^(\w+) \?=", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    exported = {name for guide in GUIDES for name in re.findall(r"export (\w+)=", guide.read_text(encoding="utf-8"))}
    assert exported & {name for pair in read for name in pair if name} == set() and len(read) > 4


def test_the_guides_hold_commands():
    found = [command for guide in GUIDES for command in find_commands(guide.read_text(encoding="utf-8"))]
    assert len(found) > 10 and any("plan" in parse(command)[0] for command in found)


def test_the_plan_is_a_target_in_what_the_commands_say(tmp_path, capsys):
    folder = tmp_path / "heart"
    main(["init", str(folder), "--papers", str(tmp_path), "--model", "demo", "--gpu", "none"])
    file = str(folder / "study.yaml")
    said = [line.strip() for line in capsys.readouterr().out.splitlines() if " plan " in line]
    assert said
    for command in (*said, say_start(folder, plan=True)):
        assert parse(command) == (["plan"], [file])


def test_what_is_said_elsewhere_than_in_the_projects_folder_works_there(tmp_path, capsys, monkeypatch):
    """`further init heart` in one's own folder said `make study STUDY=heart`, where there is no Makefile."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    assert say_start(Path("empty")) == say_start(Path()) == ""
    main(["init", "heart", "--papers", str(tmp_path)])
    said = [line.strip() for line in capsys.readouterr().out.partition("Next:")[2].strip().splitlines()]
    heart, go = tmp_path / "heart", f"cd {ROOT} &&"
    assert said == [
        f"further check {heart}",
        f"{go} snakemake --cores 1 plan --directory {heart} --configfile {heart}/study.yaml",
        f"{go} make study STUDY={heart}",
        f"further status {heart}",
    ]


def test_what_is_said_in_the_projects_folder_is_as_short_as_can_be(monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    study = Path(os.path.relpath(tmp_path))
    (study / "study.yaml").touch()
    assert (say_start(study), say_start(Path())) == (f"make study STUDY={study}", "make demo")


@pytest.mark.parametrize(
    "words",
    [
        ["init", ""], ["init", " "], ["init", "heart", "--papers", ""], ["init", "heart", "--title", ""],
        ["check", ""], ["inspect", ""], ["inspect", "paper.pdf", "--output", ""], ["plan", ""], ["open", "--study", ""],
        ["status", ""], ["try", "the heart", "--run", ""], ["answer", "", "what is shown?"], ["export", ""],
    ],
)  # fmt: skip
def test_an_empty_word_is_no_folder(words, tmp_path, monkeypatch, capsys):
    """`further init "$STUDY"` of a variable that is not set wrote a study file into the current folder."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2 and "is empty" in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_a_tilde_in_quotes_is_the_home_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert main(["init", "~/heart", "--gpu", "none"]) == 0
    assert (tmp_path / "home/heart/study.yaml").is_file() and not (tmp_path / "~").exists()
    assert main(["plan", "--study", "~/heart"]) == 1 and str(tmp_path / "home/heart") in capsys.readouterr().err
