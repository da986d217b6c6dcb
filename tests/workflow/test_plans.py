"""Plans and refusals: `snakemake -n` of each shipped configuration, and what a wrong setting says."""

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from facts import tells
from further.cli import main as further
from workflow.conftest import Project

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.workflow


def test_the_default_study_is_planned_in_five_seconds(project):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = project.snakemake("-n")
    assert "train_qlora" in done.stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Processor seconds: what planning takes, whatever else the machine does.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 5


@pytest.mark.parametrize("words", [[], ["--profile", "slurm"]])
def test_a_dry_run_is_read_on_one_screen(project, words):
    words = [project.code / word if word == "slurm" else word for word in words]
    lines = project.snakemake("-n", *words).stdout.splitlines()
    assert len(lines) < 60
    assert any(line.split()[:2] == ["train_qlora", "5"] for line in lines)
    assert any("GPU-hours" in line for line in lines) == bool(words)


def test_the_drawing_of_the_rules_is_that_of_the_demonstration(project):
    """Those of a base that no rule trained any more had been left there."""
    drawn = (ROOT / "docs/rules.md").read_text()
    assert _edges(drawn) == _edges(project.snakemake("--rulegraph", "mermaid-js").stdout) != set()


def _edges(graph):
    names = dict(re.findall(r"(id\d+)\[(\w+)\]", graph))
    return {(names[above], names[below]) for above, below in re.findall(r"(id\d+) --> (id\d+)", graph)}


@pytest.mark.parametrize("profile", ["slurm", "profiles/slurm"])
def test_the_slurm_profile_plans(project, profile):
    done = project.snakemake("-n", "-p", "--profile", project.code / profile)
    assert "slurm_partition=gpua100" in done.stdout and "gres=gpu:1" in done.stdout
    for rule in ("train_qlora", "score_base"):  # GPU jobs that could be ready before the plan is made
        assert re.search(rf"^rule {rule}:\n(?: .*\n)* +resources: .*plan_first=1,", done.stdout, re.M), rule


def test_the_real_study_is_planned_without_network_gpu_or_slurm(project):
    papers = project.study / "papers"
    papers.mkdir(exist_ok=True)
    for number in range(25):
        (papers / f"paper-{number}.pdf").touch()
    done = project.snakemake("-n", "--configfile", project.code / "config/lunarc.yaml")
    assert "fetch_model" in done.stdout and "fetch_demo_model" not in done.stdout
    assert "render_papers" not in done.stdout


