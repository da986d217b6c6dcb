import re
from pathlib import Path

import pytest
import yaml

from further.batch import micro_batch, share_of_process
from further.config import check_config, expand_runs, name_folds, name_run, quantization_runs, runs_of_sweep

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "workflow/schemas/config.schema.yaml"


@pytest.fixture
def config():
    return yaml.safe_load((ROOT / "config/config.yaml").read_text())


def test_the_default_study_has_twenty_runs(config):
    runs = expand_runs(check_config(config, SCHEMA))
    # 5 fractions × 3 seeds, two more precisions, one more choice of modules, one context, one accumulation
    assert len(runs) == 15 + 2 + 1 + 1 + 1
    assert next(iter(runs)) == "default"
    assert runs["fraction-0.25_seed-1"]["fraction"] == 0.25
    assert runs["fraction-0.25_seed-1"]["quantization"] == "nf4"


def test_a_point_that_two_sweeps_share_is_one_run(config):
    config["sweeps"] = {"data": {"seed": [0, 1]}, "rank": {"rank": [8], "seed": [1]}}
    checked = check_config(config, SCHEMA)
    assert list(expand_runs(checked)) == ["default", "seed-1"]
    assert runs_of_sweep(checked, "data") == ["default", "seed-1"]
    assert runs_of_sweep(checked, "absent") == []


def test_a_sweep_is_switched_off_by_null(config):
    config["sweeps"]["data"] = None
    assert runs_of_sweep(check_config(config, SCHEMA), "data") == []


def test_quantizations_are_compared_by_runs_that_differ_in_nothing_else(config):
    config["sweeps"] = {"quantization": {"seed": [0, 1], "quantization": ["none", "nf4"]}, "rank": {"rank": [4]}}
    assert quantization_runs(check_config(config, SCHEMA)) == {"nf4": "default", "none": "quantization-none"}
    config["sweeps"]["quantization"] = None
    assert quantization_runs(check_config(config, SCHEMA)) == {"nf4": "default"}


def test_a_quantization_whose_runs_all_differ_in_something_else_is_refused(config):
    config["sweeps"] = {"quantization": {"quantization": ["none", "int8", "nf4"], "rank": [16]}}
    with pytest.raises(
        ValueError, match=r"sweeps.quantization: no run at none differs .* quantization-none_rank-16 for"
    ):
        check_config(config, SCHEMA)
    config["sweeps"] = {"precision": config["sweeps"]["quantization"]}  # a name without a meaning
    assert len(expand_runs(check_config(config, SCHEMA))) == 4


def test_a_runs_name_holds_what_differs():
    default = {"fraction": 1.0, "rank": 8, "seed": 0}
    assert name_run(default, default) == "default"
    assert name_run({"fraction": 0.0625, "rank": 8, "seed": 2}, default) == "fraction-0.0625_seed-2"


def test_folds_have_names_that_no_sweep_can_make(config):
    config["evaluation"]["folds"] = 3
    folds = name_folds(check_config(config, SCHEMA), num_papers=3)
    assert list(folds) == ["fold-1-of-3", "fold-2-of-3", "fold-3-of-3"]
    assert folds["fold-2-of-3"] == {"fold": 2, "folds": 3}
    assert "fold" not in config["training"]  # a run's name begins with a setting
    with pytest.raises(ValueError, match=r"evaluation.folds: 3 is more than the 2 papers"):
        name_folds(config, num_papers=2)
    config["evaluation"]["folds"] = None
    assert name_folds(config, num_papers=2) == {}


def test_how_a_run_is_carried_out_is_no_setting_of_it(config):
    assert "checkpoint_minutes" not in expand_runs(check_config(config, SCHEMA))["default"]


def test_key_order_and_whole_numbers_for_floats_make_no_other_setting(config):
    turned = {name: config[name] for name in reversed(config)}
    turned["training"] = {name: config["training"][name] for name in reversed(config["training"])} | {"fraction": 1}
    assert repr(check_config(turned, SCHEMA)) == repr(check_config(config, SCHEMA))


