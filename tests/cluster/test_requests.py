"""What is asked of SLURM, read and told; and what sinfo says of the nodes. No SLURM is needed here."""

from pathlib import Path

import pytest
import yaml

from facts import naming, tells
from further.cluster.orphans import Queued, read_queue
from further.cluster.refusals import check_account, find_faults, find_missing_gpus, find_small_gpus, read_nodes
from further.cluster.requests import Request, draw_table, merge_requests, request_of

TRAINING = Request("train_qlora", "gpua100", "gpu:1", 16, 120_000, 720, "lu2026-2-34")
SMALL = Request("split_papers", "lu48", "", 1, 2_000, 10, "lu2026-2-34")
SINFO = """\
lu48|up|7-00:00:00|48|254000|(null)
gpua100|up|7-00:00:00|48|512000|gpu:a100:1(S:0)
gpua100|up|7-00:00:00|48|1000000|gpu:a100:2(S:0-1),shard:a100:8
gpua40|inact|2:00|32|128000+|gpu:2
test|up|infinite|48+|254000|(null)
"""


def test_a_request_is_read_from_the_resources_that_the_executor_reads():
    resources = {"slurm_partition": "gpua100", "gres": "gpu:1", "mem_mb": 120_000, "runtime": 720, "tmpdir": "/tmp",
                 "slurm_account": "lu2026-2-34"}  # fmt: skip
    assert request_of("train_qlora", 16, resources) == TRAINING
    assert request_of("all", 1, {}) == Request("all", "", "", 1, 0, 0, "")


@pytest.mark.parametrize(("gres", "number"), [("gpu:1", 1), ("gpu:a100:2", 2), ("gpu", 1), ("gpu:a100", 1), ("", 0), ("shard:4", 0)])  # fmt: skip # noqa: E501
def test_gpus_of_a_request(gres, number):
    assert Request("any", "p", gres, 1, 1, 1, "a").num_gpus == number


def test_a_group_takes_turns_its_minutes_add_up_and_its_memory_is_the_largest():
    other = Request("tokenize_papers", "lu48", "", 2, 4_000, 60, "lu2026-2-34")
    assert merge_requests("corpus", [SMALL, other]) == Request("group corpus", "lu48", "", 2, 4_000, 70, "lu2026-2-34")
    assert merge_requests(None, [SMALL]) == SMALL


def test_the_table_counts_jobs_and_gpu_hours():
    _, names, *rows, total = draw_table([TRAINING, SMALL, TRAINING]).splitlines()
    assert names.split() == ["job", "jobs", "partition", "GPU", "cores", "MB", "minutes"]
    assert [row.split() for row in rows] == [
        ["split_papers", "1", "lu48", "-", "1", "2,000", "10"],
        ["train_qlora", "2", "gpua100", "gpu:1", "16", "120,000", "720"],
    ]
    assert tells(total, 3, "24 GPU-hours")
    assert tells(draw_table([TRAINING, TRAINING], 3.456), "24 GPU-hours", 3.46)


def test_nodes_as_sinfo_tells_them():
    nodes = {(node.partition, node.memory_mb): node for node in read_nodes(SINFO)}
    assert nodes["lu48", 254_000].num_gpus == 0 and nodes["lu48", 254_000].max_minutes == 7 * 24 * 60
    assert nodes["gpua100", 1_000_000].num_gpus == 2
    assert (nodes["gpua40", 128_000].num_gpus, nodes["gpua40", 128_000].max_minutes) == (2, 2)
    assert nodes["test", 254_000].max_minutes is None and nodes["test", 254_000].cores == 48


def faults(**changes):
    return list(find_faults(Request(**(vars(TRAINING) | changes)), read_nodes(SINFO)))


def test_of_several_partitions_slurm_takes_the_first_that_is_free():
    """gpua40, which takes no jobs now, allows two minutes; test knows no limit, lu48 seven days."""
    assert faults(partition="gpua100,gpua40") == [] and faults(partition="test,gpua100", minutes=20_000) == []
    [fault] = faults(partition="lu48,gpua100", minutes=20_000)
    assert tells(fault, "20,000", "10,080")
    [fault] = faults(partition="gpua100,gpu9")
    assert tells(fault, "gpu9", "gpua100") and not tells(fault, "gpua100,gpu9")


def test_what_a_node_can_give_is_no_fault():
    assert faults() == []
    assert faults(memory_mb=1_000_000, gres="gpu:2", minutes=10_080) == []


