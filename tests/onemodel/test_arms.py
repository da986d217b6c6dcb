"""Arms, their jobs and their steps at equal compute."""

import pytest

from further.models import Precision, load, one
from further.models.one import ENCODER_DECODER
from further.onemodel import arms
from further.onemodel.arms import count_runs, list_arms, list_seeds
from further.onemodel.runs import count_flops
from further.onemodel.train import train_seed
from further.settings import OneModelSettings
from further.study import read_study
from onemodel.made import make_study


def test_every_arm_stands_in_one_table_once():
    names = [arm for table in list_arms(OneModelSettings(labelled_cases=[60, 300])).values() for arm in table]
    assert len(names) == len(set(names)) == 4 + 2 * 6 + 5 + 5


def test_rules_and_models_name_the_layouts_alike():
    assert arms.LAYOUTS == one.LAYOUTS


def test_what_is_named_twice_is_one_arm_whose_answers_count_once():
    twice = {"objectives": ["spans", "spans"], "labelled_cases": [60, 60], "additions": ["all", "all"]}
    tables = list_arms(OneModelSettings(**twice, law_fractions=[0.5, 0.5000001], law_longer=None))
    assert tables["objectives"] == ["objective-none-60", "objective-spans-60"]
    assert (tables["additions"], tables["cases"]) == (["addition-all"], ["cases-0.5"])


def test_no_objective_is_no_arm():
    tables = list_arms(OneModelSettings(objectives=[], additions=[], law_longer=None))
    assert (tables["objectives"], tables["additions"]) == ([], [])
    assert count_runs(OneModelSettings(objectives=[], additions=[], law_longer=None)) == 5 * (4 + 4) + 2 * 3


def test_seeds_are_dealt_to_jobs_in_order():
    assert list_seeds(OneModelSettings(seeds=5, first_seed=3, seeds_per_job=2)) == {
        "3-4": [3, 4],
        "5-6": [5, 6],
        "7-7": [7],
    }


def test_steps_at_equal_compute_cost_as_much(tmp_path):
    study = make_study(tmp_path, steps=40)
    budget = 40 * study.step_flops
    for arm in ("prefix_equal_compute", "objective-none-8", "objective-spans-8"):
        done = train_seed(study, arm, 0)
        if arm == "prefix_equal_compute":
            assert done.numbers.flops == pytest.approx(budget, rel=0.05)
            assert done.numbers.num_steps < 40
    pair = [train_seed(study, f"objective-{name}-8", 1).numbers.flops for name in ("none", "captions")]
    assert pair[0] == pytest.approx(pair[1], rel=0.15)  # a step more or less of about seven


def test_a_steps_operations_are_those_of_the_products(tmp_path):
    """Width 32, an encoder block and a decoder block: by hand, all products of a row, three times for the way back."""
    study = make_study(tmp_path)
    model = study.untrained(ENCODER_DECODER, 0)
    part = study.questions(model, study.asked("train")[:1] * 16, 4, 0, ENCODER_DECODER)
    batch = part.training.collate([part.training[number] for number in range(16)])
    source = int((batch["blocks"][0] >= 0).sum())
    target = batch["input_ids"].shape[1] - source + 1
    d, rows = 32, 16
    words = load(model, Precision("none", "float32")).base.config.vocab_size
    labels = int((batch["labels"] >= 0).sum()) // rows
    forward = 2 * (source * 12 * d * d + target * 14 * d * d + source * 2 * d * d)  # linear layers
    forward += 4 * d * (source**2 + target**2 + target * source)  # attention
    forward += 2 * labels * d * words  # the head
    patches = 2 * 16 * 192 * d  # whose pixels have no gradient: once less on the way back
    assert count_flops(part, 16) == pytest.approx((3 * forward + 2 * patches) * rows, rel=0.01)


BAD = {
    "onemodel.heads": {"onemodel": {"heads": 5}},
    "onemodel.signals": {"onemodel": {"signals": 7}},
    "onemodel.patch": {"onemodel": {"patch": 5}},
    "training.quantization": {"training": {"quantization": "nf4"}},
    "training.packing": {"training": {"packing": True}},
    "training.patience": {"training": {"patience": 2}},
    "training.context": {"training": {"context": 16, "batch_tokens": 32}},
    "sweeps": {"sweeps": {"rank": {"rank": [4, 8]}}},
}


@pytest.mark.parametrize("fault", BAD)
def test_settings_that_do_not_go_together_are_refused(fault):
    training = {"quantization": "none", "packing": False, "context": 64, "batch_tokens": 2048,
                "gradient_accumulation_steps": 1}  # fmt: skip
    config = {"study": {"kind": "onemodel"}, "model": {"source": "toy"}, "training": training}
    read_study(config)
    changed = {section: {**config.get(section, {}), **values} for section, values in BAD[fault].items()}
    with pytest.raises(ValueError, match=fault):
        read_study(config | changed)
