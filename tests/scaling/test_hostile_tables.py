"""Tables whose numbers, units or files mislead: read as they are meant, or refused in words."""

import json
import zipfile

import numpy as np
import pytest

from facts import tells
from further.scaling.law_command import main
from further.scaling.run_table import RunTable
from scaling.curves import make_curve

T, Y = make_curve(noise=0.005, span=1e3, num_sizes=6)


def write(path, head, *columns):
    rows = [",".join(map(str, row)) for row in zip(*columns, strict=True)]
    path.write_text("\n".join([head, *rows]))
    return path


def refused(capsys, path):
    """What the command says of a table that it cannot read."""
    assert main([str(path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err


@pytest.mark.parametrize(
    ("head", "losses"),
    [
        ("loss (nats)", Y),
        ("loss [ppl]", np.exp(Y)),
        ("Loss (Perplexity)", np.exp(Y)),
        ("loss (bits/token)", Y / np.log(2)),
        ("bits_per_token", Y / np.log(2)),
        ("loss (bits per byte)", Y / np.log(2) / 4),
    ],
)
def test_the_unit_of_a_loss_is_read_from_its_column(tmp_path, head, losses):
    points = RunTable([write(tmp_path / "runs.csv", f"tokens,{head}", T, losses)]).points(None, 4.0)
    assert [point.loss_nats for point in points] == pytest.approx(list(Y))


def test_bits_of_what_is_asked(tmp_path, capsys):
    path = write(tmp_path / "runs.csv", "tokens,loss (bits)", T, Y)
    assert tells(refused(capsys, path), "'bits'", "bits_per_byte", "bits_per_token")
    assert RunTable([path]).points("bits_per_token", None)[0].loss_nats == pytest.approx(Y[0] * np.log(2))


@pytest.mark.parametrize(
    ("head", "unit"), [("tokens (M)", 1e6), ("tokens [k]", 1e3), ("Tokens (billions)", 1e9), ("tokens (train)", 1.0)]
)
def test_the_unit_of_a_size_is_read_from_its_column(tmp_path, head, unit):
    points = RunTable([write(tmp_path / "runs.csv", f"{head},loss", T / unit, Y)]).points(None, None)
    assert [point.num_unique_tokens for point in points] == pytest.approx(list(T))


@pytest.mark.parametrize("column", ["tokens", "loss", "steps", "epochs", "end_fall_percent", "sd"])
def test_a_number_beyond_all_numbers_is_named_by_its_row(tmp_path, capsys, column):
    columns = {"tokens": T, "loss": Y} | ({} if column in ("tokens", "loss") else {column: np.ones(6)})
    columns[column] = [*columns[column][:5], "1e400"]
    path = write(tmp_path / "runs.csv", ",".join(columns), *columns.values())
    assert f"row 6 has '1e400' for {column}:" in refused(capsys, path)


def test_a_run_that_has_not_finished_is_no_point(tmp_path, capsys):
    path = write(tmp_path / "runs.csv", "Name,State,tokens,eval/loss", "abcdef", ["finished"] * 5 + ["crashed"], T, Y)
    assert tells(refused(capsys, path), "row 6", "crashed")
    path = write(tmp_path / "runs.csv", "Name,State,tokens,eval/loss", "abcdef", ["finished"] * 6, T, Y)
    assert main([str(path)]) == 0


def test_a_label_that_holds_several_sizes_is_refused(tmp_path, capsys):
    """As the group of a sweep in Weights & Biases, which all of its runs share."""
    path = write(tmp_path / "runs.csv", "tokens,loss,Group", T, Y, ["sweep"] * 6)
    assert tells(refused(capsys, path), "sweep", "1e+05 to 1e+08 tokens")


def test_a_chart_without_data_is_refused(tmp_path, capsys):
    path = write(tmp_path / "chart.csv", ",".join(f"run-{i} - eval/loss" for i in range(6)), *Y[:, None])
    assert tells(refused(capsys, path), "eval/loss", "tokens")


def make_zip(path, **members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def test_files_of_other_programs_are_named(tmp_path, capsys):
    (tmp_path / "torn.xlsx").write_bytes(b"PK\x03\x04" + bytes(100))
    make_zip(tmp_path / "other.xlsx", readme="nothing")
    make_zip(tmp_path / "table.ods", mimetype="application/vnd.oasis.opendocument.spreadsheet", **{"content.xml": ""})
    for name in ("torn.xlsx", "other.xlsx", "table.ods"):
        assert tells(refused(capsys, tmp_path / name), name, "CSV")


def test_an_open_quote_before_much_text_is_refused(tmp_path, capsys):
    path = write(tmp_path / "runs.csv", 'tokens,loss\n"', range(30_000), range(30_000))
    assert tells(refused(capsys, path), "runs.csv", "131,072")


def test_a_file_that_was_cut_is_refused_by_its_row(tmp_path, capsys):
    path = tmp_path / "runs.csv"
    path.write_bytes("tokens,loss\n1000,3.25\n2000,3.0".encode("utf-16")[:-1])
    assert tells(refused(capsys, path), "row 2", "loss")


@pytest.mark.parametrize(
    "fault",
    [{"epoch": "1"}, {"epoch": float("nan")}, {"num_input_tokens_seen": "many"}, {"global_step": None}],
)
def test_a_trainer_state_without_its_numbers_is_named(tmp_path, capsys, fault):
    for i, (size, loss) in enumerate(zip(T, Y, strict=True)):
        state = {"global_step": 9, "epoch": 1.0, "num_input_tokens_seen": size, "log_history": [{"eval_loss": loss}]}
        (tmp_path / f"run-{i}").mkdir()
        content = json.dumps(state | (fault if i == 3 else {}))
        (tmp_path / f"run-{i}" / "trainer_state.json").write_text(content)
    assert "run-3" in refused(capsys, tmp_path)


def test_a_column_without_a_name_is_asked_for_one(tmp_path, capsys):
    path = write(tmp_path / "runs.csv", ",loss", T, Y)
    assert main([str(path), "--size-column=1"]) == 2
    assert tells(capsys.readouterr().err, "--size-column", 1, "name")


@pytest.mark.parametrize("word", ["--size-column=\u00b2", "--epochs=inf"])
def test_options_that_are_no_numbers_are_refused(tmp_path, capsys, word):
    path = write(tmp_path / "runs.csv", "tokens,loss", T, Y)
    assert main([str(path), word]) == 2
    assert tells(capsys.readouterr().err, word.split("=")[0])
