"""Sweeps and the runs that they make, their names, and what is told of them."""

import re

import pytest

from facts import naming, tells
from further.settings import Run
from further.study import name_run, read_study


def test_sweeps_are_twenty_runs(config):
    runs = read_study(config).runs
    # 5 fractions × 3 seeds, two more precisions, one more choice of modules, one context, one accumulation
    assert len(runs) == 15 + 2 + 1 + 1 + 1
    assert next(iter(runs)) == "default"
    assert runs["fraction-0.25_seed-1"].fraction == 0.25
    assert runs["fraction-0.25_seed-1"].quantization == "nf4"


def test_a_point_that_two_sweeps_share_is_one_run(config):
    config["sweeps"] = {"data": {"seed": [0, 1]}, "rank": {"rank": [8], "seed": [1]}}
    study = read_study(config)
    assert list(study.runs) == ["default", "seed-1"]
    assert study.sweeps == {"data": ["default", "seed-1"], "rank": ["seed-1"]}


def test_a_sweep_is_switched_off_by_null(config):
    config["sweeps"]["data"] = None
    assert read_study(config).data_runs == []


def test_quantizations_are_compared_by_runs_that_differ_in_nothing_else(config):
    config["sweeps"] = {"quantization": {"seed": [0, 1], "quantization": ["none", "nf4"]}, "rank": {"rank": [4]}}
    assert read_study(config).quantization_runs == {"nf4": "default", "none": "quantization-none"}
    config["sweeps"]["quantization"] = None
    assert read_study(config).quantization_runs == {"nf4": "default"}


def test_a_runs_name_holds_what_differs():
    default = Run(fraction=1.0, rank=8, seed=0)
    assert name_run(default, default) == "default"
    assert name_run(Run(fraction=0.0625, rank=8, seed=2), default) == "fraction-0.0625_seed-2"


def test_folds_have_names_that_no_sweep_can_make(config):
    config["evaluation"]["folds"] = 3
    folds = read_study(config).name_folds(num_papers=3)
    assert list(folds) == ["fold-1-of-3", "fold-2-of-3", "fold-3-of-3"]
    assert folds["fold-2-of-3"] == {"fold": 2, "folds": 3}
    assert "fold" not in config["training"]  # a run's name begins with a setting
    with pytest.raises(ValueError, match=naming("evaluation.folds", 3, 2)):
        read_study(config).name_folds(num_papers=2)
    config["evaluation"]["folds"] = None
    assert read_study(config).name_folds(num_papers=2) == {}


def test_how_a_run_is_carried_out_is_no_setting_of_it(config):
    assert "checkpoint_minutes" not in read_study(config).runs["default"].model_dump()


def test_key_order_and_whole_numbers_for_floats_make_no_other_setting(config):
    turned = {name: config[name] for name in reversed(config)}
    turned["training"] = {name: config["training"][name] for name in reversed(config["training"])} | {"fraction": 1}
    assert read_study(turned).settings.model_dump_json() == read_study(config).settings.model_dump_json()


def test_names_of_layers_make_safe_names_of_runs(config):
    targets = ["attention", ["q_proj", "v_proj"], ["mlp.up_proj"], r".*layers\.(2|3)\..*", r".*layers\.(4|5)\..*"]
    config["sweeps"] = {"modules": {"target_modules": [*targets, [f"layer_{n}" for n in range(40)]]}}
    names = read_study(config).sweeps["modules"]
    assert names[:3] == ["target_modules-attention", "target_modules-q_proj+v_proj", "target_modules-mlp.up_proj"]
    assert all(re.fullmatch(r"target_modules-regex-[0-9a-f]{8}", name) for name in names[3:5])
    assert names[5].startswith("target_modules-list-")
    assert len(set(names)) == 6
    assert all(re.fullmatch(r"[A-Za-z0-9._+-]{1,120}", name) for name in names)


def test_two_runs_never_share_a_name(config):
    config["sweeps"] = {"modules": {"target_modules": [["q_proj"], "q_proj"]}}  # a list, and an expression
    with pytest.raises(ValueError, match=naming("target_modules-q_proj")):
        read_study(config)


@pytest.mark.parametrize(
    ("num_papers", "names", "notes"),
    [
        # 25 papers, 7 of them test and 2 validation: 16 to train on, of which the fractions select 1, 2, 4, 8 and 16
        (25, ["fraction-0.0625", "fraction-0.125", "fraction-0.25", "fraction-0.5", "default"], 0),
        # 8 papers, 2 and 1: 5 to train on; a sixteenth, an eighth and a quarter of 5 are one paper, a half is two
        (8, ["fraction-0.0625", "fraction-0.5", "default"], 3),
        # 4 papers, 1 and 1: 2 to train on; all fractions but the whole are one paper
        (4, ["fraction-0.0625", "default"], 3),
    ],
)
def test_fractions_that_select_the_same_papers_are_one_run(config, num_papers, names, notes):
    config["sweeps"] = {"data": {"fraction": [0.0625, 0.125, 0.25, 0.5, 1.0]}}
    study = read_study(config)
    assert study.for_papers(num_papers).data_runs == names
    assert len(study.find_notes(num_papers)) == notes
    assert set(study.for_papers(num_papers).runs) == {"default", *names}


def test_of_fractions_that_are_one_the_default_runs_own_is_kept(config):
    """Nine tenths of 5 training papers are 4.5, rounded to 4; 0.95 of them are all 5."""
    config["sweeps"] = {"data": {"fraction": [0.95, 0.9], "seed": [0, 1]}}
    assert read_study(config).for_papers(8).data_runs == ["default", "seed-1", "fraction-0.9", "fraction-0.9_seed-1"]


@pytest.mark.parametrize(
    ("num_papers", "folds", "facts"),
    [
        (25, None, [0.2, 5, 25, 0.24]),
        (12, None, [0.2, 2, 12, "evaluation.folds: 4"]),
        (5, None, [0.2, 1, 5]),
        (12, 4, []),
        (30, None, []),
    ],
)
def test_too_few_held_out_papers_for_an_interval_are_told_before_anything_is_paid(config, num_papers, folds, facts):
    """An interval takes six."""
    config["corpus"] = config.get("corpus", {}) | {"test_fraction": 0.2}
    notes = read_study(config | {"sweeps": {}, "evaluation": {"folds": folds}}).find_notes(num_papers)
    assert len(notes) == bool(facts) and all(tells(note, *facts) for note in notes)


def test_two_sizes_are_no_law(config):
    config["sweeps"] = {"data": {"fraction": [0.5, 1.0]}}
    [note] = read_study(config).find_notes(25)
    assert tells(note, 2, "8, 16 of 16", 4)
    assert len(read_study({}).find_notes(30)) == 0
