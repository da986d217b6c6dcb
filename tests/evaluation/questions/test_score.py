"""Likelihoods of answers beside lm-evaluation-harness, whatever the tokenizer, the batch and the window."""

import shutil

import pytest
from tokenizers import Tokenizer
from tokenizers.processors import TemplateProcessing

from evaluation.questions.asked import PRECISION, QUESTIONS, answers_of, harness_results
from evaluation.styles import STYLES, save_style
from further.evaluation.questions.compare import compare_answers
from further.evaluation.questions.read import Question
from further.evaluation.questions.score import cut
from further.models import load
from further.tokens.tokenizer import load_tokenizer


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
    record = compare_answers(choosing, ours, ours, {}, "none")
    assert record.accuracy.base.fraction == pytest.approx(theirs["results"]["local"]["acc,none"])
    assert record.accuracy_norm.base.fraction == pytest.approx(theirs["results"]["local"]["acc_norm,none"])


def test_an_eos_that_the_tokenizer_puts_behind_every_text_is_no_part_of_an_answer(model_folder, tmp_path):
    folder = shutil.copytree(model_folder, tmp_path / "ending")
    ending = Tokenizer.from_file(str(folder / "tokenizer.json"))
    begin, end = ((ending.id_to_token(number), number) for number in (0, 1))
    ending.post_processor = TemplateProcessing(single=f"{begin[0]} $A {end[0]}", special_tokens=[begin, end])
    ending.save(str(folder / "tokenizer.json"))
    assert load_tokenizer(folder).encode("The heart").ids == [*load_tokenizer(model_folder).encode("The heart").ids, 1]
    assert answers_of(folder) == answers_of(model_folder)


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
