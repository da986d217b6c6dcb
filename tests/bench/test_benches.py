"""Each bench's smallest run ends well and prints its table. Times measured here mean nothing and are not looked at."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from facts import tells

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
SHARED = ROOT / ".." / "shared" / "papers"


def run_bench(script, *words, codes=(0,)):
    """What a bench printed on stdout, started as its documentation says."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, ROOT / "bench" / script, *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode in codes, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


def find_row(printed, name):
    """The numbers of the row that begins with this name."""
    (row,) = re.findall(rf"^{re.escape(name)} +([\d,. ]+)$", printed, re.M)
    return [float(number.replace(",", "")) for number in row.split()]


def test_training_beside_a_plain_trainer_script():
    words = ["--quantization", "nf4", "--documents", "3", "--repeats", "1", "--base-steps", "2", "--threads", "1"]
    printed = run_bench("training/run.py", *words, "--tools", "further", "plain Trainer")
    (total,) = re.findall(r"2 to train on \(([\d,]+) tokens\), 1 held out", printed)
    kept, *measured = find_row(printed, "further")
    assert kept == float(total.replace(",", "")) and len(measured) == 7 and min(measured) > 0
    kept_by_other = find_row(printed, "plain Trainer")[0]
    assert kept_by_other <= kept
    compared = re.search(r"^further / plain Trainer: [\d.]+ of its tokens/s, [\d.]+ per CPU second$", printed, re.M)
    assert (compared is not None) == (kept_by_other >= 0.99 * kept)  # of a few documents its last row is many tokens


def test_a_peer_beside_versions_that_it_excludes_is_not_measured(tmp_path):
    for name, asks in {"trl": "transformers<5", "datasets": "transformers"}.items():
        (tmp_path / f"{name}.py").touch()
        (tmp_path / f"{name}-1.0.dist-info").mkdir()
        about = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nRequires-Dist: {asks}\n"
        (tmp_path / f"{name}-1.0.dist-info/METADATA").write_text(about)
    python, figures = tmp_path / "python", tmp_path / "figures.json"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={tmp_path}:$PYTHONPATH exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    words = ["--cuda", "--tiny", "--steps", "3", "--micro-batches", "1", "--json", figures]
    run_bench("training/run.py", *words, "--gpu-tools", "TRL wrapped", "--peer-python", f"trl={python}")
    [row] = json.loads(figures.read_text())["rows"]
    assert tells(row["failed"], "trl", "transformers<5", row["versions"]["transformers"])


def test_training_a_large_models_shapes_beside_peers_rehearsed_on_a_processor(tmp_path):
    bare, figures = tmp_path / "python", tmp_path / "figures.json"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')  # a Python without any package
    bare.chmod(0o755)
    words = ["--cuda", "--tiny", "--steps", "3", "--micro-batches", "1", "2", "--json", figures]
    tools = ["--gpu-tools", "Further", "TRL wrapped", "--peer-python", f"trl={bare}"]
    printed = run_bench("training/run.py", *words, *tools)
    assert tells(printed, "TRL wrapped", "trl, datasets, bitsandbytes, peft", "pip install")
    found = json.loads(figures.read_text())
    ours, theirs = found["rows"][:2], found["rows"][2:]
    assert [(row["tool"], row["micro_batch"]) for row in ours] == [("Further", 1), ("Further", 2)]
    assert [sorted(row) for row in theirs] == [["left_out", "tool"]]
    # weights 2 (2·64² + 2·64·32 + 3·64·128) + 64·512, rank 16 of each layer's inputs and outputs, attention 2·2·64·64
    flops = 4 * 106_496 + 6 * 32_768 + 3 * 16_384
    for row in ours:
        assert row["tokens_per_second"] > 0 and row["of_fastest_peer"] is None and row["peak_gib"] is None
        share = row["tokens_per_second"] * flops / (found["about"]["ceiling_tflops"] * 1e12)
        assert row["of_ceiling"] == pytest.approx(share, rel=1e-9)
        speed = row["micro_batch"] * 64 / row["step_seconds"][1]  # of three steps, the last alone
        assert row["tokens_per_second"] == pytest.approx(speed, rel=1e-9)
    assert len(re.findall(r"^Further +[12] +[\d,]+ +- +[\d.]+ +-$", printed, re.M)) == 2


