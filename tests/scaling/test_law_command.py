"""The command, as a person would call it."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from facts import tells
from further.scaling.law_command import main
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
    code, out = run(capsys, table, "--target", "1.87nats", "--target", "1.2nats")
    assert code == 0
    assert tells(out.out, "nats", "tokens")
    assert "Target 1.87 nats: reachable." in out.out
    assert "Target 1.2 nats: unreachable." in out.out


def test_json_holds_the_same(table, capsys):
    code, out = run(capsys, table, "--target", "1.2nats", "--json")
    assert code == 0
    assert json.loads(out.out)["targets"][0]["verdict"] == "unreachable"


def test_a_target_without_a_unit_is_refused(table, capsys):
    code, out = run(capsys, table, "--target", "2.1")
    assert code == 2
    assert out.err.startswith("further-law: ") and tells(out.err, "'2.1'", "2.1nats")
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
    assert code == 1 and tells(out.out, "perplexity")


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
    ("text", "facts"),
    [
        ("a,b\n1,2\n", ["sizes", "a, b", "--size-column"]),
        ("t,b\n1,2\n", ["losses", "t, b", "--loss-column"]),
        ("", ["curve.csv"]),
    ],
)
def test_unreadable_tables_are_refused(tmp_path, capsys, text, facts):
    path = tmp_path / "curve.csv"
    path.write_text(text)
    code, out = run(capsys, path)
    assert code == 2 and tells(out.err, *facts)


def test_a_missing_table_is_refused(tmp_path, capsys):
    code, out = run(capsys, tmp_path / "none.csv")
    assert code == 2 and "none.csv" in out.err


def test_a_word_among_the_numbers_is_named_by_its_row(tmp_path, capsys):
    path = tmp_path / "curve.csv"
    path.write_text("t,y\n1e6,3\n1e7,many\n1e8,2\n1e9,1.9\n")
    code, out = run(capsys, path)
    assert code == 2 and "row 2 has 'many' for y" in out.err


def test_settings_in_columns_must_agree(tmp_path, capsys):
    path = tmp_path / "curve.csv"
    path.write_text("t,y,rank\n1e6,3,8\n1e7,2.5,8\n1e8,2.2,16\n1e9,2.0,8\n")
    code, out = run(capsys, path)
    assert code == 1 and tells(out.out, "rank", "16 in row 3", "8 in row 4")


@pytest.mark.parametrize(
    "word",
    ["--level=95", "--level=1", "--level=0.9999999999999999", "--level=nan", "--huber=-1", "--huber=0", "--huber=inf"],
)
def test_an_option_out_of_its_range_is_refused(table, capsys, word):
    code, out = run(capsys, table, word)
    name, value = word.removeprefix("--").split("=")
    assert code == 2 and out.out == ""
    assert f"{'huber_delta' if name == 'huber' else name} is {float(value)}: give" in out.err


def write(tmp_path, **columns):
    path = tmp_path / "runs.csv"
    rows = [",".join(map(str, row)) for row in zip(*columns.values(), strict=True)]
    path.write_text("\n".join([",".join(columns), *rows]))
    return path


T, Y = make_curve(noise=0.005, span=1e3, num_sizes=8)
COST = ["--tokens-per-second=1000", "--price-per-gpu-hour=20", "--currency=SEK", "--price-date=2026-11-01"]


def test_the_passes_of_the_table_are_paid_for(tmp_path, capsys):
    """3.6 million trained tokens an hour; the largest size is 1e8 tokens, its double 4 times over 8e8: 222.2 hours."""
    for name in ("passes", "epochs"):
        path = write(tmp_path, t=T, y=Y, **{name: [4] * 8})
        record = json.loads(run(capsys, path, "--json", *COST)[1].out)
        assert record["forecasts"][0]["cost"]["gpu_hours"]["estimate"] == pytest.approx(8e8 / 3.6e6)
        assert (record["epochs"], record["cost_settings"]["epochs"]) == (4, 4)


def test_passes_given_are_a_condition_and_must_be_those_of_the_table(table, tmp_path, capsys):
    assert "Conditional on epochs 4: " in run(capsys, table, "--epochs=4")[1].out
    path = write(tmp_path, t=T, y=Y, epochs=[4] * 8)
    assert run(capsys, path, "--epochs=4")[0] == 0
    code, out = run(capsys, path, "--epochs=1")
    assert code == 2 and tells(out.err, "--epochs", 1, "row 1", 4)


@pytest.mark.parametrize("epochs", [0.5, "two", ""])
def test_impossible_passes_are_named_by_their_row(tmp_path, capsys, epochs):
    path = write(tmp_path, t=T, y=Y, epochs=[1] * 3 + [epochs] + [1] * 4)
    code, out = run(capsys, path, "--json")
    assert code == 2 and "row 4 has " in out.err and "epochs" in out.err


@pytest.mark.parametrize("words", [["--epochs=.5"], ["--epochs=.5", "--json"], ["--epochs=nan", *COST]])
def test_less_than_one_pass_is_refused(table, capsys, words):
    code, out = run(capsys, table, *words)
    assert code == 2 and "epochs is" in out.err and out.out == ""


def test_a_budget_without_a_price_is_refused(table, capsys):
    code, out = run(capsys, table, "--tokens-per-second=1000", "--yearly-budget=1000")
    assert code == 2 and tells(out.err, "price")


@pytest.mark.parametrize("name", ["base_model", "lora_rank", "lr", "Scheduler", " precision", "dataset", "warmup"])
def test_any_other_column_is_a_setting(tmp_path, capsys, name):
    code, out = run(capsys, write(tmp_path, t=T, y=Y, **{name: [1] * 5 + [2] * 3}))
    assert code == 1 and tells(out.out, f"{name.strip().lower()} (1 in row 5, 2 in row 8)")
    code, out = run(capsys, write(tmp_path, t=T, y=Y, **{name: [1] * 8}))
    assert code == 0 and f"Conditional on {name.strip().lower()} 1: " in out.out


def test_a_table_without_settings_is_told_so(table, capsys):
    assert tells(run(capsys, table)[1].out, "table", "set-up") and "Conditional" not in run(capsys, table)[1].out


def test_a_missing_setting_is_another_value(tmp_path, capsys):
    out = run(capsys, write(tmp_path, t=T, y=Y, rank=[8] * 4 + [""] + [8] * 3))[1].out
    assert tells(out, "rank (8 in row 8, None in row 5)")


def test_many_values_of_a_setting_are_not_all_listed(tmp_path, capsys):
    assert "3 in row 4 and 4 more)" in run(capsys, write(tmp_path, t=T, y=Y, hours=range(8)))[1].out


def test_runs_steps_and_seeds_are_no_settings(tmp_path, capsys):
    path = write(
        tmp_path,
        **{"": range(8)},
        run=list("abcdefgh"),
        Step=range(8),
        SEED=[0, "", 2, "x", 4, 5, 6, 7],
        Tokens=T,
        Loss=Y,
    )
    record = json.loads(run(capsys, path, "--json")[1].out)
    assert record["fitted"] and record["conditional_on"] == {}
    seeds = [(point["run"], point["seed"]) for point in record["points"]]
    assert seeds[:4] == [("a", 0), ("b", None), ("c", 2), ("d", None)]


@pytest.mark.parametrize(("label", "num_sizes"), [("fraction", 8), ("group", 8), ("step", 24)])
def test_a_label_joins_the_runs_of_a_size(tmp_path, capsys, label, num_sizes):
    t, y = make_curve(noise=0.005, span=1e3, num_sizes=8, seeds=3)
    path = write(tmp_path, **{label: np.repeat(np.arange(8), 3)}, t=t * np.tile([0.9, 1.0, 1.1], 8), y=y)
    record = json.loads(run(capsys, path, "--json")[1].out)
    assert record["fit"]["num_sizes"] == num_sizes
    assert sum(point["held_out"] for point in record["points"]) == 3


def test_an_impossible_perplexity_is_named_by_its_row(tmp_path, capsys):
    path = write(tmp_path, t=T, perplexity=[*np.exp(Y[:3]), 0.9, *np.exp(Y[4:])])
    code, out = run(capsys, path)
    assert code == 2 and tells(out.err, "row 4", "perplexity", 0.9)


def test_two_columns_of_losses_are_refused(tmp_path, capsys):
    code, out = run(capsys, write(tmp_path, t=T, loss=Y, perplexity=np.exp(Y)))
    assert code == 2 and tells(out.err, 2, "loss (column 2)", "perplexity (column 3)", "--loss-column")
    code, out = run(capsys, write(tmp_path, t=T, T=T, loss=Y))
    assert code == 2 and tells(out.err, 2, "t (column 1)", "T (column 2)", "--size-column")


def test_the_perplexity_of_the_lowest_loss_is_told(table, capsys):
    """Perplexities of 11.6 to 5.2 pass as nats; a perplexity of 181 in their place is not to be overlooked."""
    y = np.loadtxt(table, delimiter=",", skiprows=1)[:, 1]
    assert tells(run(capsys, table)[1].out, f"{y.min():.4g}", "perplexity", f"{np.exp(y.min()):.4g}")


def test_a_target_above_every_loss_is_told_by_its_upper_end(table, capsys):
    assert "  tokens at most 1e+05\n" in run(capsys, table, "--target=9nats")[1].out


def test_units_may_be_written_in_capitals(table, capsys):
    assert "Target 8 perplexity: reached" in run(capsys, table, "--unit=NATS", "--target=8 PPL")[1].out


def test_standard_errors_leave_hubers_threshold_in_nats(tmp_path, capsys):
    t, y = make_curve(noise=0.005, span=1e3, num_sizes=8, seeds=2)
    path = write(tmp_path, t=t, y=y, sd=np.full(16, 0.005))
    fits = [json.loads(run(capsys, path, "--json", *words)[1].out)["fit"] for words in ([], ["--huber=0.01"])]
    assert [fit["weighted"] for fit in fits] == [True, False]


def test_scaling_never_imports_torch():
    script = "import sys, further.scaling, further.scaling.law_command; sys.exit('torch' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", script], check=False, env=environment).returncode == 0
