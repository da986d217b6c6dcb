"""What a study file may hold: YAML that says what it looks like, and numbers that no job trips over."""

import pytest

from facts import naming
from further.settings import Settings
from further.study import read_files, read_study


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: {c: 2,\n  c: 3}\n", naming("study.yaml", "c", 2, 3)),
        ("training:\n\trank: 8\n", naming("study.yaml", 2, "tabs")),
        ("training:\n  rank: 8\n   alpha: 16\n", naming("study.yaml", 3, "quotes")),
        ("training:\n   rank: 8\n  alpha: 16\n", naming("study.yaml", 3, "same column")),
        ("training:\n  rank 8\n  alpha: 16\n", naming("study.yaml", 3, "colon")),
        ("training:\n  rank 8  # LoRA\n  alpha: 16\n", naming("study.yaml", 3, "colon")),
        ("study:\n  title: a\ncorpus\nmodel:\n  name: b\n", naming("study.yaml", 3, "colon")),
        ("study:\n  title: Heart: ours\n", naming("study.yaml", 2, "quotes")),
        ("study:\n  title: [a\ncorpus:\n  papers: b\n", naming("study.yaml", 3, "bracket", 2)),
        ("", naming("study.yaml", "empty")),
        ("training:\n  rank: 016\n", naming("study.yaml", "016", 2, 14, 8, "14, or 16")),
        ("training: {rank: -0_10}\n", naming("study.yaml", "-0_10", 1, -8, "-10")),
        ("hardware:\n  runtime_minutes: 1:30\n", naming("study.yaml", "1:30", 2, 90, 60)),
        ("corpus: {timeout_s: 1:30.5}\n", naming("study.yaml", "1:30.5", 90.5)),
        ("corpus:\n  passwords: {2023: word}\n", naming("study.yaml", 2023, 2, "quotes")),
        ("cost: {price_per_gpu_hour: 1,5}\n", naming("study.yaml", 5, 1, "point, as in 1.5")),
        ("sweeps:\n  no: {rank: [8]}\n", naming("study.yaml", "no", 2, "quotes")),
        ("a: " + "[" * 2000 + "]" * 2000, naming("study.yaml", "nests")),
        ("a: 1\n---\na: 2\n", naming("study.yaml", 2, "document")),
    ],
)
def test_a_file_that_yaml_would_swallow_is_refused(tmp_path, text, message):
    (tmp_path / "study.yaml").write_text(text)
    with pytest.raises(ValueError, match=message):
        read_files([tmp_path / "study.yaml"])


def test_numbers_that_say_what_they_look_like_are_read(tmp_path):
    text = "{a: 0, b: 00, c: -0.5, d: 1_000, e: 0x1F, f: 07, g: '016', h: 0.25, i: &x {j: 1}, k: {<<: *x}}"
    (tmp_path / "study.yaml").write_text(text)
    read = {"a": 0, "b": 0, "c": -0.5, "d": 1000, "e": 31, "f": 7, "g": "016", "h": 0.25, "i": {"j": 1}, "k": {"j": 1}}
    assert read_files([tmp_path / "study.yaml"]) == read


def find_numeric_keys():
    """Section, key and whether it takes a list, of every key that takes a number."""
    sections = {name: field.annotation for name, field in Settings.model_fields.items() if name != "sweeps"}
    for section, annotation in sections.items():
        for key, schema in annotation.model_json_schema()["properties"].items():
            kinds = [one.get("type") for one in schema.get("anyOf", [schema])]
            if {"integer", "number"} & set(kinds):
                yield section, key


@pytest.mark.parametrize(
    "value", ["1e400", "-1e400", "99" * 20, 10**30, -(10**30), 1e308, 1e-300, float("nan"), float("inf")]
)
def test_no_number_is_so_large_or_small_that_a_job_would_trip_over_it(value):
    """A timer overflows beyond 9.2e9 seconds, memory in bytes and tokens beyond 64 bits."""
    keys = list(find_numeric_keys())
    assert len(keys) > 90
    for section, key in keys:
        with pytest.raises(ValueError, match=naming(f"{section}.{key}")) as caught:
            read_study({section: {key: value}})
        line = next(line for line in str(caught.value).splitlines() if line.startswith(f"{section}.{key}"))
        assert len(line) < 200, line


def test_a_budget_in_a_currency_of_small_units_is_read():
    cost = {"price_per_gpu_hour": 1.2e6, "currency": "IRR", "price_date": "2026-11", "yearly_budget": 6e9}
    assert read_study({"cost": cost}).settings.cost.yearly_budget == 6e9
    with pytest.raises(ValueError, match=naming("hardware.runtime_minutes")):
        read_study({"hardware": {"runtime_minutes": 6_000_000_000}})
