"""Questions: their file, their scores beside lm-evaluation-harness, comparisons worked by hand, instructions."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from evaluation.styles import STYLES, save_style
from facts import naming
from further.evaluation.questions.compare import compare_answers, pick
from further.evaluation.questions.follow import INSTRUCTIONS, follow_instructions, write_replies
from further.evaluation.questions.judged import judge_questions
from further.evaluation.questions.measure import find_ends, measure_questions
from further.evaluation.questions.pairs import pair, share
from further.evaluation.questions.read import Question, find_correct, has_choices, read_questions
from further.evaluation.questions.score import Answered, answer_questions, cut
from further.io import write_json
from further.models import Precision, load
from further.records.questions import QuestionsFile
from further.settings import QuestionSettings
from further.tokens.tokenizer import load_tokenizer

HEAD = "question,choices,correct,passage,topic,paper\n"
PRECISION = Precision("none", "float32")
QUESTIONS = [
    Question(
        "Which organ is kept cold?", ("the heart", "a pump", "the right ventricle of the donor"), 0, topic="donor"
    ),
    Question("What is graded?", ("exercise", "rejection"), 1, "Rejection is graded on a biopsy.", "biopsy"),
    Question("What travels?", ("a donor", "it", "the patient", "rejection"), 1),
    Question("What may carry the patient?", ("A pump",), 0),
    Question("Name it.", ("the heart",), 0, topic="donor"),
]


def write(path, text):
    path.write_text(HEAD + text, encoding="utf-8")
    return path


# The file


def test_a_file_is_read_with_choices_passages_and_single_answers(tmp_path):
    text = 'Which?,"a | the heart, cold",B,Read this.,donor,one\nWho?,,the donor,,,\n'
    assert read_questions(write(tmp_path / "questions.csv", text)) == [
        Question("Which?", ("a", "the heart, cold"), 1, "Read this.", "donor", "one"),
        Question("Who?", ("the donor",), 0),
    ]


def test_semicolons_may_stand_between_columns_and_a_mark_before_them(tmp_path):
    (tmp_path / "excel.csv").write_bytes("\ufeffquestion;choices;correct\r\nWhich, then?;a|b;2\r\n".encode())
    assert read_questions(tmp_path / "excel.csv") == [Question("Which, then?", ("a", "b"), 1)]


@pytest.mark.parametrize(
    ("correct", "choices", "place"),
    [("b", ("a", "b"), 1), ("B", ("x", "y"), 1), ("2", ("x", "y"), 1), ("2", ("2", "1"), 0), ("a", ("b", "a"), 1)],
)
def test_the_correct_choice_is_named_by_text_letter_or_number_in_this_order(correct, choices, place):
    assert find_correct(correct, choices) == place


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        (",a|b,a,,,", ["question"]),
        ("Which?,a|b,,,,", ["correct"]),
        ("Which?,a|b,c,,,", ["'c'", 2]),
        ("Which?,a|b,3,,,", ["'3'", 2]),
        ("Which?,a|a,a,,,", ["choices"]),
        ("Which?,a|,a,,,", ["choices"]),
    ],
)
def test_an_unsound_question_is_a_fault_with_its_line(line, facts, tmp_path):
    with pytest.raises(ValueError, match=naming("questions.csv", "line 2", *facts)):
        read_questions(write(tmp_path / "questions.csv", f"{line}\n"))


def test_every_fault_of_a_file_is_told_at_once_up_to_five(tmp_path):
    with pytest.raises(ValueError, match=naming("2 more")) as caught:
        read_questions(write(tmp_path / "questions.csv", "Which?,a|b,c,,,\n" * 7))
    assert str(caught.value).count("\n") == 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("question,answer\nWho?,me\n", "no column correct"),
        ("question,correct,hint\nWho?,me,no\n", "a column 'hint'; allowed are question"),
        ("question,correct\n", "holds no question"),
    ],
)
def test_a_file_of_another_form_is_refused(text, message, tmp_path):
    (tmp_path / "questions.csv").write_text(text)
    with pytest.raises(ValueError, match=message):
        read_questions(tmp_path / "questions.csv")


# Scores


def answers_of(folder, questions=QUESTIONS, window=64, batch_tokens=100):
    return answer_questions(load(folder, PRECISION), questions, load_tokenizer(folder), window, batch_tokens)


def harness_results(folder, questions, path):
    """What lm-evaluation-harness says of the same questions, given to it as a task on this disk."""
    evaluator = pytest.importorskip("lm_eval", reason="lm-eval is not installed")
    from lm_eval.api.task import ConfigurableTask
    from lm_eval.models.huggingface import HFLM

    lines = [
        {"text": question.prompt, "choices": list(question.choices), "gold": question.correct} for question in questions
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    task = ConfigurableTask(
        config={
            "task": "local",
            "dataset_path": "json",
            "dataset_kwargs": {"data_files": {"test": str(path)}},
            "test_split": "test",
            "output_type": "multiple_choice",
            "doc_to_text": "{{text}}",
            "doc_to_choice": "choices",
            "doc_to_target": "gold",
            "metric_list": [{"metric": "acc"}, {"metric": "acc_norm"}],
        }
    )
    model = HFLM(str(folder), device="cpu", dtype="float32", batch_size=4)
    return evaluator.evaluate(model, {"local": task}, log_samples=True, bootstrap_iters=0)


@pytest.mark.parametrize("style", STYLES)
def test_accuracy_and_likelihoods_are_those_of_the_harness(style, tmp_path):
    (tmp_path / "model").mkdir()
    folder = save_style(style, tmp_path / "model")
    choosing = [question for question in QUESTIONS if question.has_choices]
    ours = answers_of(folder, choosing)
    theirs = harness_results(folder, choosing, tmp_path / "questions.jsonl")
    for answered, sample in zip(ours, theirs["samples"]["local"], strict=True):
        expected = [float(reply[0][0]) for reply in sample["resps"]]
        assert answered.loglikelihoods == pytest.approx(expected, rel=1e-4)
    record = compare_answers(choosing, ours, ours, {}, "default", "none")
    assert record.accuracy.base.fraction == pytest.approx(theirs["results"]["local"]["acc,none"])
    assert record.accuracy_norm.base.fraction == pytest.approx(theirs["results"]["local"]["acc_norm,none"])


def test_batches_and_other_questions_beside_it_change_no_answer(model_folder):
    together = answers_of(model_folder)
    for place, question in enumerate(QUESTIONS):
        (alone,) = answers_of(model_folder, [question], batch_tokens=1)
        assert alone.loglikelihoods == pytest.approx(together[place].loglikelihoods, rel=1e-5)
        assert alone.unasked == pytest.approx(together[place].unasked, rel=1e-5)


def test_an_answer_is_greedy_if_the_model_would_write_it(model_folder):
    """The likeliest next token of a plain forward pass, where it begins a word, and the least likely one."""
    import torch

    tokenizer, model = load_tokenizer(model_folder), load(model_folder, PRECISION)
    found = []
    for text in (f"Name number {number} of them." for number in range(60)):
        ids = tokenizer.encode(Question(text, ("x",), 0).prompt).ids
        words = [
            (tokenizer.decode([token]), place)
            for place, token in enumerate(
                model.network(torch.tensor([ids])).logits[0, -1].argsort(descending=True).tolist()
            )
        ]
        first, *_, last = [(word, place) for word, place in words if word.startswith(" ") and word.strip().isalpha()]
        found += [(Question(text, (word.strip(),), 0), place == 0) for word, place in (first, last)]
    assert {likeliest for _, likeliest in found} == {True, False}
    answers = answers_of(model_folder, [question for question, _ in found])
    assert [answered.greedy for answered in answers] == [likeliest for _, likeliest in found]


def test_a_long_passage_loses_its_beginning_and_that_is_counted(model_folder):
    long = Question("What?", ("heart", "pump"), 0, "The heart of a donor is kept cold while it travels. " * 20)
    (answered,) = answers_of(model_folder, [long], window=32)
    assert answered.truncated
    assert not answers_of(model_folder, QUESTIONS[:1])[0].truncated


def test_a_window_keeps_the_last_tokens_and_all_of_the_answer():
    whole, shortened = cut(0, [1, 2, 3], [4, 5], window=4)
    assert (list(whole.inputs), list(whole.targets), shortened) == ([1, 2, 3, 4], [4, 5], False)
    short, shortened = cut(0, [1, 2, 3], [4, 5], window=2)
    assert (list(short.inputs), list(short.targets), shortened) == ([3, 4], [4, 5], True)


# Comparisons


def answered(*loglikelihoods, unasked=None, greedy=False):
    return Answered(loglikelihoods, unasked or loglikelihoods, greedy, False)


def test_the_likeliest_choice_and_the_likeliest_per_character_may_differ():
    choices = ("ab", "abcdefgh")
    assert pick((-3.0, -4.0), choices, norm=False) == 0
    assert pick((-3.0, -4.0), choices, norm=True) == 1  # -1.5 and -0.5 a character
    assert pick((-1.0, -1.0), choices, norm=False) == 0  # the first of equals, as numpy has it


def test_mcnemars_test_counts_the_questions_that_differ():
    """Nine gained and one lost: 2 * (C(10,0) + C(10,1)) / 2**10 = 22 / 1024."""
    compared = pair([False] * 9 + [True] * 11, [True] * 9 + [False] + [True] * 10)
    assert (compared.gained, compared.lost) == (9, 1)
    assert compared.p_value == pytest.approx(22 / 1024)
    assert (compared.base.fraction, compared.adapted.fraction, compared.difference) == (0.55, 0.95, 0.4)


def test_the_interval_of_the_difference_is_bonett_and_prices():
    """With 9 and 1 of 20: (10/22 - 2/22) -+ 1.96 * sqrt((12/22 - (8/22)**2) / 22)."""
    compared = pair([False] * 9 + [True] * 11, [True] * 9 + [False] + [True] * 10)
    half = stats.norm.ppf(0.975) * np.sqrt((12 / 22 - (8 / 22) ** 2) / 22)
    assert (compared.low, compared.high) == pytest.approx((8 / 22 - half, 8 / 22 + half))
    assert pair([True], [True]).p_value == 1.0


def test_a_share_has_the_exact_interval():
    """None of ten: 1 - 0.025 ** (1 / 10) is the upper end of Clopper and Pearson's."""
    none = share([False] * 10)
    assert (none.fraction, none.low) == (0.0, 0.0)
    assert none.high == pytest.approx(1 - 0.025**0.1)
    with pytest.raises(ValueError, match="no question"):
        share([])


