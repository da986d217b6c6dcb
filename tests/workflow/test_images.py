"""A small study of images: planned without anything there, run to its page, and rerun after edits."""

import csv
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml
from PIL import Image

from cases.made import write_dicom
from facts import naming, tells
from further.cli.answer import answer_image, answer_table
from further.guard.records import GuardRecord
from further.records.answers import AnswersRecord
from models.tiny import save_model
from workflow.conftest import Project, copy_project
from workflow.test_reruns import edited

SMALL = Path(__file__).parent / "small_images.yaml"
PICTURES = {
    "draw_phantoms",
    "draw_shifted",
    "read_images",
    "gather_cases",
    "encode_images",
    "train_image_base",
    "fetch_model",
}


@pytest.fixture(scope="session")
def answered(tmp_path_factory):
    """A small study on drawn phantoms, run to its end."""
    folder = tmp_path_factory.mktemp("answered")
    project = Project(copy_project(folder), folder / "study")
    project.study.mkdir()
    shutil.copy(SMALL, project.study / "config.yaml")
    project.snakemake("--cores", "2", "--profile", project.code / "profiles/default", *project.config, timeout=1800)
    return project


def change(project, **sections):
    """Edit the study file; returns what it was."""
    file = project.study / "config.yaml"
    before = file.read_text()
    config = yaml.safe_load(before)
    for section, values in sections.items():
        config.setdefault(section, {}).update(values)
    file.write_text(yaml.safe_dump(config, sort_keys=False))
    return before


@pytest.mark.workflow
def test_the_study_for_a_cluster_is_planned_without_network_gpu_or_slurm(project):
    done = project.snakemake(
        "-n", "--profile", project.code / "profiles/default", "--configfile", project.code / "config/radiology.yaml"
    )
    jobs = {line.split()[0] for line in done.stdout.splitlines() if line.strip()}
    assert {"fetch_model", "encode_images", "train_qlora", "answer_run", "guard_answers", "write_report"} <= jobs
    assert not jobs & {"parse_papers", "tokenize_papers", "score_run", "train_image_base"}


def write_cases(folder, columns, rows):
    folder.mkdir()
    with (folder / "cases.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([columns, *rows])
    return folder


@pytest.mark.workflow
@pytest.mark.parametrize(
    ("columns", "pictures", "said"),
    [
        (["case", "image", "question"], ["a.png"], "known for answer"),
        (["case", "image", "question", "answer"], [], "image"),
        (["name", "text"], ["a.png"], "columns"),
    ],
)
def test_a_folder_that_cannot_be_read_is_refused_in_one_line_before_any_job(project, tmp_path, columns, pictures, said):
    folder = write_cases(tmp_path / "cases", columns, [["one", "a.png", "what is it?", "ct"][: len(columns)]])
    for name in pictures:
        Image.new("L", (8, 8)).save(folder / name)
    file = tmp_path / "study.yaml"
    file.write_text(json.dumps(yaml.safe_load(SMALL.read_text()) | {"cases": {"folder": str(folder)}}))
    done = project.snakemake("-n", "--configfile", file, check=False)
    assert done.returncode != 0 and "Traceback" not in done.stdout
    faults = done.stdout.split("Nothing was started.\n")[1].strip().splitlines()
    assert len(faults) == 1 and said in faults[0]


@pytest.mark.workflow
@pytest.mark.parametrize("setting", ["cases.folder", "guard.shifted_folder"])
def test_two_cases_of_one_id_are_refused_in_one_line_before_any_job(project, tmp_path, setting):
    values = np.random.default_rng(0).integers(0, 4000, (8, 8), dtype=np.uint16)
    for place, patient in enumerate(("DOE-1", "DOE-2")):
        write_dicom(tmp_path / "cases" / f"{place}.dcm", values + place, StudyInstanceUID="1.2", PatientID=patient)
    section, key = setting.split(".")
    study = yaml.safe_load(SMALL.read_text())
    study = study | {section: {**study.get(section, {}), key: str(tmp_path / "cases")}}
    file = tmp_path / "study.yaml"
    file.write_text(json.dumps(study))
    done = project.snakemake("-n", "--configfile", file, check=False)
    faults = done.stdout.split("Nothing was started.\n")[1].strip().splitlines()
    assert done.returncode != 0 and len(faults) == 1
    assert re.match(rf"{re.escape(setting)}: .*\bstudy-\w", faults[0]) and "DOE" not in faults[0]


@pytest.mark.workflow
@pytest.mark.parametrize(
    ("section", "values", "facts"),
    [
        ("model", {"source": "demo"}, ["model.source", "demo"]),
        ("training", {"replay_fraction": 0.1}, ["training.replay_fraction", 0.1]),
        ("cases", {"test_fraction": 0.6, "validation_fraction": 0.5}, ["cases.test_fraction", 0.6, 0.5]),
    ],
)
def test_settings_that_images_exclude_are_refused(project, tmp_path, section, values, facts):
    config = yaml.safe_load(SMALL.read_text())
    config[section] |= values
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(config))
    done = project.snakemake("-n", "--configfile", tmp_path / "study.yaml", check=False)
    assert done.returncode != 0 and tells(done.stdout, *facts)


