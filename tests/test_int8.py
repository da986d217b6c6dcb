"""What is told of int8 is what the decision's own table says."""

from pathlib import Path

from further.int8 import MEMORY_GIB, MOVED, TOKENS_PER_SECOND

DECISION = Path(__file__).parents[1] / "docs" / "decisions" / "training.md"


def test_figures_are_those_of_the_second_run() -> None:
    rows = [[cell.strip() for cell in line.split("|")] for line in DECISION.read_text(encoding="utf-8").splitlines()]
    second = next(place for place, row in enumerate(rows) if row[1:2] == ["second run"])
    for name, row in (("nf4", "all"), ("int8", "all, int8")):
        found = next(cells for cells in rows[second:] if cells[1:2] == [row])
        assert int(found[4].replace(",", "")) == TOKENS_PER_SECOND[name]
        assert float(found[5].split(", ")[-1]) == MEMORY_GIB[name]


def test_the_move_is_that_of_the_text_rounded() -> None:
    said = " ".join(DECISION.read_text(encoding="utf-8").split())
    assert "hidden states by .099 of the largest" in said and round(0.099, 1) == MOVED
