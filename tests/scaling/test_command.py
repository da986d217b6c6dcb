"""The command, as a person would call it."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from further.scaling.command import main
from scaling.curves import make_curve


@pytest.fixture
def table(tmp_path):
    t, y = make_curve(noise=0.005, span=1e3, num_sizes=8)
    path = tmp_path / "curve.csv"
    path.write_text("t,y\n" + "\n".join(f"{size},{loss}" for size, loss in zip(t, y, strict=True)))
    return path


def run(capsys, *words):
    code = main([str(word) for word in words])
    return code, capsys.readouterr()


def test_it_tells_the_law_and_the_verdicts(table, capsys):
    code, out = run(capsys, table, "--target", "1.87nats", "--target", "1.5nats")
    assert code == 0
    assert "nats per token, t in unique training tokens" in out.out
    assert "Target 1.87 nats: reachable." in out.out
    assert "Target 1.5 nats: unreachable." in out.out


def test_json_holds_the_same(table, capsys):
    code, out = run(capsys, table, "--target", "1.5nats", "--json")
    assert code == 0
    assert json.loads(out.out)["targets"][0]["verdict"] == "unreachable"


def test_a_target_without_a_unit_is_refused(table, capsys):
    code, out = run(capsys, table, "--target", "2.1")
    assert code == 2
    assert out.err.startswith("further-law: target '2.1' has no unit")
    assert out.out == ""


def test_a_table_of_perplexities_gives_the_same_law(table, tmp_path, capsys):
    t, y = np.loadtxt(table, delimiter=",", skiprows=1).T
    other = tmp_path / "ppl.csv"
    other.write_text("t,perplexity\n" + "\n".join(f"{a},{np.exp(b)}" for a, b in zip(t, y, strict=True)))
    laws = [json.loads(run(capsys, path, "--json")[1].out)["law"]["c"] for path in (table, other)]
    assert laws[0] == pytest.approx(laws[1], rel=1e-6)


def test_standard_errors_are_carried_over_to_nats(tmp_path, capsys):
    """A perplexity of P known to e is a loss known to e / P; a bit per byte is ln 2 times the bytes of a token."""
    t, y = make_curve(noise=0.005, num_sizes=8)
    errors = np.geomspace(0.05, 0.005, 8)
    tables = {
        "nats": (y, errors, []),
        "ppl": (np.exp(y), errors * np.exp(y), ["--unit=ppl"]),
        "bpb": (y / np.log(2) / 4, errors / np.log(2) / 4, ["--unit=bpb", "--bytes-per-token=4"]),
    }
    sums = []
    for unit, (losses, given, words) in tables.items():
        path = tmp_path / f"{unit}.csv"
        path.write_text("t,y,sd\n" + "\n".join(f"{a},{b},{c}" for a, b, c in zip(t, losses, given, strict=True)))
        sums.append(json.loads(run(capsys, path, "--weights=sd", "--json", *words)[1].out)["fit"]["sse"])
    assert sums[1:] == pytest.approx(sums[:1] * 2, rel=1e-6)


def test_bits_per_byte_need_bytes_per_token(table, capsys):
    code, out = run(capsys, table, "--unit", "bpb")
    assert code == 2 and "bytes per token" in out.err
    assert run(capsys, table, "--unit", "bpb", "--bytes-per-token", "4.0")[0] == 0


def test_a_perplexity_given_as_a_loss_has_no_law(tmp_path, capsys):
    path = tmp_path / "curve.csv"
    path.write_text("t,y\n1e6,90\n1e7,60\n1e8,40\n1e9,30\n")
    code, out = run(capsys, path)
    assert code == 1 and "looks like a perplexity" in out.out


def test_costs_need_the_speed(table, capsys):
    code, out = run(capsys, table, "--price-per-gpu-hour", "20")
    assert code == 2 and "--tokens-per-second" in out.err
    words = ["--tokens-per-second=1000", "--price-per-gpu-hour=20", "--currency=SEK", "--price-date=2026-11-01"]
    code, out = run(capsys, table, "--target", "1.87nats", *words)
    assert code == 0 and "SEK" in out.out and "2026-11-01" in out.out


def test_standard_errors_weigh_only_repeated_runs_unless_asked(tmp_path, capsys):
    t, y = make_curve(noise=0.005, num_sizes=8)
    path = tmp_path / "curve.csv"
    path.write_text(
        "t,y,sd\n" + "\n".join(f"{a},{b},{0.01 * (i + 1)}" for i, (a, b) in enumerate(zip(t, y, strict=True)))
    )
    weighted = [
        json.loads(run(capsys, path, "--json", *words)[1].out)["fit"]["weighted"] for words in ([], ["--weights", "sd"])
    ]
    assert weighted == [False, True]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "no column of sizes among a, b"),
        ("t,b\n1,2\n", "no column of losses among t, b"),
        ("", "No columns to parse"),
    ],
)
def test_unreadable_tables_are_refused(tmp_path, capsys, text, message):
    path = tmp_path / "curve.csv"
    path.write_text(text)
    code, out = run(capsys, path)
    assert code == 2 and message in out.err


def test_a_missing_table_is_refused(tmp_path, capsys):
    code, out = run(capsys, tmp_path / "none.csv")
    assert code == 2 and "none.csv" in out.err


def test_a_word_among_the_numbers_is_named_by_its_row(tmp_path, capsys):
    path = tmp_path / "curve.csv"
    path.write_text("t,y\n1e6,3\n1e7,many\n1e8,2\n1e9,1.9\n")
    code, out = run(capsys, path)
    assert code == 1 and "point 2 has a loss of nan" in out.out


def test_settings_in_columns_must_agree(tmp_path, capsys):
    path = tmp_path / "curve.csv"
    path.write_text("t,y,rank\n1e6,3,8\n1e7,2.5,8\n1e8,2.2,16\n1e9,2.0,8\n")
    code, out = run(capsys, path)
    assert code == 1 and "runs differ in rank" in out.out


@pytest.mark.parametrize("word", ["--level=95", "--level=1", "--level=nan", "--huber=-1", "--huber=0", "--huber=inf"])
def test_an_option_out_of_its_range_is_refused(table, capsys, word):
    code, out = run(capsys, table, word)
    name, value = word.removeprefix("--").split("=")
    assert code == 2 and out.out == ""
    assert f"{'huber_delta' if name == 'huber' else name} is {float(value)}: give" in out.err


def test_scaling_never_imports_torch():
    script = "import sys, further.scaling, further.scaling.command; sys.exit('torch' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", script], check=False, env=environment).returncode == 0