@pytest.mark.slow
def test_each_run_answers_the_same_questions_and_is_held_against_floors(answered):
    record = AnswersRecord.load(answered.study / "results/evaluation/answers.json")
    assert set(record.runs) == {"default", "fraction-0.5", "answer_tokens-3_cut_answers-bare"}
    assert set(record.main) == {"modality", "abnormal", "side", "caption"}
    assert set(record.floors) == {"majority", "question only", "pixels"} and set(record.views) == {"black", "other"}
    for run in record.runs.values():
        assert {kind: scores.answers for kind, scores in run.scores.items() if kind != "all"} == dict.fromkeys(
            record.main, 15
        )
    assert record.runs["fraction-0.5"].num_cases == 15 and record.default.num_cases == 30
    bare = record.runs["answer_tokens-3_cut_answers-bare"].cause
    assert bare.cut_fraction == pytest.approx(1 / 4)  # of four questions a case, the caption alone is longer
    assert record.default.cause.cut_fraction == 0


@pytest.mark.slow
def test_the_guard_decides_about_every_answer_of_the_default_run(answered):
    guard = GuardRecord.load(answered.study / "results/guard/guard.json")
    assert set(guard.certificates) == {"modality", "abnormal", "side", "caption"}
    assert {one.counts.eligible for one in guard.certificates.values()} == {15}
    guarded = pq.read_table(answered.study / "results/guard/guarded.parquet").to_pandas()
    assert guarded["split"].value_counts().to_dict() == {"validation": 60, "test": 60, "shifted": 48}
    assert {(one.cases, one.outcome) for one in guard.shifted.values()} == {(12, "nothing promised")}
    assert not guarded["accepted"].any()  # 15 cases certify nothing at 10 %


@pytest.mark.slow
def test_the_page_shows_cases_and_says_who_wrote_what(answered):
    page = (answered.study / "results/report/index.html").read_text()
    assert page.count("data:image/png;base64,") == 6  # two of each kind
    assert "not provided" in page and "case record" in page and "clinical use" in page
    assert 'id="guard"' in page and "radiologist" in page
    assert (answered.study / "results/runs/default/adapter/README.md").is_file()


@pytest.mark.slow
def test_an_edit_reruns_what_depends_on_it_and_no_image(answered):
    assert answered.plan() == {}
    before = change(answered, cases={"questions": ["modality", "abnormal", "side"]})
    try:
        plan = answered.plan()
        assert {"ask_questions", "score_floors", "train_qlora", "answer_run", "write_report"} <= set(plan)
        assert not PICTURES & set(plan) and "split_cases" not in plan
    finally:
        (answered.study / "config.yaml").write_text(before)
    before = change(answered, guard={"target_error": 0.2})
    try:
        assert set(answered.plan()) == {"guard_answers", "write_report"}
    finally:
        (answered.study / "config.yaml").write_text(before)
    before = change(answered, answers={"new_tokens": 9})
    try:
        assert "train_qlora" not in answered.plan() and answered.plan()["answer_run"] == 3
    finally:
        (answered.study / "config.yaml").write_text(before)


