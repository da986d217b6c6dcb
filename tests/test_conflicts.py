"""Settings that contradict each other, and what a fault says."""

import pytest

from facts import naming
from further.study import read_study


def test_a_quantization_whose_runs_all_differ_in_something_else_is_refused(config):
    config["sweeps"] = {"quantization": {"quantization": ["none", "int8", "nf4"], "rank": [16]}}
    with pytest.raises(ValueError, match=naming("sweeps.quantization", "none", "quantization-none_rank-16")):
        read_study(config)
    config["sweeps"] = {"precision": config["sweeps"]["quantization"]}  # a name without a meaning
    assert len(read_study(config).runs) == 4


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


@pytest.mark.parametrize(
    ("settings", "is_default"),
    [
        ({"evaluation": {"window": 512}}, True),  # a stride of 1024 that nobody wrote
        ({"evaluation": {"window": 512, "stride": 600}}, False),
        ({"training": {"initialization": "pissa"}, "model": {"name": "m", "source": "toy"}}, False),
        ({"sweeps": {"start": {"initialization": ["pissa"]}}}, False),  # written in a sweep
        ({"study": {"kind": "images"}}, True),  # model.source is the demonstration's
    ],
)
def test_a_fault_of_a_key_that_nobody_wrote_says_that_it_is_the_default(settings, is_default):
    with pytest.raises(ValueError, match=":") as caught:
        read_study(settings)
    [fault] = str(caught.value).splitlines()
    assert ("default: write" in fault) == is_default


def test_several_gpus_need_one(config):
    """Both would have been used, at the price of one and with no look at their memory."""
    config["hardware"]["gpus_per_run"] = 2
    config["sweeps"] = dict.fromkeys(config["sweeps"])
    with pytest.raises(ValueError, match=naming("hardware.gpus_per_run", 2, "gpu_memory_gb", "null", 1)):
        read_study(config)
