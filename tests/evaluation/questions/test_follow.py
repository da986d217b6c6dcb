"""Instructions with a form to follow, and the record of both parts."""

import json
import shutil
from pathlib import Path

import pytest

from evaluation.questions.asked import PRECISION, QUESTIONS
from further.evaluation.questions.follow import INSTRUCTIONS, write_replies
from further.evaluation.questions.measure import find_ends, measure_questions
from further.io import write_json
from further.models import load, load_tokenizer
from further.records.questions import QuestionsFile
from further.settings import QuestionSettings

SETTINGS = QuestionSettings(
    quantization="none", compute_dtype="float32", window=64, stride=32, batch_tokens=200, questions=None,
    instructions=True,
)  # fmt: skip
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
    folder = tmp_path / "chat"
    shutil.copytree(model_folder, folder)
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    settings["chat_template"] = "{% for m in messages %}Say: {{ m['content'] }}\n{% endfor %}"
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": [1, 0]}))
    return folder


def test_replies_in_a_batch_are_those_to_each_prompt_alone(chat_folder):
    model, tokenizer = load(chat_folder, PRECISION), load_tokenizer(chat_folder)
    prompts = ["The heart", "Rejection is graded on a biopsy of the right", "A"]
    ends = find_ends(chat_folder, tokenizer)
    assert ends == [1, 0]
    alone = [write_replies(model, tokenizer, [prompt], ends)[0] for prompt in prompts]
    assert write_replies(model, tokenizer, prompts, ends) == alone


def test_the_record_of_a_chat_model_holds_both_parts_and_is_read_back(chat_folder, adapter, tmp_path):
    measured = measure_questions(chat_folder, adapter, QUESTIONS, {}, SETTINGS)
    assert measured.questions.num_questions == len(QUESTIONS)
    assert measured.questions.accuracy.base.number == 3 and measured.questions.answers.base.number == 2
    assert len(measured.instructions.replies) == len(INSTRUCTIONS) == 12
    assert any(line.base_loglikelihoods != line.adapted_loglikelihoods for line in measured.questions.lines)
    write_json(tmp_path / "questions.json", measured.model_dump(mode="json"))
    assert QuestionsFile.load(tmp_path / "questions.json") == measured


def test_nothing_is_loaded_for_no_question_and_no_instruction(chat_folder, model_folder):
    nothing, absent = QuestionsFile(questions=None, instructions=None), Path("absent")
    assert measure_questions(chat_folder, absent, [], {}, SETTINGS | {"instructions": False}) == nothing
    assert measure_questions(model_folder, absent, [], {}, SETTINGS) == nothing  # no chat template