def test_reading_the_snakefile_imports_neither_torch_nor_transformers(project):
    program = (
        "import sys; from snakemake.cli import main\n"
        f"try: main(['-n', '--quiet', '--snakefile', {str(project.code / 'Snakefile')!r}])\n"
        "except SystemExit as end: assert not end.code\n"
        "print(sorted({'torch', 'transformers', 'matplotlib', 'pymupdf', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=project.study, capture_output=True, text=True)
    assert done.stdout.strip().endswith("[]"), done.stdout[-2000:] + done.stderr[-2000:]


@pytest.mark.parametrize(
    ("setting", "facts"),
    [
        ("training={rnak: 8}", ["training", "rnak", "rank"]),
        ("training={context: 96}", ["training.batch_tokens", 512, "96 × 2"]),
        ("training={patience: 3}", ["training.patience", 3, "sweeps.data"]),
        ("evaluation={folds: 26}", ["evaluation.folds", 26, 25]),
        ("corpus={papers: few}", ["corpus.papers", 3, "few", 4]),
        ("corpus={papers: loop}", ["loop.pdf", "symbolic links"]),  # as any file that cannot be looked at
    ],
)
def test_a_wrong_setting_is_one_clear_line_before_any_job(project, setting, facts, monkeypatch, capsys):
    """What is a fault is held by the tests of settings and of `further check`; here, that both tell it alike."""
    (project.study / "few").mkdir(exist_ok=True)
    for number in range(3):
        (project.study / "few" / f"{number}.pdf").touch()
    if not (project.study / "loop").exists():
        shutil.copytree(project.study / "few", project.study / "loop")
        (project.study / "loop/loop.pdf").symlink_to("loop.pdf")
    (project.study / "wrong.yaml").write_text(setting.replace("=", ": ", 1))
    done = project.snakemake("-n", "--configfile", project.code / "config/config.yaml", "wrong.yaml", check=False)
    assert done.returncode != 0
    lines = [line for line in done.stdout.splitlines() if tells(line, *facts)]
    assert len(lines) == 1, done.stdout
    assert "Traceback" not in done.stdout and "Job stats" not in done.stdout
    monkeypatch.chdir(project.study)
    # Snakemake knows its study files by their full paths.
    assert further(["check", str(project.code / "config/config.yaml"), str(project.study / "wrong.yaml")]) == 1
    assert lines[0] in capsys.readouterr().err.splitlines()


def test_layers_are_held_against_the_names_of_a_model_that_is_there(project, model_folder):
    model = f"model: {{name: mine, source: folder, path: {model_folder}}}\n"
    (project.study / "layers.yaml").write_text(model + "training: {target_modules: [q_proj, wk]}\n")
    done = project.snakemake("-n", "--configfile", project.code / "config/config.yaml", "layers.yaml", check=False)
    assert done.returncode != 0 and "Traceback" not in done.stdout
    assert tells(done.stdout, "training.target_modules", "wk", "down_proj")


def test_general_text_is_tokenized_for_replay_only_where_a_run_replays(project):
    (project.study / "replay.yaml").write_text("sweeps: {replay: {replay_fraction: [0.1]}}\n")
    assert "rule tokenize_replay:" not in project.snakemake("-n", "-p").stdout
    plan = project.snakemake("-n", "-p", "--configfile", project.code / "config/config.yaml", "replay.yaml").stdout
    assert plan.count("rule tokenize_replay:") == 1
    inputs = [line for line in plan.splitlines() if "results/tokens/papers.parquet" in line and "input:" in line]
    assert sum("results/tokens/replay.parquet" in line for line in inputs) == 2  # the plan and the one run


def test_a_run_that_cannot_fit_the_gpu_is_refused_when_the_snakefile_is_read(project):
    shape = {"hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32}
    model = project.study / "results/models/large"  # as it was fetched
    model.mkdir(parents=True, exist_ok=True)
    (model / "config.json").write_text(json.dumps(shape | {"model_type": "llama", "vocab_size": 128256}))
    settings = (
        f"model: {{name: large, source: hub, path: owner/large, revision: {'a' * 40}}}\n"
        "training: {quantization: none}\nsweeps: {quantization: null}\n"
    )
    (project.study / "small_gpu.yaml").write_text(settings + "hardware: {gpu_memory_gb: 24}\n")
    done = project.snakemake("-n", "--configfile", project.code / "config/config.yaml", "small_gpu.yaml", check=False)
    assert done.returncode != 0
    assert "Nothing was started.\nruns default, " in done.stdout
    assert tells(done.stdout, "hardware.gpu_memory_gb", 24, 21.6, "training.quantization: nf4")
    assert "Traceback" not in done.stdout and "Job stats" not in done.stdout


def test_two_studies_in_one_folder_get_the_lock_message(project, tmp_path):
    study = type(project)(project.code, tmp_path)
    command = [sys.executable, "-m", "snakemake", "--snakefile", project.code / "Snakefile", "--cores", "1"]
    first = subprocess.Popen(
        [*map(str, command), "results/demo/toy.json"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob(".snakemake/locks/*")) and time.monotonic() < deadline:
            time.sleep(0.1)
        second = study.snakemake("--cores", "1", "results/demo/toy.json", check=False)
    finally:
        os.killpg(first.pid, signal.SIGKILL)  # asked to end, it would wait for the job that it may have started
        first.wait(60)
    assert second.returncode != 0
    assert "--unlock" in second.stdout


def test_data_that_cannot_be_used_end_the_study_before_a_model_is_made(project, tmp_path):
    """On one core a toy was trained and probed first, for three minutes."""
    papers, cases = tmp_path / "papers", tmp_path / "cases"
    for folder, suffix in ((papers, "pdf"), (cases, "png")):
        folder.mkdir()
        for number in range(8):
            (folder / f"broken-{number}.{suffix}").write_bytes(b"%PDF-1.7 1 0 obj <<")
    rows = "".join(f"broken-{number}.png,what is this?,{number}\n" for number in range(8))
    (cases / "table.csv").write_text("image,question,answer\n" + rows)
    toy = "model: {name: toy, source: toy}, demo: {base_steps: 1}"
    for kind, own in (("text", f"corpus: {{papers: {papers}}}"), ("images", f"cases: {{folder: {cases}}}")):
        study = Project(project.code, tmp_path / kind)
        study.study.mkdir()
        (study.study / "config.yaml").write_text(f"{{study: {{kind: {kind}}}, {toy}, {own}}}")
        done = study.snakemake("--cores", 1, "--profile", project.code / "profiles/default", *study.config, check=False)
        assert done.returncode == 1 and "Error in rule gather_" in done.stdout, done.stdout
        assert not [log for log in (study.study / "logs").iterdir() if log.name.startswith(("train_", "probe_"))]
