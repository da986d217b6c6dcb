"""A small study of one small model: planned, run to its page, and rerun after edits."""

import os
import re
import shutil
from pathlib import Path

import pytest
import yaml

from further.onemodel.arms import list_arms
from further.plan.table import read_plan
from further.records.onemodel import OneModelRecord
from further.settings import OneModelSettings
from workflow.conftest import ROOT, Project, copy_project
from workflow.test_images import change
from workflow.test_reruns import append, edited

pytestmark = [pytest.mark.slow, pytest.mark.workflow]

SMALL = ROOT / "tests/workflow/small_onemodel.yaml"
READ_ARMS = {"compare_arms", "write_report"}


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """The small study, run to its end."""
    folder = tmp_path_factory.mktemp("compared")
    project = Project(copy_project(folder), folder / "study")
    project.study.mkdir()
    shutil.copy(SMALL, project.study / "config.yaml")
    project.snakemake("--cores", "2", "--profile", project.code / "profiles/default", *project.config, timeout=1800)
    return project


@pytest.fixture(scope="module")
def record(compared):
    return OneModelRecord.load(compared.study / "results/onemodel/comparison.json")


def test_every_arm_is_trained_and_compared(compared, record):
    settings = OneModelSettings(**yaml.safe_load(SMALL.read_text())["onemodel"])
    arms = {name: table for table, names in list_arms(settings).items() for name in names}
    assert {name: arm.table for name, arm in record.arms.items()} == arms
    assert {arm.num_seeds for arm in record.arms.values()} == {2}


def test_arms_of_equal_compute_cost_as_much_and_those_of_equal_steps_do_not(record):
    own, prefix = record.arms["encoder_decoder"], record.arms["prefix"]
    assert record.arms["prefix_equal_compute"].flops == pytest.approx(own.flops, rel=0.15)
    assert prefix.num_steps == own.num_steps and prefix.flops > 1.2 * own.flops
    assert abs(prefix.num_parameters - own.num_parameters) < 0.01 * own.num_parameters
    assert record.arms["longer"].num_steps == 2 * own.num_steps


def test_arms_take_the_operations_that_were_planned(compared, record):
    plan = {row.run: row for row in read_plan(compared.study / "results/plan.tsv")}
    for name in ("encoder_decoder", "prefix", "cases-0.5", "longer"):
        assert plan[f"{name}/0-1"].training_flops == pytest.approx(2 * record.arms[name].flops, rel=0.1)


def test_differences_are_to_the_arm_that_is_named(record):
    for name, arm in record.arms.items():
        if arm.reference is not None:
            assert arm.difference.estimate == pytest.approx(
                arm.accuracy.estimate - record.arms[arm.reference].accuracy.estimate
            )
        assert (arm.old_difference is None) == (not name.startswith("addition-"))
    assert record.arms["objective-patches_captions-20"].reference == "objective-none-20"


def test_the_page_has_the_four_tables_with_intervals(compared):
    page = (compared.study / "results/report/index.html").read_text()
    tables = re.findall(r"<table>.*?</table>", page[page.index('id="arms"') : page.index('id="made"')], re.S)
    captions = [re.search(r"<caption>(.*?)</caption>", table)[1] for table in tables]
    assert len(captions) == 5  # four, and how learning rates were chosen
    interval = r"\d \(−?\+?[\d.]+ to "
    for table in (tables[0], tables[3], tables[4]):
        assert re.search(interval, table), table
    for row in re.findall(r"<tr>.*?</tr>", tables[2], re.S)[1:]:  # after seven steps each seed may miss every question
        assert re.search(interval, row) or '<td class="number">0.0</td>' in row, row


def test_nothing_to_do_when_nothing_changed_and_the_same_again_after_a_touch(compared):
    assert compared.plan() == {}
    for file in ("workflow/scripts/train_arm.py", "src/further/onemodel/train.py"):
        (compared.code / file).touch()
    assert compared.plan() == {}


def test_every_module_that_a_script_loads_is_in_its_digest(compared):
    assert {"tune_layout", "train_arm", "compare_arms", "write_report"} <= compared.check_digests()


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("law_longer", 3, {"plan_runs": 1, "train_arm": 1} | dict.fromkeys(READ_ARMS, 1)),
        ("addition_steps", 3, {"plan_runs": 1, "train_arm": 1} | dict.fromkeys(READ_ARMS, 1)),
        ("adapted_learning_rate", 1.0e-3, {"plan_runs": 1, "train_arm": 1} | dict.fromkeys(READ_ARMS, 1)),
        ("objectives", [], {"plan_runs": 1} | dict.fromkeys(READ_ARMS, 1)),
        ("width", 48, {"plan_runs": 1, "tune_layout": 2, "train_arm": 9} | dict.fromkeys(READ_ARMS, 1)),
    ],
)
def test_a_setting_reruns_the_arms_that_it_shapes(compared, key, value, expected):
    before = change(compared, onemodel={key: value})
    try:
        plan = compared.plan()
    finally:
        (compared.study / "config.yaml").write_text(before)
    assert plan == expected


def test_the_words_of_the_page_train_nothing(compared):
    with edited(compared.code / "src/further/report/onemodel/tables.py", append("\nEDITED = 1\n")):
        assert compared.plan() == {"write_report": 1}


def test_the_added_signal_reruns_training(compared):
    with edited(compared.code / "src/further/onemodel/signals.py", append("\nEDITED = 1\n")):
        assert compared.plan() == {"train_arm": 9} | dict.fromkeys(READ_ARMS, 1)


def test_the_shipped_study_is_planned(tmp_path):
    study = tmp_path / "study"
    study.mkdir()
    project = Project(ROOT, study)
    os.makedirs(tmp_path / "loaded", exist_ok=True)
    done = project.snakemake(
        "-n", "--profile", ROOT / "profiles/default", "--configfile", ROOT / "config/onemodel.yaml"
    )
    jobs = {line.split()[0] for line in done.stdout.splitlines() if line.strip()}
    assert {
        "draw_phantoms",
        "train_image_base",
        "plan_runs",
        "tune_layout",
        "train_arm",
        "compare_arms",
        "write_report",
    } <= jobs
    assert Path(ROOT / "config/onemodel.yaml").is_file() and "train_qlora" not in jobs