@pytest.mark.skipif(importlib.util.find_spec("lm_eval") is None, reason="lm-eval is not installed: extra dev")
def test_scoring_beside_lm_eval():
    words = ["--documents", "2", "--repeats", "1", "--threads", "1", "--batch", "8"]
    small = ["--hidden", "32", "--layers", "1", "--vocab", "400", "--window", "128"]
    printed = run_bench("evaluation/run.py", *words, *small, codes=(0, 1))  # 1: somebody was slower than they should be
    ours, theirs = find_row(printed, "further"), find_row(printed, "lm-eval")
    assert len(ours) == len(theirs) == 8 and len(find_row(printed, "floor")) == 7
    assert ours[-1] == pytest.approx(theirs[-1], rel=1e-4)


def test_the_published_laws_are_found_again():
    """Table 2 of Alabdulmohsin et al. as they print it, and no residual above those of Lin et al."""
    translation, tuning = run_bench("scaling/reproduce_published.py").strip().split("\n\n")
    for curve, published in {
        "6Enc-6Dec": 0.26,
        "28Enc-6Dec": 0.17,
        "6Enc-28Dec": 0.23,
        "Dec-only": 0.25,
        "TEnc-LSTM": 0.19,
    }.items():
        (row,) = [line.split() for line in translation.splitlines() if line.split()[0] == curve]
        assert float(row[2]) == pytest.approx(published, abs=0.005)
    ratios = [float(line.split()[3]) for line in tuning.splitlines()[1:]]
    assert len(ratios) == 12 and max(ratios) <= 1.0


def test_the_law_s_times():
    printed = run_bench("scaling/speed.py")
    times = re.findall(r"^\S.*? +([\d.]+) ms$", printed, re.M)
    assert len(times) == len(printed.splitlines()) == 4 and min(map(float, times)) > 0


def test_the_law_s_coverage():
    printed = run_bench("scaling/coverage.py", "1", "5")
    by_scenario, by_shared_error = printed.strip().split("\n\n")
    assert len(by_scenario.splitlines()) == 1 + 3 * 3 * 2 and len(by_shared_error.splitlines()) == 1 + 2 * 5


def test_the_law_s_rolling_origins():
    """Published curves, sizes left out: the prediction interval holds nine in ten, the law's own far fewer."""
    printed = run_bench("scaling/rolling.py", "2")
    rows = {tuple(row[:2]): row for line in printed.splitlines() if (row := line.split())[0] == "all"} or {}
    shares = [line.split() for line in printed.splitlines() if "%" in line]
    assert rows and len(shares) == 5 * 3


def test_the_plan_beside_published_speeds():
    """7B on an A100 at context 2048, 2,340 tokens/s (Qwen), and 3B on an A100, 8,035 tokens/s (torchtune)."""
    planned, published = run_bench("plan/published.py").strip().split("\n\n")
    assert len(planned.splitlines()) == 1 + 2 * 3 * 2
    shares = [float(line.split("\t")[-1]) for line in published.splitlines()[1:]]
    assert sorted(shares) == pytest.approx([0.34, 0.55], abs=0.006)


@pytest.mark.skipif(not SHARED.is_dir(), reason="no folder ../shared/papers beside the checkout")
def test_papers_parsed_again_under_other_names():
    printed = run_bench("corpus/run.py", "--papers", "2")
    assert re.search(r"^\| 2 \(2 kept\) \| 1 \| 1 \| \d+ \| [\d.]+ \| \d+ \|$", printed, re.M)
    assert tells(printed, 2, "1.00", "memory", 2)
