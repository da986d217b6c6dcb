"""Questions, what a model makes of them, and what lm-evaluation-harness makes of the same."""

import json

import pytest

from further.evaluation.questions.read import Question
from further.evaluation.questions.score import Answered, answer_questions
from further.models import Precision, load
from further.tokens.tokenizer import load_tokenizer, special_tokens

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


def answered(*loglikelihoods, unasked=None, greedy=False):
    return Answered(loglikelihoods, unasked or loglikelihoods, greedy, False)


def answers_of(folder, questions=QUESTIONS, window=64, batch_tokens=100):
    model, bos = load(folder, PRECISION), special_tokens(folder).bos
    return answer_questions(model, questions, load_tokenizer(folder), bos, window, batch_tokens)


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
