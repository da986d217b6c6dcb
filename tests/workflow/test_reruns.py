"""What reruns after an edit: the table that Snakemake alone gets wrong in four places."""

import json
import os
import re
import shutil
from contextlib import ExitStack, contextmanager

import pytest
import yaml

from facts import tells
from further.plan.table import read_plan

pytestmark = [pytest.mark.slow, pytest.mark.workflow]

READ_RUNS = {"compare_scores", "fit_scaling_law", "write_report", "write_cards"}
AFTER_CLEANING = {
    "clean_papers", "gather_corpus", "drop_duplicates", "split_papers", "drop_repeats", "draw_pages", "tokenize_papers",
    "plan_runs", "train_qlora", "score_base", "score_run", "score_merged", "generate_samples", "probe_default",
    "score_questions", *READ_RUNS,
}  # fmt: skip


@contextmanager
def edited(file, edit):
    """A file with its text edited, put back afterwards, time stamp included."""
    text, status = file.read_text(), file.stat()
    changed = edit(text)
    assert changed != text
    file.write_text(changed)
    try:
        yield
    finally:
        file.write_text(text)
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def replace(old, new):
    return lambda text: text.replace(old, new, 1)


def append(text):
    return lambda before: before + text


def change(section, keys):
    """Other values of keys of a section, whatever stood there."""

    def edit(text):
        config = yaml.safe_load(text)
        config[section] = config.get(section, {}) | yaml.safe_load(f"{{{keys}}}")
        return yaml.safe_dump(config, sort_keys=False)

    return edit


def test_nothing_to_do_when_nothing_changed(finished):
    assert finished.plan() == {}


def add_words(text):
    return "# why\n" + text.replace('"""', '"""Well: ', 1)


WORDS = {
    "corpus/clean/papers.py": add_words,
    "training/run.py": add_words,
    "models/base.py": add_words,
    "report/page.py": add_words,
    "job.py": replace('"%(asctime)s %(name)s', '"%(asctime)s: %(name)s'),
    "lock.py": replace("in use by", "used by"),
    "training/checkpoints.py": replace("of another identity", "of another kind"),
    "training/launch.py": replace('raise RuntimeError(f"', 'raise RuntimeError(f"Well: '),
    "training/progress.py": replace("tokens/s", "tokens a second"),
    "training/walltime.py": replace("before the time limit", "before the job is killed"),
    "training/failures.py": replace("loss is", "the loss is"),
    "gpus.py": replace("install a build", "take a build"),
}


def test_comments_docstrings_log_messages_and_the_words_of_errors_rerun_nothing(finished):
    """All in one plan: a rule that any of them made run again would be in it."""
    with ExitStack() as edits:
        for module, edit in WORDS.items():
            edits.enter_context(edited(finished.code / "src/further" / module, edit))
        assert finished.plan() == {}


@pytest.mark.parametrize("module", ["worker", "document", "kinds", "furniture"])
def test_a_module_of_the_child_process_that_parses_reruns_parsing_and_after(finished, module):
    with edited(finished.code / f"src/further/corpus/parse/{module}.py", append("\nEDITED = 1\n")):
        assert set(finished.plan()) == AFTER_CLEANING | {"parse_papers"}


def test_a_module_of_the_processes_that_train_together_retrains(finished):
    with edited(finished.code / "src/further/training/distributed.py", append("\nEDITED = 1\n")):
        assert finished.plan()["train_qlora"] == 6  # the default, three fractions, none, and the other rank


def test_every_module_that_a_script_loads_is_in_its_digest(finished):
    assert {"parse_papers", "train_qlora", "score_model", "write_report"} <= finished.check_digests()


def test_a_module_used_by_cleaning_reruns_cleaning_and_after_but_no_parsing(finished):
    with edited(finished.code / "src/further/corpus/clean/papers.py", lambda text: text + "\nEDITED = 1\n"):
        assert set(finished.plan()) == AFTER_CLEANING


def test_a_rank_reruns_that_run_and_what_reads_it(finished):
    with edited(finished.study / "config.yaml", replace("rank: [4, 2]", "rank: [4, 3]")):
        assert finished.plan() == {"plan_runs": 1, "train_qlora": 1, "score_run": 1} | dict.fromkeys(READ_RUNS, 1)