@pytest.mark.parametrize(
    ("batch_tokens", "context", "accumulation", "expected"),
    [(1024, 256, 1, 4), (1024, 256, 4, 1), (1024, 128, 2, 4)],
)
def test_rows_per_forward_pass(batch_tokens, context, accumulation, expected):
    run = {"batch_tokens": batch_tokens, "context": context, "gradient_accumulation_steps": accumulation}
    assert micro_batch(run) == expected


@pytest.mark.parametrize(("batch_tokens", "context", "accumulation"), [(1000, 256, 1), (128, 256, 1), (1024, 256, 3)])
def test_a_batch_that_does_not_divide_names_all_three_numbers(batch_tokens, context, accumulation):
    with pytest.raises(ValueError, match=f"{batch_tokens}.*{context} × {accumulation}"):
        micro_batch({"batch_tokens": batch_tokens, "context": context, "gradient_accumulation_steps": accumulation})


def test_every_fault_is_told_at_once(config):
    config["training"]["rank"] = 0
    config["corpus"]["shrads"] = 3
    with pytest.raises(ValueError, match=r"corpus: unknown key shrads.*\ntraining\.rank: 0 is not allowed: at least 1"):
        check_config(config, SCHEMA)


def test_a_job_cannot_stop_before_it_starts(config):
    config["hardware"] |= {"runtime_minutes": 15, "walltime_margin_minutes": 14}
    check_config(config, SCHEMA)
    config["hardware"]["walltime_margin_minutes"] = 15
    with pytest.raises(ValueError, match="walltime_margin_minutes: 15 is not less than runtime_minutes 15"):
        check_config(config, SCHEMA)


def test_a_budget_buys_nothing_without_a_price(config):
    config["cost"] |= {"price_per_gpu_hour": 0, "yearly_budget": 500}
    with pytest.raises(ValueError, match=r"cost\.yearly_budget: 500 buys nothing without a price_per_gpu_hour"):
        check_config(config, SCHEMA)


@pytest.mark.parametrize("file", ["lunarc.yaml", "study.yaml"])
def test_every_shipped_study_is_valid(config, file):
    def lay_over(below, above):
        merged = dict(below)
        for key, value in above.items():
            both = isinstance(value, dict) and isinstance(merged.get(key), dict)
            merged[key] = lay_over(merged[key], value) if both else value
        return merged

    check_config(lay_over(config, yaml.safe_load((ROOT / "config" / file).read_text())), SCHEMA)


def test_every_key_is_explained(config):
    text = (ROOT / "config/README.md").read_text()
    for section, keys in config.items():
        for key in keys if section not in ("sweeps", "cost") else ():
            assert f"`{section}.{key}`" in text or f"`.{key}`" in text, f"{section}.{key} is not in config/README.md"


def test_no_message_repeats_a_password(config):
    config["corpus"]["passwords"] = {"a": 4711}
    with pytest.raises(ValueError, match=r"corpus\.passwords\.a: the value \(not shown\)") as caught:
        check_config(config, SCHEMA)
    assert "4711" not in str(caught.value)


def test_names_of_layers_make_safe_names_of_runs(config):
    targets = ["attention", ["q_proj", "v_proj"], ["mlp.up_proj"], r".*layers\.(2|3)\..*", r".*layers\.(4|5)\..*"]
    config["sweeps"] = {"modules": {"target_modules": [*targets, [f"layer_{n}" for n in range(40)]]}}
    names = runs_of_sweep(check_config(config, SCHEMA), "modules")
    assert names[:3] == ["target_modules-attention", "target_modules-q_proj+v_proj", "target_modules-mlp.up_proj"]
    assert all(re.fullmatch(r"target_modules-regex-[0-9a-f]{8}", name) for name in names[3:5])
    assert names[5].startswith("target_modules-list-")
    assert len(set(names)) == 6
    assert all(re.fullmatch(r"[A-Za-z0-9._+-]{1,120}", name) for name in names)