def test_a_comparison_counts_topics_splits_floors_and_single_answers():
    questions = [
        Question("1", ("aa", "b"), 0, topic="x", paper="one"),
        Question("2", ("a", "bbb", "ccc"), 1, topic="x", paper="two"),
        Question("3", ("c",), 0, topic="y", paper="nowhere"),
    ]
    base = [answered(-2.0, -1.0, unasked=(-1.0, -2.0)), answered(-1.0, -2.0, -9.0), answered(-4.0)]
    adapted = [answered(-1.0, -2.0), answered(-1.0, -2.0, -9.0), answered(-2.0, greedy=True)]
    record = compare_answers(questions, base, adapted, {"one": "train", "two": "test"}, "default", "nf4")
    assert (record.accuracy.base.correct, record.accuracy.adapted.correct, record.accuracy.gained) == (0, 1, 1)
    # Per character: -1 and -1 (the first of equals), then -1, -2/3 and -3.
    assert record.accuracy_norm.base.correct == 2
    assert (record.answers.base.correct, record.answers.adapted.correct) == (0, 1)
    assert [(group.name, group.accuracy.base.number) for group in record.topics] == [("x", 2), ("y", 1)]
    assert [(group.name, group.accuracy.adapted.correct) for group in record.splits] == [("test", 0), ("train", 1)]
    assert record.floors.chance == pytest.approx((1 / 2 + 1 / 3) / 2)
    assert record.floors.longest_choice == pytest.approx((1 + 1 / 2) / 2)
    assert record.floors.without_question.base.correct == 1
    assert record.nats_per_answer == pytest.approx(((2 + 2 + 4) / 3, (1 + 2 + 2) / 3))
    assert record.lines[2].base_correct_norm is None and record.lines[2].split is None