def test_folds_add_runs_and_rerun_none_that_is_there(finished):
    added = "split_fold", "drop_repeats_of_fold", "tokenize_fold", "train_qlora", "score_base_of_fold", "score_run"
    with edited(finished.study / "config.yaml", replace("stride: 256", "folds: 3, stride: 256")):
        assert finished.plan() == dict.fromkeys(added, 3) | dict.fromkeys({"plan_runs", *READ_RUNS}, 1)


def test_two_swapped_values_of_one_type_are_seen(finished):
    with edited(finished.study / "config.yaml", replace("rank: 4, alpha: 16", "rank: 16, alpha: 4")):
        plan = finished.plan()
    assert plan["train_qlora"] == 7  # the default, three fractions, none, and the two ranks of the sweep
    assert not {"tokenize_papers", "train_toy", "score_base"} & set(plan)


def test_the_order_of_keys_and_a_whole_number_for_a_float_rerun_nothing(finished):
    def reorder(text):
        config = yaml.safe_load(text)
        config["demo"] |= {"base_steps": config["demo"]["base_steps"]}
        turned = {section: dict(reversed(list(values.items()))) for section, values in reversed(list(config.items()))}
        turned["training"]["fraction"] = 1
        return yaml.safe_dump(turned, sort_keys=False)

    with edited(finished.study / "config.yaml", reorder):
        assert finished.plan() == {}


def test_touching_a_script_or_a_module_reruns_nothing(finished):
    for file in ("workflow/scripts/train_qlora.py", "src/further/training/run.py"):
        (finished.code / file).touch()
    assert finished.plan() == {}


def test_an_edited_script_reruns_its_rule_and_after(finished):
    with edited(finished.code / "workflow/scripts/fit_scaling_law.py", replace("targets =", "wanted = targets =")):
        assert set(finished.plan()) == {"fit_scaling_law", "write_report", "write_cards"}


def test_an_added_paper_reruns_its_shard_and_after(finished):
    added = finished.study / "papers" / "another.pdf"
    shutil.copy(finished.study.parent / "another.pdf", added)
    try:
        plan = finished.plan()
    finally:
        added.unlink()
    assert (plan["parse_papers"], plan["clean_papers"]) == (1, 1)
    assert set(plan) == AFTER_CLEANING | {"parse_papers"}


@contextmanager
def replaced(file, other):
    """A file with another in its place that keeps a date of long ago, as a file that was moved there."""
    status, own = file.stat(), file.read_bytes()
    shutil.copy(other, file)
    os.utime(file, (10**9, 10**9))
    try:
        yield
    finally:
        file.write_bytes(own)
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_a_paper_replaced_by_an_older_file_of_its_name_reruns_its_shard_and_after(finished):
    paper = min(file for file in (finished.study / "papers").glob("*.pdf") if file.name != "broken.pdf")
    with replaced(paper, finished.study.parent / "another.pdf"):
        plan = finished.plan()
    assert (plan["parse_papers"], plan["clean_papers"]) == (1, 1)
    assert set(plan) == AFTER_CLEANING | {"parse_papers"}
    assert finished.plan() == {}


