"""Rows of questions: laid out as drawn, and computed as each question alone."""

import pytest
import torch

from facts import naming
from further.models import Precision, load
from further.tokens.packing import IGNORED
from further.vision.batches import collate, to_tensors
from further.vision.prompts import Prompt, make_prompter
from further.vision.rows import Asked, ask, drop_twice, group_questions, lay_out, make_row
from models.tiny import IMAGE_TOKENS, KINDS, save_model

QUESTIONS = [("what modality is used?", "ct"), ("on which side is the abnormality?", "left side"), ("is it so?", "no.")]
PROMPT = Prompt(ids=(7, 7, 2, 20, 21), blocks=(0, 0, -1, -1, -1), shared=3, num_image_tokens=2)
OTHER = Prompt(ids=(7, 7, 2, 22), blocks=(0, 0, -1, -1), shared=3, num_image_tokens=2)
ALONE = Prompt(ids=(7, 7, 2, 20), blocks=(0, 0, 0, 0), shared=0, num_image_tokens=2)


def asked(prompt, labels, images=("a",), case="one"):
    return Asked(case, images, prompt, labels, False)


def columns(row):
    return [values.tolist() for values in row.columns.values()]


def test_questions_of_one_image_share_it():
    """Image and BOS once; each question goes on from there, at the same positions, with its answer but for the last."""
    row = make_row([[asked(PROMPT, (30, 31, 1)), asked(OTHER, (32, 1))]])
    x = IGNORED
    assert columns(row) == [
        [7, 7, 2, 20, 21, 30, 31, 22, 32],
        [x, x, x, x, 30, 31, 1, 32, 1],
        [0, 1, 2, 3, 4, 5, 6, 3, 4],
        [0, 0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 1, 1, 1, 1, 2, 2],
        [0, 0, -1, -1, -1, -1, -1, -1, -1],
    ]
    assert row.images == ("a",) and row.cases == ("one",) and len(row) == 9


def test_groups_in_one_row_start_anew():
    row = make_row([[asked(ALONE, (30, 1))], [asked(ALONE, (31, 32, 1), ("b",), "two")]])
    x = IGNORED
    assert columns(row)[:4] == [
        [7, 7, 2, 20, 30, 7, 7, 2, 20, 31, 32],
        [x, x, x, 30, 1, x, x, x, 31, 32, 1],
        [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5],
        [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1],
    ]
    assert row.images == ("a", "b") and row.cases == ("one", "two")


def test_what_does_not_fit_starts_another_group_or_row():
    four = [asked(PROMPT, (30, 31, 1)), asked(OTHER, (32, 1)), asked(OTHER, (33, 1)), asked(ALONE, (30, 1), ("b",))]
    assert [len(group) for group in group_questions(four, 9)] == [2, 1, 1]  # 3 + 4 + 2 = 9; another 2 do not fit
    assert [len(row) for row in lay_out(four, 10, True, lambda group: 0)] == [9, 10]  # 3 + 2, and 5 of the other image
    assert [len(row) for row in lay_out(four, 10, False, lambda group: 0)] == [7, 5, 5, 5]


def test_seven_questions_of_an_image_are_361_positions_instead_of_1897():
    """256 image tokens and 15 of text, as measured; 7 × 271 = 1,897 and 256 + 7 × 15 = 361."""
    prompt = Prompt(tuple(range(270)), (0,) * 256 + (-1,) * 14, 256, 256)
    seven = [asked(prompt, (30, place)) for place in range(7)]
    assert [len(row) for row in lay_out(seven, 512, True, lambda group: 0)] == [361]
    assert sum(len(row) for row in lay_out(seven, 512, False, lambda group: 0)) == 1897


def test_a_question_asked_twice_is_one_row():
    assert len(drop_twice([asked(PROMPT, (30, 1)), asked(PROMPT, (30, 1)), asked(PROMPT, (31, 1))])) == 2


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    kept = {}

    def get(kind):
        if kind not in kept:
            folder = save_model(tmp_path_factory.mktemp(kind), kind)
            kept[kind] = load(folder, Precision("none", "float32", "sdpa")), make_prompter(folder)
        return kept[kind]

    return get


class Noise:
    """Features by name, drawn."""

    key = "image_features"

    def __getitem__(self, name):
        return torch.randn(IMAGE_TOKENS, 64, generator=torch.Generator().manual_seed(ord(name)))


def ask_all(prompter, images=(("a",), ("b",), ("a", "b"))):
    about = {"task": "answer", "language": "en"}
    lines = [
        about | {"case": "-".join(names), "images": list(names), "question": question, "answer": answer}
        for names in images
        for question, answer in QUESTIONS
    ]
    return [ask(line, prompter, 120) for line in lines]


def logits_of_labels(model, rows):
    """Logits at every label, by image and label, in the order of the rows."""
    batch = collate([to_tensors(row, Noise()) for row in rows])
    with torch.no_grad():
        learned = batch["labels"] != IGNORED
        return model.head(model.encode(batch)[learned]), batch["labels"][learned]


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_row_is_computed_as_each_question_alone(made, kind):
    model, prompter = made(kind)
    questions = ask_all(prompter)
    rows = lay_out(questions, 120, True, lambda group: 0)
    assert len(rows) < len(questions) - 4
    packed, labels = logits_of_labels(model, rows)
    alone = [logits_of_labels(model, [make_row([[one]])]) for one in questions]
    torch.testing.assert_close(labels, torch.cat([found for _, found in alone]))
    torch.testing.assert_close(packed, torch.cat([values for values, _ in alone]), atol=2e-5, rtol=1e-5)


def test_paligemmas_image_may_not_be_shared(made):
    """Its image tokens see the question: sharing them gives other numbers, so that its prompts share nothing."""
    model, prompter = made("paligemma")
    questions = ask_all(prompter, [("a",)])
    shared = [
        Asked(one.case, one.images, Prompt(one.prompt.ids, (*[0] * 5, *[-1] * (len(one.prompt.ids) - 5)), 5, 4),
              one.labels, False)
        for one in questions
    ]  # fmt: skip
    wrong, _ = logits_of_labels(model, [make_row([shared])])
    right = torch.cat([logits_of_labels(model, [make_row([[one]])])[0] for one in questions])
    assert (wrong - right).abs().max() > 0.1


REPORT = "A large cyst on the left. Nothing else is seen. It is stable."


@pytest.mark.parametrize(
    ("window", "how", "kept", "ends", "cut"),
    [
        (None, "sentence", REPORT, True, False),
        (10, "sentence", "A large cyst on the left.", True, True),
        (10, "bare", None, False, True),
    ],
)
def test_a_cut_answer_ends_after_a_sentence_unless_it_is_left_bare(made, window, how, kept, ends, cut):
    _, prompter = made("paligemma")
    line = {"case": "a", "images": ["a"], "task": "caption", "language": "en", "question": "", "answer": REPORT}
    one = ask(line, prompter, 100, window, how)
    assert (one.labels[-1] == prompter.end) is ends and one.cut is cut
    assert kept is None or prompter.decode(one.labels) == kept
    assert ends or (len(one.labels) == 10 and list(one.labels) == prompter.answer(REPORT)[:10])


def test_a_context_that_images_fill_leaves_no_answer(made):
    _, prompter = made("paligemma")
    line = {"case": "a", "images": ["a"], "task": "caption", "language": "en", "question": "", "answer": "ct"}
    with pytest.raises(ValueError, match=naming(8, 4)):
        ask(line, prompter, 8)
