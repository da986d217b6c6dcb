"""The lines of a study's log, and a dry run in few: facts and numbers, on a clock that the test keeps."""

import json

import pytest

from facts import tells
from further.io import write_json
from further.plan.table import plan_text
from further.watch.dry_run import DryRun
from further.watch.log import PAST, PRESENT, StudyLog, name_job
from further.watch.session import Job, end_session, read_session, write_session
from watch.test_time_left import ROW


def job(number, rule, **about):
    return {"number": number, "rule": rule, "log": f"logs/{rule}.log"} | about


JOBS = [
    job(1, "train_qlora", wildcards={"run": "default"}),
    job(2, "train_qlora", wildcards={"run": "fraction-0.5_seed-2"}),
    job(3, "score_run", wildcards={"run": "default"}),
    job(4, "write_report", output="results/report/index.html"),
]


@pytest.fixture
def folder(tmp_path):
    about = {"title": "Hearts", "started": 0.0, "runs": ["default", "fraction-0.5_seed-2"]}
    write_session(tmp_path, about, JOBS)
    return tmp_path


def plan(folder):
    (folder / "results").mkdir(exist_ok=True)
    rows = [ROW, type(ROW)(**vars(ROW) | {"run": "fraction-0.5_seed-2", "seconds": 3600.0})]
    (folder / "results/plan.tsv").write_text(plan_text(rows))


def test_jobs_in_words():
    assert name_job(Job(number=1, rule="train_qlora", wildcards={"run": "seed-1"}), PAST) == "trained seed-1"
    assert name_job(Job(number=1, rule="score_base", wildcards={"q": "nf4"}), PRESENT) == "scoring base nf4"
    assert name_job(Job(number=1, rule="gather_corpus"), PAST) == "gathered corpus"
    assert name_job(Job(number=1, rule="anonymize_cases"), PRESENT) == "anonymizing cases"


def test_a_finished_training_says_its_name_number_time_loss_and_what_is_left(folder):
    plan(folder)
    write_json(folder / "results/runs/fraction-0.5_seed-2/metrics.json", {"final_train_loss_nats": 5.1349})
    log = StudyLog(folder, 1000.0)
    log.start([2], 1000.0)
    [line] = log.finish(2, 1072.0)
    # 3,600 of 7200 + 3600 + 1800 + 10 + 10 planned seconds are done; 9,000 took a fiftieth: 180 s, and 20 s of others
    assert tells(line, "trained fraction-0.5_seed-2", "1 of 2", "72 s", "loss 5.13", "29%", "3 min")


def test_before_there_is_a_plan_jobs_are_counted(folder):
    log = StudyLog(folder, 0.0)
    log.start([3], 0.0)
    [line] = log.finish(3, 4.0)
    assert tells(line, "scored default", "4.0 s", "1 of 4")


def test_seconds_that_snakemake_noted_count_before_the_wait_in_a_queue(tmp_path):
    write_session(tmp_path, {"title": "t", "started": 0, "runs": []},
                  [job(1, "parse_papers", wildcards={"shard": "01"}, benchmark="b.tsv")])  # fmt: skip
    (tmp_path / "b.tsv").write_text("s\n61.2\n")
    log = StudyLog(tmp_path, 0.0)
    log.start([1], 0.0)
    assert log.finish(1, 3600.0)[0].startswith("parsed papers 01 in 61 s; ")


def test_a_sign_of_life_says_what_a_training_and_another_job_say_of_themselves(folder):
    log = StudyLog(folder, 100.0)
    assert log.give_sign(100.0) is None
    log.start([1, 3, 4], 100.0)
    progress = {"state": "training", "step": 120, "steps": 400, "loss": 5.214, "message": None, "updated": 130.0}
    write_json(folder / "checkpoints/default/progress.json", progress)
    write_json(folder / "logs/score_run.progress.json", {"message": "of an earlier start", "updated": 99.0})
    said = log.give_sign(130.0)
    assert tells(said, "training default", "30 s", "120 of 400", 5.21, "scoring default", "30 s", "1 more", "0 of 4")
    assert "earlier" not in said


def test_a_target_is_no_job(folder):
    log = StudyLog(folder, 0.0)
    log.start([77], 0.0)
    assert log.finish(77, 1.0) == [] and log.give_sign(1.0) is None


def test_a_session_keeps_how_it_ended(folder):
    assert read_session(folder).ended == ""
    end_session(folder, "failed")
    assert (read_session(folder).ended, len(read_session(folder).jobs)) == ("failed", 4)
    (folder / ".snakemake/further-session.json").write_text(json.dumps({"title": 3}))
    assert read_session(folder) is None


def test_a_dry_run_has_a_line_per_step_with_number_reason_and_names_if_few():
    dry_run = DryRun()
    for number in range(20):
        dry_run.add(
            "train_qlora", {"run": f"r{number}"}, "Missing output files: a; Input files updated by another job: b"
        )
    for shard in ("00", "01"):
        dry_run.add("parse_papers", {"shard": shard}, "Params have changed since last execution: x")
    lines = dry_run.lines()
    assert lines[2].split()[:2] == ["train_qlora", "20"] and "r0" not in lines[2]
    assert lines[3].split()[:2] == ["parse_papers", "2"] and tells(lines[3], "code", "00, 01")
    assert lines[4].split() == ["total", "22"]


PARSING = "{'ocr': False, 'names': {'a.pdf': 'a'}, 'stamps': {'a.pdf': 1}, 'versions': {'pymupdf': '2.0'}}"


@pytest.mark.parametrize(
    ("before", "now", "why"),
    [
        (PARSING, PARSING.replace("'names': {", "'names': {'b.pdf': 'b', "), "its files changed"),
        (PARSING, PARSING.replace("False", "True"), "settings changed"),
        (PARSING, PARSING.replace("2.0", "2.1"), "its software changed"),
        ("'0123456789abcdef'", "'fedcba9876543210'", "code changed"),
        (f"{PARSING},'0123456789abcdef'", f"{PARSING[:-1]}}},'fedcba9876543210'", "settings or code changed"),
        (PARSING, "<nothing exclusive>", "settings or code changed"),
    ],
)
def test_a_dry_run_says_whether_settings_code_or_files_changed(before, now, why):
    dry_run = DryRun()
    union = f"Union of exclusive params before and now across all output: before: {before} now: {now} "
    reason = f"Set of input files has changed since last execution; Params have changed since last execution: {union}"
    dry_run.add("parse_papers", {"shard": "00"}, reason)
    assert dry_run.lines()[2].split(maxsplit=2)[2] == f"{why}: 00"