@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        ({"partition": "gpu"}, ["gpu", "gpua100, gpua40, lu48, test", "slurm_partition"]),
        ({"partition": ""}, ["partition", "none", "gpua100, gpua40, lu48, test", "slurm_partition"]),
        ({"cores": 64}, ["64 cores", "gpua100", 48, "hardware.threads"]),
        ({"memory_mb": 1_000_001}, ["1,000,001 MB", "gpua100", "1,000,000", "hardware.memory_mb"]),
        ({"gres": "gpu:4"}, ["4 GPUs", "gpua100", 2, "gres", "slurm_partition"]),
        ({"minutes": 10_081}, ["10,081 minutes", "gpua100", "10,080", "hardware.runtime_minutes"]),
        ({"partition": "gpua40", "minutes": 2}, ["gpua40", "inact"]),
    ],
)
def test_a_fault_names_what_is_asked_what_there_is_and_the_setting(changes, facts):
    assert any(tells(fault, "train_qlora", *facts) for fault in faults(**changes))


@pytest.mark.parametrize("account", ["lu2026-0-00", "$ACCOUNT"])
def test_an_account_that_nobody_wrote(account):
    with pytest.raises(ValueError, match=naming("slurm_account", account, "profiles/slurm/config.yaml")):
        check_account(account)


def test_the_placeholder_is_the_profiles_own():
    profile = yaml.safe_load((Path(__file__).parents[2] / "profiles/slurm/config.yaml").read_text())
    account = next(item for item in profile["default-resources"] if item.startswith("slurm_account="))
    with pytest.raises(ValueError, match="slurm_account"):
        check_account(account.removeprefix("slurm_account="))


def test_only_snakemakes_jobs_of_the_folder_are_its_jobs(tmp_path):
    name = "8612b9dd-8829-4f32-a064-d3331f3d1c11"
    queue = f"""\
12|RUNNING|None|{name}|{tmp_path}|rule_train_qlora_wildcards_default
13|RUNNING|None|{name}|{tmp_path / "other"}|rule_train_qlora_wildcards_default
14|PENDING|Priority|interactive|{tmp_path}|(null)
15|PENDING|Resources|prefix-{name}|{tmp_path}|rule_a|b"""
    assert read_queue(queue, tmp_path) == [
        Queued("12", "RUNNING", "None", "rule_train_qlora_wildcards_default"),
        Queued("15", "PENDING", "Resources", "rule_a|b"),
    ]


@pytest.mark.parametrize(
    ("gres", "gpus_per_run", "written"),
    [
        ("gpu:1", 2, "gpu:2"),
        ("gpu:A100:1", 4, "gpu:A100:4"),
        ("gpu", 2, "gpu:2"),
        ("", 2, "gpu:2"),
        ("gpu:4", 2, "gpu:2"),
    ],
)
def test_a_training_that_uses_other_gpus_than_it_asks_for_is_refused(gres, gpus_per_run, written):
    request = request_of("train_qlora", 1, {"gres": gres, "gpus_per_run": gpus_per_run})
    [fault] = find_missing_gpus([request, request])
    assert tells(fault, "train_qlora", "hardware.gpus_per_run", gpus_per_run, "gres", gres, f'gres: "{written}"')


def test_as_many_gpus_as_asked_for_are_no_fault():
    asked = [("gpu:2", 2), ("gpu:A100:2", 2), ("gpu:1", 1), ("", 1), ("gpu:1", 0)]
    requests = [request_of("any", 1, {"gres": gres, "gpus_per_run": number}) for gres, number in asked]
    assert list(find_missing_gpus(requests)) == []


def test_memory_by_core_counts_before_the_jobs_own():
    request = request_of("any", 4, {"mem_mb": 2_000, "mem_mb_per_cpu": 5_300})
    assert (request.memory_mb, request.mb_per_core) == (21_200, 5_300)


def test_gpus_smaller_than_the_study_was_planned_for():
    resources = {"slurm_partition": "gpua100i", "gres": "gpu:1", "gpu_memory_gb": 40}
    requests = [request_of(name, 16, resources) for name in ("train_qlora", "score_base")]
    [fault] = find_small_gpus(requests, 80)
    assert tells(fault, "hardware.gpu_memory_gb", 80, "gpua100i", 40, "profiles/slurm/config.yaml")
    assert not [fault for planned in (40, 24, None) for fault in find_small_gpus(requests, planned)]
    assert not list(find_small_gpus([request_of("any", 16, resources | {"gpu_memory_gb": 0})], 80))  # not said
    assert not list(find_small_gpus([request_of("any", 16, resources | {"gres": ""})], 80))  # no GPU is asked for


def test_every_gpu_job_of_the_profile_says_how_large_its_gpu_is():
    profile = yaml.safe_load((Path(__file__).parents[2] / "profiles/slurm/config.yaml").read_text())
    jobs = profile["set-resources"]
    assert jobs and {name for name, job in jobs.items() if "gres" in job} == {
        name for name, job in jobs.items() if job.get("gpu_memory_gb") == 80 and job["slurm_partition"] == "gpua100"
    }
