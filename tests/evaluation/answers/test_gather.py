"""From answers to the record: what is judged by which score, what changed, and what the guard may learn from."""

import pandas as pd
import pytest

from evaluation.answers.answers_case import CASES, answers_of, gather, table
from further.evaluation.answers.gather import choose_main, find_still_learning, score_generated
from further.evaluation.answers.judge import judge_answers, name_questions
from further.guard.schemas import check_answers
from further.records.answers import ALL


def test_before_after_and_change_are_of_the_same_questions():
    record = gather(answers_of(9), answers_of(24))
    run = record.default
    assert record.base_of("default")["modality"].exact_match.estimate == pytest.approx(0.3)
    assert run.scores["modality"].exact_match.estimate == pytest.approx(0.8)
    change = run.change["modality"]
    assert change.exact_match.estimate == pytest.approx(0.5)
    assert (change.became_right, change.became_wrong) == (15, 0)
    assert change.exact_match.low > 0.25 and change.exact_match.high < 0.75
    assert run.nats_per_token == 1.0 and run.trainable_share == 0.01
    assert record.floors["majority"]["modality"].exact_match.estimate == pytest.approx(0.3)
    assert ALL not in record.main and set(record.main) == {"modality"}


def test_validation_answers_are_not_scored():
    answers = answers_of(30) + [
        {**line, "question_id": f"v{line['question_id']}", "case": f"v{line['case']}"}
        for line in answers_of(0, split="validation")
    ]
    scored = score_generated(table(answers))

    assert len(scored.scores) == CASES and scored.scores["exact_match"].mean() == 1.0


def test_types_with_many_answers_are_judged_by_words_in_common():
    terms = pd.DataFrame({"question_type": "modality", "reference": [str(n % 50) for n in range(200)]})
    texts = pd.DataFrame({"question_type": "caption", "reference": [str(n % 51) for n in range(200)]})
    assert choose_main(pd.concat([terms, texts])) == {"modality": "exact_match", "caption": "token_f1"}


@pytest.mark.parametrize(("losses", "still"), [([], None), ([1.0], None), ([1.0, 0.98], True), ([1.0, 0.995], False)])
def test_a_loss_that_fell_by_more_than_a_hundredth_was_still_falling(losses, still):
    assert find_still_learning(losses) is still


def test_loops_are_explained_by_cut_rows_and_the_state_of_training():
    looping = answers_of(0, wrong="cec " * 8, ended=False, longest_run=8)
    record = gather(answers_of(0), looping)
    assert record.default.loops.without_end.estimate == 1.0
    cause = record.default.cause
    assert (cause.cut_fraction, cause.still_learning, cause.cause) == (0.25, True, "both")
    assert gather(answers_of(0), looping, num_without_end=0).default.cause.cause == "too little training"


def test_the_guard_learns_from_what_a_rule_can_judge():
    lines = [
        *answers_of(20),
        *answers_of(10, question_type="abnormal", reference="yes", wrong="No, it is normal", kind="yes/no"),
        *answers_of(30, question_type="caption", reference="a cyst", task="caption", question=""),
    ]
    training = [{"split": "train", "question_type": "modality", "answer": name} for name in ("ct", "mri")]
    training += [{"split": "train", "question_type": "caption", "answer": f"text {n}"} for n in range(51)]
    judged = judge_answers(table(lines), pd.DataFrame(training))
    right = judged.groupby("question_type")["correct"]
    assert right.get_group("modality").sum() == 20 and right.get_group("abnormal").sum() == 10
    assert right.get_group("caption").isna().all()  # of 51 different texts no rule tells which is right
    assert set(judged["caption"]) == {"a cyst"}
    check_answers(judged)


def test_a_question_about_several_images_of_a_case_is_told_apart():
    asked = pd.DataFrame({"case": ["a", "a", "b"], "question_type": "plane", "question": "which plane?"})
    assert name_questions(asked) == ["which plane? (1 of 2)", "which plane? (2 of 2)", "which plane?"]