# Instructions

GOOD = {
    "one word": "Paris.",
    "yes or no": "Yes",
    "a number": "7",
    "five numbers": "1, 2, 3, 4, 5",
    "the word": "done",
    "the sentence": "The cat sat on the mat.",
    "three lines": "- apple\n- pear\n- plum",
    "two numbered lines": "1. red\n2. blue",
    "capital letters": "HELLO THERE!",
    "one sentence": "Dogs bark.",
    "JSON": '{"color": "green"}',
    "quotation marks": '"The Long Rain"',
}
BAD = {
    "one word": "The capital of France is Paris.",
    "yes or no": "Yes, ice is cold.",
    "a number": "There are 7 days.",
    "five numbers": "1, 2, 3, 4, 5, 6",
    "the word": "Done! Anything else?",
    "the sentence": "The cat sat.",
    "three lines": "- apple\n- pear",
    "two numbered lines": "red and blue",
    "capital letters": "Hello there!",
    "one sentence": "Dogs bark. They also run.",
    "JSON": "The color is green.",
    "quotation marks": "The Long Rain",
}


@pytest.mark.parametrize("instruction", INSTRUCTIONS, ids=lambda instruction: instruction.form)
def test_a_reply_of_the_form_asked_for_follows_and_another_does_not(instruction):
    assert instruction.check(GOOD[instruction.form])
    assert not instruction.check(BAD[instruction.form])
    assert not instruction.check("")


