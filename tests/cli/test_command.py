"""The command line: what each word prints, refuses and writes; and that --help is quick."""

import os
import re
import resource
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest
import yaml

from facts import tells
from further.cli import DESCRIPTION, main
from further.plan.table import PlannedRun, plan_text

ROOT = Path(__file__).parents[2]


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main([str(word) for word in words])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_help_is_quick_and_imports_nothing_heavy() -> None:
    program = (
        "import sys, further.cli as command\n"
        "try: command.main(['--help'])\n"
        "except SystemExit as end: assert not end.code\n"
        "print(sorted({'yaml', 'torch', 'pandas', 'pyarrow', 'snakemake', 'jinja2'} & set(sys.modules)))"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    started = used()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip().endswith("[]")
    for word in ("init", "check", "inspect", "plan", "status", "open", "try", "export"):
        assert f"\n    {word} " in done.stdout
    assert used() - started < 0.5  # CPU seconds, as another process may hold this one up


def test_no_word_at_all_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([])
    assert "\n  further init " in capsys.readouterr().out


@pytest.mark.parametrize("word", ["status", "plan", "open"])
def test_a_study_that_is_not_there_is_said_so(word: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, err = run(capsys, word, "--study", tmp_path / "nowhere")  # other studies here may be named behind it
    assert code == 1 and str(tmp_path / "nowhere") in err and err.count("\n") == 1


def used() -> float:
    """CPU seconds of the processes started from here that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def test_the_package_never_imports_snakemake() -> None:
    lines = [line for file in (ROOT / "src/further").rglob("*.py") for line in file.read_text().splitlines()]
    assert [line for line in lines if line.strip().startswith(("import snakemake", "from snakemake"))] == []


def test_the_projects_own_configuration_is_right(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "check")
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    assert code == 0 and "Nothing is wrong" in out
    assert tells(out, config["study"]["title"], 25)


def test_what_is_wrong_is_an_error(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("training: {rank: 0}")
    code, out, error = run(capsys, "check", tmp_path / "wrong.yaml")
    assert (code, out) == (1, "") and tells(error, "training.rank", 0, 1)


def test_an_absent_configuration_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, error = run(capsys, "check", tmp_path / "none.yaml")
    assert code == 1 and "none.yaml" in error


def test_the_example_of_the_help_is_right_in_a_fresh_checkout(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Papers are looked for where one types, and no study has been made yet."""
    monkeypatch.chdir(ROOT)
    (words,) = re.findall("^  further (check .*?)  ", DESCRIPTION, re.M)
    assert words == "check config/study.yaml"
    code, out, _ = run(capsys, *words.split())
    assert code == 0 and "Nothing is wrong" in out


def test_mappings_merge_and_lists_replace(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The default study's sweeps with two shares and two seeds for the data, and the others off: four runs."""
    sweeps = {name: None for name in yaml.safe_load((ROOT / "config/config.yaml").read_text())["sweeps"]}
    own = {"sweeps": sweeps | {"data": {"fraction": [0.5, 1.0], "seed": [0, 1]}}}
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(own))
    code, out, _ = run(capsys, "check", tmp_path / "study.yaml")
    assert code == 0 and " 4 training runs" in out


# A run of an 8B model as the plan has it, and one of an architecture that the plan does not know.
KNOWN = PlannedRun(
    run="target-modules-q_proj-v_proj", quantization="nf4", target_modules="all-linear", rank=16, context=2048,
    gradient_accumulation_steps=8, micro_batch=1, num_papers=900, num_unique_tokens=9_000_000, num_replay_tokens=0,
    num_trained_tokens=18_000_000, num_steps=1_099, num_looks=2, trainable_parameters=41_943_040,
    total_parameters=8_072_204_288, trainable_share=0.0052, peak_memory_mb=8_600.0, tokens_per_second=2_345.6,
    seconds=7_800.0, seconds_low=6_000.0, seconds_high=9_000.0, gpu_hours=2.1667, gpu_hours_low=1.6667,
    gpu_hours_high=2.5, energy_kwh=1.3, energy_kwh_low=1.0, energy_kwh_high=1.5, money=4.3333, money_low=3.3333,
    money_high=5.0, currency="EUR", price_date="2026-11", speed_source="measured",
)  # fmt: skip
UNKNOWN = replace(KNOWN, run="default", **{field.name: None for field in fields(PlannedRun) if field.default is None})


def make_plan(study: Path) -> Path:
    (study / "results").mkdir(parents=True)
    (study / "results/plan.tsv").write_text(plan_text([UNKNOWN, KNOWN]))
    return study


def make_report(study: Path, title: str) -> Path:
    page = study / "results/report/index.html"
    page.parent.mkdir(parents=True)
    page.write_text(f"<head><title>{title}</title></head>")
    return page


def test_the_plan_is_shown_in_few_columns(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, error = run(capsys, "plan", "--study", tmp_path)
    assert code == 1 and "results/plan.tsv" in error and "snakemake" not in error  # no study at all
    _, out, _ = run(capsys, "plan", "--study", make_plan(tmp_path / "study"))
    name, _, head, unknown, known, *_, last = out.splitlines()
    assert name == f"The study in {tmp_path / 'study'}" and last.endswith("study/results/plan.tsv")
    assert head.split() == ["run", "trained", "weights", "tokens", "steps", "memory", "minutes", "tokens/s", "cost"]
    assert unknown.split() == ["default", "-", "18,000,000", "1,099", "-", "-", "-", "-"]
    assert re.split("  +", known) == [
        "target-modules-q_proj-v_proj", "41,943,040 (0.52%)", "18,000,000", "1,099", "8.4 GiB", "130 (100 to 150)",
        "2,346", "4.33 EUR",
    ]  # fmt: skip
    assert max(map(len, out.replace(str(tmp_path), "").splitlines())) < 130


def test_who_reads_the_first_line_only_sees_no_error(tmp_path: Path) -> None:
    """The reading end of the pipe is closed before the command prints."""
    study = make_plan(tmp_path)
    program = "import sys; sys.stdin.read(); from further.cli import main; sys.exit(main(sys.argv[1:]))"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "plan", "--study", str(study)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert process.stdin and process.stdout and process.stderr
    process.stdout.close()
    process.stdin.close()
    assert (process.stderr.read(), process.wait()) == (b"", 0)
    process.stderr.close()


def test_open_says_whose_report_lies_where(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    code, _, error = run(capsys, "open", "--study", tmp_path)
    assert code == 1 and "results/report/index.html" in error and "another study" not in error
    page = make_report(tmp_path, "Hearts &amp; lungs")
    assert run(capsys, "open", "--study", tmp_path)[1].splitlines() == [f"Hearts & lungs ({tmp_path})", str(page)]


@pytest.mark.parametrize("words", [["open"], ["plan"], ["status"], ["try", "The heart"], ["export", "models/heart"]])
def test_studies_that_may_have_been_meant_are_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """As after `make study` without `make demo`, typed in the project's folder."""
    monkeypatch.chdir(tmp_path)
    make_report(tmp_path / "studies/heart", "Heart")
    code, _, error = run(capsys, *words)
    assert code == 1 and "--study studies/heart" in error


def test_the_study_that_was_taken_is_told_from_the_others(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after `make demo` and `make study`, typed in the project's folder."""
    monkeypatch.chdir(tmp_path)
    make_plan(tmp_path), make_report(tmp_path, "Demo"), make_report(tmp_path / "studies/heart", "Heart")
    _, out, _ = run(capsys, "plan")
    first, second = out.splitlines()[:2]
    assert first == f"Demo ({tmp_path})" and second.endswith(": --study studies/heart")


def make_study(folder: Path) -> Path:
    """A study of the bundled articles, as `further init` leaves one."""
    folder.mkdir(parents=True)
    (folder / "study.yaml").write_text("study: {title: Hearts}\nsweeps: {data: {fraction: [0.5, 1.0]}}\n")
    return folder


@pytest.mark.parametrize("words", [["plan"], ["open"], ["status"]])
def test_a_study_that_was_not_started_is_told_with_its_own_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: list[str]
) -> None:
    """The demonstration's command was named before, whichever study was meant. The folder alone is --study."""
    study = make_study(tmp_path / "it's one")
    quoted = f"'{tmp_path}/it'\"'\"'s one'"
    for place in ([study], ["--study", study]):
        code, out, error = run(capsys, *words, *place)
        assert code == (words != ["status"]), error  # whose runs are listed, as the next test has it
        assert quoted in out + error and ("plan" in out + error) == (words == ["plan"]), error


def test_the_status_of_a_folder_or_of_its_file_is_that_of_its_study(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typed where another study has ended: its runs were told before."""
    monkeypatch.chdir(tmp_path)
    ended = tmp_path / "results/runs/default"
    ended.mkdir(parents=True)
    (ended / "metrics.json").write_text("{}")
    study = make_study(Path("studies/heart"))
    for place in ([study], [study / "study.yaml"], ["--study", study]):
        code, out, error = run(capsys, "status", *place)
        assert code == 0 and out.startswith(f"Hearts ({tmp_path}/studies/heart)"), error
        assert "2 runs: 2 waiting" in out


@pytest.mark.parametrize(
    ("words", "facts"),
    [
        (["check", "nofile"], ["nofile", "further init"]),
        (["check", "a.yaml", "b.yaml"], ["a.yaml, b.yaml"]),
        (["check", "bare"], ["bare", "study.yaml", "further init bare"]),
        (["try", "The heart", "--tokens", "0"], ["--tokens 0", "1"]),
        (["try", "The heart", "--temperature", "-1"], ["--temperature -1", "0"]),
        (["try", "The heart", "--study", "images"], ["further answer", "--study images"]),
        (["try", "The heart", "--study", "one"], ["one", "further open --study one"]),
        (["try", "The heart", "--temperature", "nan"], ["--temperature nan", "0"]),
        (["answer", "empty.csv", "--study", "images"], ["empty.csv", "image", "question"]),
        (["answer", "image.csv", "--study", "images"], ["image.csv", "image", "question"]),
        (["answer", "bytes.csv", "--study", "images"], ["bytes.csv", "UTF-8"]),
        (["answer", "empty.csv", "side?", "--study", "images"], ["empty.csv", "questions"]),
        (["export", "out", "--study", "one"], ["one", "further open --study one"]),
        (["export", "file"], ["file", "folder"]),
        (["answer", "ct.png", "side?", "--study", "bare"], ["further try", "bare"]),
        (["inspect", "bare"], ["bare", "PDF"]),
        (["init", "file"], ["file", "folder"]),
        (["init", "a b"], ["a b"]),
        (["init", "file/below"], ["file/below", "Not a directory"]),
        (["init", "new", "--gpu", "b200"], ["b200", "a100-80"]),
    ],
)
def test_a_command_misused_says_what_is_wrong_and_what_to_type(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    facts: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("bare", "images/results/cases", "one/results/onemodel", "one/results/cases"):
        Path(folder).mkdir(parents=True)
    adapter = Path("results/runs/default/adapter")
    adapter.mkdir(parents=True)
    for name in ("adapter_model.safetensors", "README.md"):
        (adapter / name).touch()
    for file, text in (
        ("file", b""),
        ("empty.csv", b""),
        ("image.csv", b"image\n1\n"),
        ("bytes.csv", b"image,question\n1.png,caf\xe9?\n"),
    ):
        Path(file).write_bytes(text)
    code, _, error = run(capsys, *words)
    assert code == 1 and len(error.splitlines()) == 1
    assert [fact for fact in facts if not tells(error, fact)] == [], error


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert re.fullmatch(r"further (\d+\.\d+\.\d+|not installed)\n", capsys.readouterr().out)
