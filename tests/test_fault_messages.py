"""Faults of single keys, each in one line."""

from datetime import date

import pytest

from facts import naming
from further.fault_messages import add_lines
from further.study import read_files, read_study


@pytest.mark.parametrize(
    ("config", "facts"),
    [
        ({"trainin": {}}, ["study file", "trainin", "training"]),
        ({"training": {"quantisation": "nf4"}}, ["training", "quantisation", "quantization"]),
        ({"training": {"accumulation": 4}}, ["training", "accumulation", "gradient_accumulation_steps"]),
        ({"corpus": {"test_share": 0.2}}, ["corpus", "test_share", "test_fraction"]),
        ({"rank": 8}, ["study file", "rank", "training"]),
        ({"sweeps": {"rank": {"rnak": [8]}}}, ["sweeps.rank", "rnak", "rank"]),
        ({"sweeps": {"rank": {"rank": [8, 0]}}}, ["sweeps.rank.rank.1", 0, 1]),
        ({"sweeps": {"rank": {"rank": []}}}, ["sweeps.rank.rank", "[]", 1]),
        ({"training": {"learning_rate": "2e-4"}}, ["training.learning_rate", "'2e-4'", "2.0e-4"]),
        ({"training": {"rank": True}}, ["training.rank", "true"]),
        ({"training": {"rank": 16.0}}, ["training.rank", "16.0", "write 16"]),
        ({"training": {"rank": 8.5}}, ["training.rank", 8.5]),
        ({"training": {"dropout": float("nan")}}, ["training.dropout", "nan"]),
        ({"training": {"optimizer": "sgd"}}, ["training.optimizer", "'sgd'", "'adamw_torch'"]),
        ({"training": {"target_modules": []}}, ["training.target_modules", "[]"]),
        ({"training": 3}, ["training", 3]),
        ({"scaling": {"targets": [{"value": 2}]}}, ["scaling.targets.0.unit"]),
        ({"cost": {"price_per_gpu_hour": 2}}, ["cost.price_date", "null"]),
        ({"evaluation": {"folds": 1}}, ["evaluation.folds", 1, 2]),
        ({"evaluation": {"window": 256, "stride": 512}}, ["evaluation.stride", 512, 256]),
        (
            {"evaluation": {"window": 256, "stride": 256, "memorization_new_tokens": 250}},
            ["evaluation.memorization_prefix_tokens", 32, "memorization_new_tokens", 250, 256],
        ),
        ({"corpus": {"language": False}}, ["corpus.language", "false", "quotes"]),
        ({"study": {"title": 2026}}, ["study.title", 2026, '"2026"']),
        ({"cost": {"price_date": date(2026, 11, 1)}}, ["cost.price_date", "2026-11-01", '"2026-11-01"']),
        ({"cost": {"price_per_gpu_hour": 2, "price_date": "2026-13"}}, ["cost.price_date", "2026-13", "2026-11"]),
        ({"guard": {"confidence": 95}}, ["guard.confidence", 95, "95% is 0.95"]),
        ({"corpus": {"test_fraction": 20}}, ["corpus.test_fraction", 20, "20% is 0.2"]),
        ({"training.rank": 8}, ["study file", "training.rank", "training: {rank: ...}"]),
        ({"model": {"path": "meta/llama"}}, ["model.path", "meta/llama", "demo", "hub"]),
        ({"model": {"source": "hub", "revision": "a" * 40}}, ["model.path", "null", "hub"]),
    ],
)
def test_a_fault_is_named_in_one_line(config, facts):
    with pytest.raises(ValueError, match=naming(*facts)) as caught:
        read_study(config)
    assert len(str(caught.value).splitlines()) == 1


def test_no_message_repeats_a_password(config):
    config["corpus"]["passwords"] = {"a": 4711}
    with pytest.raises(ValueError, match=naming("corpus.passwords.a")) as caught:
        read_study(config)
    assert "4711" not in str(caught.value)


def test_a_fault_is_told_with_the_line_of_its_key_in_the_file_that_was_laid_last(tmp_path):
    below, above = tmp_path / "study.yaml", tmp_path / "over.yaml"
    below.write_text("training:\n  rnak: 8\n  rank: 0\nsweeps:\n  data: {\n    seed: [0,\n      -1]}\ntrainning: {}\n")
    above.write_text("# over\ntraining: {rank: 0}\n")
    faults = ["training: unknown key rnak; did you mean rank?", "training.rank: 0 is", "sweeps.data.seed.1: -1 is",
              "study file: unknown key trainning; did", "study.yaml: unknown", "hardware.threads: 0 is"]  # fmt: skip
    places = [f" ({below}, line 2)", f" ({above}, line 2)", f" ({below}, line 7)", f" ({below}, line 8)", "", ""]
    told = add_lines("\n".join(faults), [below, above]).splitlines()
    assert told == [fault + place for fault, place in zip(faults, places, strict=True)]


def test_a_key_with_a_blank_is_told_with_its_line(tmp_path):
    (tmp_path / "study.yaml").write_text("training:\n  learning rate: 0.1\n  $seed: 1\n")
    faults = "training: unknown key learning rate; did you mean learning_rate?\ntraining: unknown key $seed"
    told = add_lines(faults, [tmp_path / "study.yaml"]).splitlines()
    assert [line.rpartition("line ")[2] for line in told] == ["2)", "3)"]


@pytest.mark.parametrize("value", ["ä" * 5000, ["ä" * 5000], 10**3000, {"a": "ä" * 5000}])
@pytest.mark.parametrize("key", ["rank", "kernels", "optimizer", "packing", "no_such_key"])
def test_a_long_value_does_not_push_what_is_wrong_with_it_out_of_sight(key, value):
    with pytest.raises(ValueError, match=f"^training.*{key}") as caught:
        read_study({"training": {key: value}})
    assert len(str(caught.value)) < 1000


def test_a_file_that_holds_no_settings_is_not_repeated_whole(tmp_path):
    (tmp_path / "notes.txt").write_text("Hearts and lungs. " * 1000)
    with pytest.raises(ValueError, match=naming("notes.txt", "Hearts")) as caught:
        read_files([tmp_path / "notes.txt"])
    assert len(str(caught.value)) < len(str(tmp_path)) + 200