@pytest.mark.slow
def test_an_edited_question_rule_reruns_questions_and_after_and_no_image(answered):
    with edited(answered.code / "src/further/cases/questions.py", lambda text: text + "\nEDITED = 1\n"):
        plan = answered.plan()
    assert {"ask_questions", "score_floors", "train_qlora", "answer_run", "guard_answers", "write_report"} <= set(plan)
    assert not PICTURES & set(plan)


@pytest.mark.slow
@pytest.mark.parametrize("module", ["worker", "pixels"])
def test_a_module_of_the_child_process_that_opens_pictures_reruns_reading_and_after(answered, module):
    with edited(answered.code / f"src/further/cases/{module}.py", lambda text: text + "\nEDITED = 1\n"):
        plan = answered.plan()
    assert {"read_images", "gather_cases", "encode_images", "train_qlora", "answer_run", "write_report"} <= set(plan)
    assert not {"draw_phantoms", "fetch_model"} & set(plan)


@pytest.mark.slow
def test_every_module_that_a_script_loads_is_in_its_digest(answered):
    scripts = {"train_on_answers", "answer_questions", "encode_images", "compare_answers", "write_report"}
    assert scripts <= answered.check_digests()


@pytest.mark.slow
def test_a_new_image_is_answered_or_handed_over(answered):
    picture = next((answered.study / "results/demo/cases/images").glob("*.png"))
    said = answer_image(answered.study, picture, "what modality is used?", show_all=False)
    assert tells(said[-2], "person", "certified")
    assert "the model wrote" in answer_image(answered.study, picture, "caption", show_all=True)[-2]
    assert "never checked" in answer_image(answered.study, picture, "will it rain?", show_all=False)[-2]
    with pytest.raises(ValueError, match=naming(picture.with_name("nowhere.png"))):
        answer_image(answered.study, picture.with_name("nowhere.png"), "caption", show_all=False)


@pytest.mark.slow
def test_a_table_of_questions_is_answered_or_handed_over(answered, tmp_path):
    picture = next((answered.study / "results/demo/cases/images").glob("*.png"))
    table, output = tmp_path / "asked.csv", tmp_path / "answered.csv"
    rows = [f"{picture},what modality is used?", f"{picture},will it rain?", "nowhere.png,caption"]
    table.write_text("image,question\n" + "\n".join(rows) + "\n")
    said = answer_table(answered.study, table, output, show_all=True)
    assert said[-2].startswith("0 of 3 answered")
    found = pd.read_csv(output, keep_default_na=False)
    assert list(found["decision"]) == ["deferred"] * 3 and list(found["case"]) == ["row 1", "row 2", "row 3"]
    one = answer_image(answered.study, picture, "what modality is used?", show_all=True)[-2]
    assert one.endswith(f"the model wrote: {found['answer'][0]}") and found["mean_logprob"][0] != ""
    assert "never checked" in found["reason"][1] and tells(found["reason"][2], "nowhere.png")
    table.write_text("picture,question\na.png,caption\n")
    with pytest.raises(ValueError, match=naming(table, "image", "picture, question")):
        answer_table(answered.study, table, output, show_all=True)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["paligemma2", "gemma3"])
def test_other_families_go_through_the_same_graph(tmp_path, kind):
    project = Project(copy_project(tmp_path), tmp_path / "study")
    project.study.mkdir()
    save_model(project.study / "model", kind)
    shutil.copy(SMALL, project.study / "config.yaml")
    config = yaml.safe_load(SMALL.read_text())
    config |= {"model": {"name": kind, "source": "folder", "path": "model"}, "sweeps": {}}
    config["training"] |= {"context": 128, "batch_tokens": 512}
    config["cases"] |= {"shards": 1}
    (project.study / "config.yaml").write_text(yaml.safe_dump(config))
    project.snakemake("--cores", "2", "--profile", project.code / "profiles/default", *project.config, timeout=1800)
    record = AnswersRecord.load(project.study / "results/evaluation/answers.json")
    assert record.default.nats_per_token < record.default.base_nats_per_token
    assert (project.study / "results/report/index.html").is_file()
