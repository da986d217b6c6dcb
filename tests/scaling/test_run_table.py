"""Any table that people have: read, or refused with what stands there and what is needed."""

import json
from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest

from facts import tells
from further.scaling.law_command import main
from further.scaling.number_cells import find_decimal_mark, parse_number
from further.scaling.run_logs import check_no_log
from further.scaling.run_table import RunTable

SIZES = [100_000 * 2**i for i in range(6)]
LOSSES = [2.9487, 2.7706, 2.6259, 2.5084, 2.4129, 2.3354]
POINTS = list(zip(map(float, SIZES), LOSSES, strict=True))
PAIRS = list(zip(SIZES, LOSSES, strict=True))


def comma(number):
    return str(number).replace(".", ",")


def lines(head, rows, separator=","):
    return "\n".join([head, *(separator.join(map(str, row)) for row in rows)]) + "\n"


TABLES = {
    "semicolons": lines("tokens;loss", PAIRS, ";").encode(),
    "decimal commas": lines("tokens;loss", [(size, comma(loss)) for size, loss in PAIRS], ";").encode(),
    "thousands and decimal commas": lines(
        "tokens;loss", [(f"{size:,}".replace(",", "."), comma(loss)) for size, loss in PAIRS], ";"
    ).encode(),
    "tabs": lines("tokens\tloss", PAIRS, "\t").encode(),
    "spaces": lines("tokens loss", PAIRS, " ").encode(),
    "sep=;": ("sep=;\r\n" + lines("tokens;loss", PAIRS, ";")).encode(),
    "UTF-16": lines("tokens,loss", PAIRS).encode("utf-16"),
    "UTF-16 without a mark": lines("tokens,loss", PAIRS).encode("utf-16-le"),
    "Latin-1": lines("model,tokens,loss", [("Müller", *pair) for pair in PAIRS]).encode("latin-1"),
    "a byte order mark": lines("tokens,loss", PAIRS).encode("utf-8-sig"),
    "a comment": ("# exported 2026-01-02\n" + lines("tokens,loss", PAIRS)).encode(),
    "thousands": lines("tokens,loss", [(f'"{size:,}"', loss) for size, loss in PAIRS]).encode(),
    "spaces in numbers": lines(
        "tokens;loss", [(f"{size:,}".replace(",", " "), loss) for size, loss in PAIRS], ";"
    ).encode(),
    "k": lines("tokens,loss", [(f"{size // 1000}k", loss) for size, loss in PAIRS]).encode(),
    "M": lines("tokens,loss", [(f"{size / 1e6}M", loss) for size, loss in PAIRS]).encode(),
    "percent": lines("tokens,loss", [(size, f"{loss * 100:.2f} %") for size, loss in PAIRS]).encode(),
    "units in brackets": lines("Tokens [1],Loss (nats)", PAIRS).encode(),
    "blank lines": lines("tokens,loss", PAIRS).replace("\n", "\n\n").encode(),
    "runs of W&B": lines(
        '"Name","State","Runtime","tokens","eval/loss","train/loss","_step"',
        [(f"run-{i}", "finished", 60 * i, *pair, 2.0 - 0.1 * i, 7 * i) for i, pair in enumerate(PAIRS)],
    ).encode(),
    "a log of several runs": lines(
        "run,step,tokens,val_loss",
        [
            (f"run-{i}", k, size * k // 4, loss + 0.1 * (4 - k))
            for i, (size, loss) in enumerate(PAIRS)
            for k in range(1, 5)
        ],
    ).encode(),
    "the page's own table": lines(
        "kind,label,run,seed,size,num_tokens,loss_nats,low,high,hours,money,currency",
        [("point", "", f"run-{i}", 0, 1 / 2 ** (5 - i), *pair, "", "", i, i, "SEK") for i, pair in enumerate(PAIRS)]
        + [("curve", "", "", "", "", 1e5, 2.9, 2.8, 3.0, 0, 0, "SEK"), ("asymptote",) + ("",) * 5 + (2.0,) + ("",) * 5],
    ).encode(),
}  # fmt: skip


def read(path):
    return [(point.num_unique_tokens, point.loss_nats) for point in RunTable([path]).points(None, None)]


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_read(tmp_path, name):
    path = tmp_path / "runs.csv"
    path.write_bytes(TABLES[name])
    assert read(path) == [pytest.approx(point) for point in POINTS]


def test_a_spreadsheet_is_read(tmp_path):
    path = tmp_path / "runs.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame().to_excel(book, sheet_name="empty")
        pd.DataFrame({"tokens": SIZES, "loss": LOSSES}).to_excel(book, sheet_name="runs", index=False)
    assert read(path) == POINTS


def test_a_chart_of_several_runs_gives_the_end_of_each(tmp_path):
    """A column per run, with W&B's MIN and MAX beside it; a run ends where its column does."""
    names = [f"run-{i} - eval/loss{end}" for i in range(6) for end in ("", "__MIN", "__MAX")]
    rows = [
        [size, *(cell for i in range(6) for cell in ((LOSSES[i] + 0.1 * (i - k),) * 3 if k <= i else ("",) * 3))]
        for k, size in enumerate(SIZES)
    ]
    path = tmp_path / "chart.csv"
    path.write_text(lines(",".join(["train/tokens", *names]).replace("train/tokens", "tokens"), rows))
    assert read(path) == [pytest.approx(point) for point in POINTS]


def write_states(folder, tokens=True):
    for i, (size, loss) in enumerate(PAIRS):
        log = [{"step": 75 * 2**i, "eval_loss": 1.01 * loss}, {"step": 100 * 2**i, "loss": 1.0}]
        state = {
            "global_step": 100 * 2**i,
            "epoch": 2.0,
            "train_batch_size": 8,
            "num_input_tokens_seen": 2 * size if tokens else 0,
            "log_history": [*log, {"step": 100 * 2**i, "eval_loss": loss}],
        }
        (folder / f"run-{i}").mkdir()
        (folder / f"run-{i}" / "trainer_state.json").write_text(json.dumps(state))


def test_trainer_states_of_several_runs_are_read(tmp_path):
    write_states(tmp_path)
    assert read(tmp_path) == POINTS
    points = RunTable(sorted(tmp_path.rglob("*.json"))).points(None, None)
    assert [point.run for point in points] == [f"run-{i}" for i in range(6)]
    assert [point.num_steps for point in points] == [100.0 * 2**i for i in range(6)]
    assert points[0].end_fall_percent == pytest.approx(1.0)


def test_checkpoints_of_a_run_are_no_runs(tmp_path):
    """The Trainer leaves a state in each checkpoint, and one beside them only where it is asked to."""
    write_states(tmp_path)
    for place, step in (("run-0/checkpoint-50", 50), ("run-5/checkpoint-800", 800), ("run-5/checkpoint-3200", 3200)):
        state = json.loads((tmp_path / place.split("/")[0] / "trainer_state.json").read_text())
        early = (
            state | {"global_step": step} | ({"log_history": [{"step": step, "eval_loss": 9.0}]} if step < 3200 else {})
        )
        (tmp_path / place).mkdir()
        (tmp_path / place / "trainer_state.json").write_text(json.dumps(early))
    (tmp_path / "run-5/trainer_state.json").unlink()
    assert read(tmp_path) == POINTS
    points = RunTable(sorted(tmp_path.rglob("*.json"))).points(None, None)
    assert sorted(point.run for point in points) == [f"run-{i}" for i in range(6)]


def test_states_without_tokens_count_examples(tmp_path):
    """100 steps of 8 over 2 epochs are 400 examples."""
    write_states(tmp_path, tokens=False)
    runs = RunTable([tmp_path])
    assert runs.x_axis == "training examples"
    assert runs.points(None, None)[0].num_unique_tokens == 400.0


LOG = [(10 * i, 10_240 * i, 3 - 0.01 * i) for i in range(1, 40)]
REFUSED = {
    "say which by --loss-column": lines("tokens,loss,loss", [(*pair, 1.0) for pair in PAIRS]),
    "loss (column 2) and eval_loss (column 3)": lines("tokens,loss,eval_loss", [(*pair, 1.0) for pair in PAIRS]),
    "a step that grows from row to row": lines("step,tokens,loss", LOG),
    "39 sizes at equal distances": lines("tokens,loss", [row[1:] for row in LOG]),
    "separate runs": lines('"Step","run1 - eval/loss"', PAIRS),
    "'100000, 2.9487', holds numbers": lines("100000,2.9487", PAIRS[1:]),
    "row 3 has no loss": lines("tokens,loss", [(size, "n/a" if size == 400_000 else loss) for size, loss in PAIRS]),
    "row 1 has 'diverged' for loss": lines("tokens,loss", [(1, "diverged"), *PAIRS]),
    "has one column": "tokens\n1\n2\n",
    "holds no table": "\n \n",
    "row 2, '200000, 2.7706, 7', has 3 cells for 2 columns": lines("tokens,loss", [PAIRS[0], (*PAIRS[1], 7)]),
    "a point in '2.9487' and a comma in '2,7706'": "tokens;loss\n1;2.9487\n2;2,7706\n",
    "is not text": "tokens\0\1\2\3,loss",
    "has no log_history": "{}",
}  # fmt: skip


@pytest.mark.parametrize("message", REFUSED)
def test_what_cannot_be_read_is_said_in_its_own_words(tmp_path, capsys, message):
    path = tmp_path / ("state.json" if REFUSED[message] == "{}" else "runs.csv")
    path.write_text(REFUSED[message])
    assert main([str(path)]) == 2
    said = capsys.readouterr()
    assert message in said.err and said.out == ""
    assert not {"nan", "codec", "Traceback"} & set(said.err.replace(",", " ").split())


@pytest.mark.parametrize(("column", "loss"), [("eval_loss", 1.5), ("3", 1.5), ("loss", 2.9487), ("2", 2.9487)])
def test_a_column_is_chosen_by_name_or_number(tmp_path, column, loss):
    path = tmp_path / "runs.csv"
    path.write_text(lines("tokens,loss,eval_loss", [(*pair, 1.5) for pair in PAIRS]))
    assert RunTable([path], loss=column).points(None, None)[0].loss_nats == loss


def test_an_old_excel_file_is_named(tmp_path, capsys):
    path = tmp_path / "runs.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(100))
    assert main([str(path)]) == 2 and tells(capsys.readouterr().err, "runs.xls", ".xlsx")


@pytest.mark.parametrize(
    ("cell", "mark", "number"),
    [
        ("1,600,000", ".", 1.6e6), ("1.600.000,5", ",", 1_600_000.5), ("1'600'000", ".", 1.6e6), ("100k", ".", 1e5),
        ("1,5M", ",", 1.5e6), ("2B", ".", 2e9), ("63.2 %", ".", 0.632), ("1e5", ".", 1e5), ("-0.5", ".", -0.5),
        (".5", ".", 0.5), (7, ",", 7.0), ("many", ".", None), ("1.2.3", ".", None), ("3 epochs", ".", None),
    ],
)  # fmt: skip
def test_numbers_by_hand(cell, mark, number):
    assert parse_number(cell, mark) == (None if number is None else pytest.approx(number))


@pytest.mark.parametrize(
    ("cells", "semicolons", "mark"),
    [
        (["100,000", "2.9487"], False, "."), (["100.000", "2,9487"], True, ","), (["2,949"], True, ","),
        (["2,949"], False, "."), (["1,600,000"], True, "."), (["1.600.000"], False, ","), (["0,632"], False, ","),
        (["2.949"], True, "."), (["1.234,5"], False, ","),
        (["1000000", "2,949"], False, ","), (["100,000", "2.949", "1200"], False, "."), (["1,234", "567"], False, "."),
        (["word", None, 3.5], False, "."),
    ],
)  # fmt: skip
def test_the_decimal_mark_by_hand(cells, semicolons, mark):
    assert find_decimal_mark(cells, semicolons=semicolons) == mark


@pytest.mark.parametrize(("moved", "refused"), [(0.005, True), (0.05, False)])
def test_sizes_at_nearly_equal_distances_are_a_log(moved, refused):
    """Twenty sizes; one that is moved by a part of the distance makes one distance longer and another shorter."""
    sizes = np.arange(1.0, 21.0)
    sizes[10] += moved
    with pytest.raises(ValueError, match="20 sizes") if refused else nullcontext():
        check_no_log(pd.DataFrame({"tokens": sizes}), "tokens")
