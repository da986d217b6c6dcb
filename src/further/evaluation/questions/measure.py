"""Questions and instructions, given to the base and to the default run's model."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from further.evaluation.before_after import before_and_after
from further.evaluation.questions.compare import compare_answers
from further.evaluation.questions.follow import follow_instructions
from further.evaluation.questions.read import Question
from further.evaluation.questions.score import answer_questions
from further.io import read_json
from further.models import Model, Precision, load_adapted, load_tokenizer
from further.records.questions import Questions, QuestionsFile
from further.settings import QuestionSettings
from further.tokens import tokenizer as tokenizers


def measure_questions(
    folder: Path, adapter: Path, questions: Sequence[Question], splits: Mapping[str, str], settings: QuestionSettings
) -> QuestionsFile:
    """Measure what is asked for; the model is loaded only if something is."""
    tokenizer = load_tokenizer(folder)
    chat = settings.instructions and bool(getattr(tokenizer, "chat_template", None))
    if not questions and not chat:
        return QuestionsFile(questions=None, instructions=None)
    model = load_adapted(folder, adapter, Precision(settings.quantization, settings.compute_dtype))
    return QuestionsFile(
        questions=_ask(model, folder, questions, splits, settings) if questions else None,
        instructions=follow_instructions(model, tokenizer, find_ends(folder, tokenizer)) if chat else None,
    )


def _ask(
    model: Model, folder: Path, questions: Sequence[Question], splits: Mapping[str, str], settings: QuestionSettings
) -> Questions:
    tokenizer = tokenizers.load_tokenizer(folder)
    how = (questions, tokenizer, tokenizers.special_tokens(folder).bos, settings.window, settings.batch_tokens)
    base, adapted = before_and_after(model, answer_questions, *how)
    return compare_answers(questions, base, adapted, splits, settings.quantization)


def find_ends(folder: Path, tokenizer: Any) -> list[int]:
    """Tokens that end a reply: those of `generation_config.json`, which may name a chat's own, or EOS."""
    file = folder / "generation_config.json"
    named = read_json(file).get("eos_token_id") if file.is_file() else None
    if named is None:
        named = tokenizer.eos_token_id
    return [int(token) for token in named] if isinstance(named, list) else [int(named)]
