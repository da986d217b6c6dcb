import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from facts import naming, tells
from further.batch import micro_batch, share_of_process
from further.settings import Run, Settings, Sweep
from further.settings.__main__ import insert_table, make_schema
from further.study import name_run, read_files, read_study

ROOT = Path(__file__).parents[1]


def batch(batch_tokens, context, accumulation):
    return Run(batch_tokens=batch_tokens, context=context, gradient_accumulation_steps=accumulation)


@pytest.fixture
def config():
    """The demonstration's file with twenty runs."""
    read = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    read["training"] |= {"quantization": "nf4", "gradient_accumulation_steps": 1, "batch_tokens": 1024}
    read["sweeps"] = {
        "data": {"fraction": [0.0625, 0.125, 0.25, 0.5, 1.0], "seed": [0, 1, 2]},
        "quantization": {"quantization": ["none", "int8", "nf4"]},
        "target_modules": {"target_modules": ["attention", "all-linear"]},
        "context": {"context": [128, 256]},
        "gradient_accumulation_steps": {"gradient_accumulation_steps": [1, 4]},
    }
    return read


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


def test_a_quantization_whose_runs_all_differ_in_something_else_is_refused(config):
    config["sweeps"] = {"quantization": {"quantization": ["none", "int8", "nf4"], "rank": [16]}}
    with pytest.raises(ValueError, match=naming("sweeps.quantization", "none", "quantization-none_rank-16")):
        read_study(config)
    config["sweeps"] = {"precision": config["sweeps"]["quantization"]}  # a name without a meaning
    assert len(read_study(config).runs) == 4


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


@pytest.mark.parametrize(
    ("batch_tokens", "context", "accumulation", "expected"),
    [(1024, 256, 1, 4), (1024, 256, 4, 1), (1024, 128, 2, 4)],
)
def test_rows_per_forward_pass(batch_tokens, context, accumulation, expected):
    run = Run.model_validate(
        {"batch_tokens": batch_tokens, "context": context, "gradient_accumulation_steps": accumulation}
    )
    assert micro_batch(run) == expected


@pytest.mark.parametrize(("batch_tokens", "context", "accumulation"), [(1000, 256, 1), (128, 256, 1), (1024, 256, 3)])
def test_a_batch_that_does_not_divide_names_all_three_numbers(batch_tokens, context, accumulation):
    with pytest.raises(ValueError, match=f"{batch_tokens}.*{context} × {accumulation}"):
        micro_batch(
            Run.model_validate(
                {"batch_tokens": batch_tokens, "context": context, "gradient_accumulation_steps": accumulation}
            )
        )


def test_every_fault_is_told_at_once(config):
    config["training"]["rank"] = 0
    config["corpus"]["shrads"] = 3
    with pytest.raises(ValueError, match=rf"^{naming('corpus', 'shrads')}.*\n{naming('training.rank', 0, 1)}$"):
        read_study(config)


def test_a_job_cannot_stop_before_it_starts(config):
    config["hardware"] |= {"runtime_minutes": 15, "walltime_margin_minutes": 14}
    read_study(config)
    config["hardware"]["walltime_margin_minutes"] = 15
    with pytest.raises(ValueError, match=naming("hardware.walltime_margin_minutes", 15, "runtime_minutes", 15)):
        read_study(config)


def test_a_budget_buys_nothing_without_a_price(config):
    config["cost"] |= {"price_per_gpu_hour": 0, "yearly_budget": 500}
    with pytest.raises(ValueError, match=naming("cost.yearly_budget", 500, "price_per_gpu_hour")):
        read_study(config)


@pytest.mark.parametrize("file", ["config.yaml", "study.yaml", "lunarc.yaml"])
def test_every_shipped_study_is_valid(file):
    read_study(read_files([ROOT / "config" / file]))


def test_table_and_schema_are_those_of_the_settings():
    readme = (ROOT / "config/README.md").read_text()
    assert insert_table(readme) == readme, "python -m further.settings config"
    assert make_schema() == (ROOT / "config/schema.json").read_text(), "python -m further.settings config"


def test_every_key_says_what_it_does():
    for section, field in Settings.model_fields.items():
        for name, key in getattr(field.annotation, "model_fields", {}).items():
            assert key.description and key.description[-1] in ".", f"{section}.{name}"


