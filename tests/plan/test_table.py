"""The plan's table: written, read, and shown."""

from dataclasses import fields, replace

import pytest

from facts import naming, tells
from further.plan.table import PlannedRun, format_plan, plan_text, read_plan
from plan.a100 import COST, REAL, plan
from plan.shapes import LLAMA_8B


def test_the_table_is_read_as_it_was_written(folder, tmp_path):
    rows = plan(folder(LLAMA_8B), {"default": REAL, "list": REAL | {"target_modules": ["q_proj", "v_proj"]}})
    file = tmp_path / "plan.tsv"
    file.write_text(plan_text(rows))
    for read, row in zip(read_plan(file), rows, strict=True):
        for field in fields(PlannedRun):
            value = getattr(row, field.name)
            expected = pytest.approx(value, rel=1e-5) if isinstance(value, float) else value
            assert getattr(read, field.name) == expected, field.name
    file.write_text("run\tseconds\n")
    with pytest.raises(ValueError, match=naming("plan.tsv", "gradient_accumulation_steps")):
        read_plan(file)


def test_the_readable_table_is_aligned_and_ends_with_totals(folder):
    rows = plan(folder(LLAMA_8B), {"default": REAL, "rank-8": REAL | {"rank": 8}})
    head, first, second, total, speed = format_plan(rows).splitlines()
    assert len(head) == len(first) == len(second)
    assert "41,943,040 (0.52%)" in first and "800,080" in first and "8.4 GiB" in first
    assert total.startswith("2 runs: ") and tells(total, "EUR", "2026-11") and "peak_tflops" in speed
    many = format_plan([replace(rows[0], run=f"r{number}") for number in range(100)]).splitlines()
    assert len(many) == 34 and many[-3] == "… and 70 more"


def test_money_and_energy_without_a_price_are_left_out(folder):
    (row,) = plan(folder(LLAMA_8B), {"default": REAL}, cost=COST | {"price_per_gpu_hour": 0.0, "kwh_per_gpu_hour": 0.0})
    assert row.money is None and row.energy_kwh is None and row.gpu_hours is not None