def test_two_runs_never_share_a_name(config):
    config["sweeps"] = {"modules": {"target_modules": [["q_proj"], "q_proj"]}}  # a list, and an expression
    with pytest.raises(ValueError, match="two runs would both be called target_modules-q_proj"):
        check_config(config, SCHEMA)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"initialization": "pissa"}, "training.initialization: pissa is not allowed with quantization nf4"),
        (
            {"initialization": "loftq", "quantization": "none"},
            "training.initialization: loftq is not allowed with quantization none",
        ),
        ({"initialization": "loftq", "dora": True}, "training.initialization: loftq is not allowed with dora"),
        ({"dora": True, "quantization": "int8"}, "training.dora: true is not allowed with quantization int8"),
        ({"target_modules": "(q_proj"}, r"training.target_modules: '(q_proj' is no regular expression"),
        ({"target_modules": ["a/b"]}, "is not allowed: the pattern"),
        ({"patience": 3}, "training.patience: 3 is not allowed in sweeps.data"),
        ({"replay_fraction": 1.0}, "training.replay_fraction: 1.0 is not allowed: less than 1"),
    ],
)
def test_options_that_exclude_each_other_are_refused_by_name(config, settings, message):
    config["sweeps"] = {"data": {"fraction": [0.5, 1.0]}}
    config["training"] |= settings
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        check_config(config, SCHEMA)
    assert len(str(caught.value).splitlines()) == 1


def test_early_stopping_is_allowed_beside_the_law(config):
    config["sweeps"] = {"data": {"fraction": [0.5, 1.0]}, "stopping": {"patience": [3]}}
    assert "patience-3" in expand_runs(check_config(config, SCHEMA))


def test_every_setting_of_a_run_can_be_swept_but_the_precision_it_is_scored_at(config):
    schema = yaml.safe_load(SCHEMA.read_text())
    swept = schema["properties"]["sweeps"]["additionalProperties"]["properties"]
    assert config["training"].keys() - swept.keys() == {"compute_dtype", "checkpoint_minutes"}


@pytest.mark.parametrize(
    ("accumulation", "processes", "share"),
    [(1, 1, (12, 1)), (1, 4, (3, 1)), (4, 2, (3, 2)), (2, 4, None), (6, 3, (2, 2)), (2, 3, (2, 2)), (3, 2, (2, 3))],
)
def test_a_step_is_dealt_out_to_the_processes_of_a_run(config, accumulation, processes, share):
    """Twelve rows a step; whole micro-batches where they divide, else the rows of each."""
    run = {"batch_tokens": 12 * 32, "context": 32, "gradient_accumulation_steps": accumulation}
    if share:
        assert share_of_process(run, processes) == share
        rows, passes = share
        assert rows * passes * processes == 12
        return
    words = (
        "gpus_per_run: 4 divides neither training.gradient_accumulation_steps 2 "
        "nor the 6 rows of a micro-batch: choose a"
    )
    with pytest.raises(ValueError, match=f"{words} training.batch_tokens that is a multiple of 128"):
        share_of_process(run, processes)
    config["hardware"]["gpus_per_run"], config["training"] = processes, config["training"] | run
    config["sweeps"] = dict.fromkeys(config["sweeps"])
    with pytest.raises(ValueError, match=words):
        check_config(config, SCHEMA)


def test_what_sharding_excludes_is_refused_by_name(config):
    config["hardware"]["sharding"] = "fsdp"
    config["sweeps"] = dict.fromkeys(config["sweeps"])
    with pytest.raises(ValueError, match="fsdp needs gpus_per_run of 2 or more"):
        check_config(config, SCHEMA)
    config["hardware"]["gpus_per_run"] = 2
    check_config(config, SCHEMA)
    for key, value in {"quantization": "int8", "packing": False, "compile": True}.items():
        changed = config | {"training": config["training"] | {key: value}}
        with pytest.raises(ValueError, match=f"fsdp does not go with training.{key}: {str(value).lower()}, "):
            check_config(changed, SCHEMA)