def test_no_study_inherits_the_demonstration():
    """Prompts, targets, prices and sweeps are the demonstration's own."""
    settings = read_study({}).settings
    assert (settings.evaluation.prompts, settings.scaling.targets, settings.sweeps) == (None, [], {})
    assert settings.cost.price_per_gpu_hour == 0


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
    ("settings", "facts"),
    [
        ({"initialization": "pissa"}, ["training.initialization", "pissa", "quantization nf4"]),
        (
            {"initialization": "loftq", "quantization": "none"},
            ["training.initialization", "loftq", "quantization none"],
        ),
        ({"initialization": "loftq", "dora": True}, ["training.initialization", "loftq", "dora"]),
        ({"dora": True, "quantization": "int8"}, ["training.dora", "true", "quantization int8"]),
        ({"target_modules": "(q_proj"}, ["training.target_modules", "'(q_proj'"]),
        ({"target_modules": ["a/b"]}, ["training.target_modules.0", "'a/b'", "mlp.up_proj"]),
        ({"patience": 3}, ["training.patience", 3, "sweeps.data"]),
        ({"replay_fraction": 1.0}, ["training.replay_fraction", 1.0, 1.0]),
    ],
)
def test_options_that_exclude_each_other_are_refused_by_name(config, settings, facts):
    config["sweeps"] = {"data": {"fraction": [0.5, 1.0]}}
    config["training"] |= settings
    with pytest.raises(ValueError, match=naming(*facts)) as caught:
        read_study(config)
    assert len(str(caught.value).splitlines()) == 1


def test_early_stopping_is_allowed_beside_the_law(config):
    config["sweeps"] = {"data": {"fraction": [0.5, 1.0]}, "stopping": {"patience": [3]}}
    assert "patience-3" in read_study(config).runs


def test_every_setting_of_a_run_can_be_swept_but_the_precision_it_is_scored_at(config):
    assert config["training"].keys() - Sweep.model_fields.keys() == {"compute_dtype", "checkpoint_minutes"}


@pytest.mark.parametrize(
    ("accumulation", "processes", "share"),
    [(1, 1, (12, 1)), (1, 4, (3, 1)), (4, 2, (3, 2)), (2, 4, None), (6, 3, (2, 2)), (2, 3, (2, 2)), (3, 2, (2, 3))],
)
def test_a_step_is_dealt_out_to_the_processes_of_a_run(config, accumulation, processes, share):
    """Twelve rows a step; whole micro-batches where they divide, else the rows of each."""
    run = batch(12 * 32, 32, accumulation)
    if share:
        assert share_of_process(run, processes) == share
        rows, passes = share
        assert rows * passes * processes == 12
        return
    facts = naming("gpus_per_run", 4, "training.gradient_accumulation_steps", 2, 6, "training.batch_tokens", 128)
    with pytest.raises(ValueError, match=facts):
        share_of_process(run, processes)
    config["hardware"]["gpus_per_run"], config["training"] = (
        processes,
        config["training"] | run.model_dump(exclude_unset=True),
    )
    config["sweeps"] = dict.fromkeys(config["sweeps"])
    with pytest.raises(ValueError, match=facts):
        read_study(config)


def test_what_sharding_excludes_is_refused_by_name(config):
    config["hardware"]["sharding"] = "fsdp"
    config["sweeps"] = dict.fromkeys(config["sweeps"])
    with pytest.raises(ValueError, match=naming("hardware.sharding", "fsdp", "gpus_per_run", 2)):
        read_study(config)
    config["hardware"] |= {"gpus_per_run": 2, "gpu_memory_gb": 80.0}
    read_study(config)
    for key, value in {"quantization": "int8", "packing": False, "compile": True}.items():
        changed = config | {"training": config["training"] | {key: value}}
        with pytest.raises(ValueError, match=naming("fsdp", f"training.{key}: {str(value).lower()}")):
            read_study(changed)


def test_several_gpus_need_one(config):
    """Both would have been used, at the price of one and with no look at their memory."""
    config["hardware"]["gpus_per_run"] = 2
    config["sweeps"] = dict.fromkeys(config["sweeps"])
    with pytest.raises(ValueError, match=naming("hardware.gpus_per_run", 2, "gpu_memory_gb", "null", 1)):
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