@pytest.fixture
def chat_folder(model_folder, tmp_path):
    """The tiny model with a chat template, and a reply that may end with either of two marks."""
    import shutil

    folder = tmp_path / "chat"
    shutil.copytree(model_folder, folder)
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    settings["chat_template"] = "{% for m in messages %}Say: {{ m['content'] }}\n{% endfor %}"
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": [1, 0]}))
    return folder


def test_replies_in_a_batch_are_those_to_each_prompt_alone(chat_folder):
    from further.models import load_tokenizer as load_transformers_tokenizer

    model, tokenizer = load(chat_folder, PRECISION), load_transformers_tokenizer(chat_folder)
    prompts = ["The heart", "Rejection is graded on a biopsy of the right", "A"]
    ends = find_ends(chat_folder, tokenizer)
    assert ends == [1, 0]
    alone = [write_replies(model, tokenizer, [prompt], ends)[0] for prompt in prompts]
    assert write_replies(model, tokenizer, prompts, ends) == alone


def test_a_model_without_a_chat_template_is_given_no_instructions(adapted, model_folder):
    from further.models import load_tokenizer as load_transformers_tokenizer

    assert follow_instructions(adapted, load_transformers_tokenizer(model_folder), [1]) is None


def test_the_record_of_a_chat_model_holds_both_parts_and_is_read_back(chat_folder, adapter, tmp_path):
    settings = QuestionSettings(
        quantization="none", compute_dtype="float32", window=64, stride=32, batch_tokens=200, questions=None,
        instructions=True,
    )  # fmt: skip
    measured = measure_questions(chat_folder, adapter, QUESTIONS, {}, settings)
    assert measured.questions.num_questions == len(QUESTIONS)
    assert measured.questions.accuracy.base.number == 3 and measured.questions.answers.base.number == 2
    assert len(measured.instructions.replies) == len(INSTRUCTIONS) == 12
    assert any(line.base_loglikelihoods != line.adapted_loglikelihoods for line in measured.questions.lines)
    write_json(tmp_path / "questions.json", measured.model_dump(mode="json"))
    assert QuestionsFile.load(tmp_path / "questions.json") == measured
    off = measure_questions(chat_folder, Path("absent"), [], {}, settings | {"instructions": False})
    assert off == QuestionsFile(questions=None, instructions=None)


# For the guard


def test_answers_are_judged_and_their_scores_are_of_the_choices(tmp_path):
    """Likelihoods .3 and .1 of two choices are 3/4 and 1/4. The question with one answer is left out."""
    questions = [Question("Which?", ("left", "right"), 1), Question("Name it.", ("left",), 0)]
    adapted = [answered(np.log(0.3), np.log(0.1)), answered(-1.0)]
    rows = judge_questions(compare_answers(questions, adapted, adapted, {}, "default", "none"))
    (row,) = rows.to_dict("records")
    assert (row["case"], row["question_type"], row["split"]) == ("question 1", "multiple choice", "validation")
    assert (row["answer"], row["reference"], row["correct"]) == ("left", "right", False)
    assert row["mean_logprob"] == row["min_logprob"] == pytest.approx(np.log(0.75))
    assert row["entropy"] == pytest.approx(-0.75 * np.log(0.75) - 0.25 * np.log(0.25))


def test_half_of_the_questions_choose_whatever_their_order_in_the_file():
    questions = [Question(f"Which of {number}?", ("left", "right"), 0) for number in range(9)]
    scores = [answered(-1.0, -2.0)] * 9
    forward, backward = (
        judge_questions(compare_answers(order, scores, scores, {}, "default", "none"))
        for order in (questions, questions[::-1])
    )
    chosen = forward.set_index("question")["split"]
    assert chosen.value_counts().to_dict() == {"validation": 5, "test": 4}
    assert backward.set_index("question")["split"].to_dict() == chosen.to_dict()


def test_only_a_file_with_choices_is_guarded(tmp_path):
    assert not has_choices(None) and has_choices("demo")
    assert not has_choices(str(write(tmp_path / "single.csv", "Who?,,the donor,,,\n")))