def test_papers_that_are_touched_or_get_an_old_date_rerun_nothing(finished):
    papers = list((finished.study / "papers").glob("*.pdf"))
    dates = {paper: paper.stat() for paper in papers}
    for date in (None, (10**9, 10**9)):
        for paper in papers:
            os.utime(paper, date)
        assert finished.plan() == {}
    for paper, status in dates.items():
        os.utime(paper, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_the_same_configuration_written_back_reruns_nothing(finished):
    file = finished.study / "config.yaml"
    file.write_text(file.read_text())
    assert finished.plan() == {}


def test_a_prompt_reruns_the_samples_and_the_page(finished):
    with edited(finished.study / "config.yaml", replace('["The heart"]', '["The donor"]')):
        assert set(finished.plan()) == {"generate_samples", "write_report", "write_cards"}


@pytest.mark.parametrize(
    "key", ["peak_tflops: 5.0", "utilization: [0.1, 0.2]", "gpu_memory_gb: 80", "runtime_minutes: 9"]
)
def test_what_the_plan_is_made_from_retrains_nothing(finished, key):
    with edited(finished.study / "config.yaml", change("hardware", key)):
        assert finished.plan() == {"plan_runs": 1, "write_report": 1}


def test_a_price_reruns_the_plan_and_what_shows_money(finished):
    with edited(finished.study / "config.yaml", change("cost", "price_per_gpu_hour: 9.0")):
        assert set(finished.plan()) == {
            "plan_runs", "fit_scaling_law", "write_report", "write_cards",
        }  # fmt: skip


def make_plan(finished, *arguments, check=True):
    profile = finished.code / "profiles/default"
    return finished.snakemake("--cores", "1", *arguments, "--profile", profile, *finished.config, check=check)


def test_a_plan_made_again_knows_the_measured_speeds_and_retrains_nothing(finished):
    file = finished.study / "results/plan.tsv"
    assert {run.speed_source for run in read_plan(file)} == {"formula"}
    shown = make_plan(finished, "--force", "results/plan.tsv").stdout
    assert re.search(r"^  run +trained weights +tokens +steps", shown, re.M)
    assert finished.plan() == {"write_report": 1}
    planned = read_plan(file)
    timings = [json.loads((finished.study / f"results/runs/{run.run}/timing.json").read_text()) for run in planned]
    speeds = [timing["tokens_per_second"] for timing in timings]  # they differ with what else the machine does
    for run in planned:
        assert run.speed_source == "measured"
        shortest, longest = (10 + run.num_trained_tokens / speed for speed in (max(speeds), min(speeds)))
        assert shortest / 1.2 < run.seconds < longest * 1.2  # 10: hardware.startup_seconds


def test_a_walltime_that_is_too_short_is_refused_by_the_plan_before_any_training(finished):
    file, short = finished.study / "config.yaml", change("hardware", "startup_seconds: 100, runtime_minutes: 1")
    with edited(file, replace("rank: [4, 2]", "rank: [4, 2, 3]")), edited(file, short):
        refused = make_plan(finished, "--cores", "2", check=False)
    make_plan(finished, "plan")
    assert refused.returncode != 0
    assert not (finished.study / "logs/train_qlora/rank-3.log").exists()  # it could have started at the same moment
    assert tells(refused.stdout, "2 to 2 minutes", "hardware.runtime_minutes", 1)
    assert set(finished.plan()) <= {"write_report"}


def test_a_template_reruns_the_page_that_it_makes(finished):
    with edited(finished.code / "src/further/report/templates/style.css", append("/* wider */\n")):
        assert finished.plan() == {"write_report": 1}
    with edited(finished.code / "src/further/corpus/templates/style.css", append("/* wider */\n")):
        assert set(finished.plan()) == {"draw_pages", "write_report"}


def test_a_study_that_is_moved_and_one_of_a_moved_project_are_not_done_again(finished, tmp_path):
    """Copied with their times, as a move keeps them; no path of either is recorded."""
    for name in ("code", "study"):
        shutil.copytree(getattr(finished, name), tmp_path / name, symlinks=True)
    there = finished.plan()
    assert set(there) <= {"write_report"}  # where a test before this one made the plan anew
    assert type(finished)(finished.code, tmp_path / "study").plan() == there
    assert type(finished)(tmp_path / "code", tmp_path / "study").plan() == there


def test_every_rule_states_what_style_asks_for(finished):
    """Log, benchmark, threads, memory, minutes, settings and code: in every rule; retries, if any, are none."""
    for file in (finished.code / "workflow/rules").glob("*.smk"):
        rules = re.split(r"^rule ", file.read_text(), flags=re.M)[1:]
        for rule in rules:
            for directive in ("log:", "benchmark:", "threads:", "mem_mb=", "runtime=", "settings=", "code=code("):
                assert directive in rule, f"{file.name}: rule {rule.split(':')[0]} lacks {directive}"
            assert "retries:" not in re.sub(r"retries: 0\b", "", rule)
