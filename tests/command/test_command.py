"""The command line: what each word prints, refuses and writes; and that --help is quick."""

import csv
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from further.command import main

ROOT = Path(__file__).parents[2]


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main([str(word) for word in words])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_help_is_quick_and_imports_nothing_heavy() -> None:
    program = (
        "import sys, further.command as command\n"
        "try: command.main(['--help'])\n"
        "except SystemExit as end: assert not end.code\n"
        "print(sorted({'yaml', 'torch', 'pandas', 'pyarrow', 'snakemake', 'jinja2'} & set(sys.modules)))"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    started = used()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip().endswith("[]")
    for word in ("check", "inspect", "plan", "open", "export"):
        assert f"\n    {word} " in done.stdout
    assert used() - started < 0.5  # CPU seconds, as another process may hold this one up


def used() -> float:
    """CPU seconds of the processes started from here that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def test_the_package_never_imports_snakemake() -> None:
    lines = [line for file in (ROOT / "src").rglob("*.py") for line in file.read_text().splitlines()]
    assert [line for line in lines if line.strip().startswith(("import snakemake", "from snakemake"))] == []


def test_the_projects_own_configuration_is_right(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "check")
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    assert code == 0 and "Nothing is wrong" in out
    assert f"{config['study']['title']}: 25 papers (the bundled articles)" in out


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("training: {rnak: 8}", "training: unknown key rnak"),
        ("training: {rank: 0}", "training.rank: 0 is not allowed: at least 1"),
        ("corpus: {papers: nowhere}", "corpus.papers: there is no folder nowhere"),
        ("corpus: {passwords: {nobody: secret}}", "corpus.passwords: there is no paper nobody"),
        ("- a list", "wrong.yaml holds ['a list']; a mapping of settings is expected"),
        ("a: [", "wrong.yaml is not YAML: while parsing"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, setting: str, message: str
) -> None:
    (tmp_path / "wrong.yaml").write_text(setting)
    code, out, error = run(capsys, "check", "--configfile", tmp_path / "wrong.yaml")
    assert (code, out) == (1, "") and message in error and "secret" not in error


def test_an_absent_configuration_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, error = run(capsys, "check", "--configfile", tmp_path / "none.yaml")
    assert code == 1 and "none.yaml" in error


def test_mappings_merge_and_lists_replace(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The default study's sweeps with two shares and two seeds for the data, and the others off: four runs."""
    sweeps = {name: None for name in yaml.safe_load((ROOT / "config/config.yaml").read_text())["sweeps"]}
    own = {"sweeps": sweeps | {"data": {"fraction": [0.5, 1.0], "seed": [0, 1]}}}
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(own))
    code, out, _ = run(capsys, "check", "--configfile", tmp_path / "study.yaml")
    assert code == 0 and " 4 training runs" in out


def test_the_plan_is_shown_in_columns(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, error = run(capsys, "plan", "--study", tmp_path)
    assert code == 1 and "snakemake --cores 1 plan" in error
    (tmp_path / "results").mkdir()
    with (tmp_path / "results/plan.tsv").open("w", newline="") as file:
        csv.writer(file, delimiter="\t").writerows([["run", "hours"], ["default", "1"], ["seed-1", "12.5"]])
    _, out, _ = run(capsys, "plan", "--study", tmp_path)
    assert out.splitlines() == ["run      hours", "default  1", "seed-1   12.5"]


def test_open_says_where_the_report_lies(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    code, _, error = run(capsys, "open", "--study", tmp_path)
    assert code == 1 and "results/report/index.html" in error
    page = tmp_path / "results/report/index.html"
    page.parent.mkdir(parents=True)
    page.write_text("")
    assert run(capsys, "open", "--study", tmp_path)[1].strip() == str(page.resolve())


def test_a_paper_is_inspected_alone(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from further.demo.render import render_article

    article = sorted((ROOT / "resources/demo/articles").glob("*.md"))[0]
    render_article(article, tmp_path / "paper.pdf")
    code, out, _ = run(capsys, "inspect", tmp_path / "paper.pdf", "--output", tmp_path / "pages")
    assert code == 0 and out.startswith("paper.pdf: ")
    counts = {line[:22].strip(): int(line[22:32].replace(",", "")) for line in out.splitlines() if line[:2] == "  "}
    assert counts["kept"] == max(counts.values()) and counts["reference"] > 0
    assert "paper" in (tmp_path / "pages/index.html").read_text()
    assert (tmp_path / "pages/pages/paper.html").is_file()


def test_a_paper_that_cannot_be_read_is_named_with_its_reason(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\n1 0 obj << /Type")
    code, out, _ = run(capsys, "inspect", tmp_path / "broken.pdf", "--output", tmp_path / "pages")
    assert code == 0 and out.startswith("broken.pdf would be rejected: damaged")
    code, _, error = run(capsys, "inspect", tmp_path / "absent.pdf")
    assert code == 1 and "there is no file" in error
