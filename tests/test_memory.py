"""Memory of the GPU that ends, wherever a model is at work: one error that says where and what to change."""

import pytest
import torch
from peft.tuners.lora import Linear
from transformers import AutoModelForCausalLM, LlamaModel

from facts import naming
from further.evaluation.answers.generate import measure_sureness, write_answers
from further.evaluation.memorization import Passage, match_lengths
from further.evaluation.questions.follow import write_replies
from further.evaluation.questions.read import Question
from further.evaluation.questions.score import answer_questions
from further.evaluation.samples import Decoding, continue_prompt
from further.evaluation.scoring import score_continuation, score_documents, score_tokens
from further.memory import explain_memory, is_out_of_memory
from further.models import Precision, load, load_merged, load_tokenizer
from further.models.fused import find_loss
from further.onemodel.runs import count_flops
from further.tokens import tokenizer as tokenizers
from further.training.adapters import train_adapter
from further.vision.images import ImageProcessor, compute_features
from further.vision.prompts import make_prompter
from further.vision.rows import ask
from models.tiny import IMAGE_TOKENS, save_model
from onemodel.made import make_study
from training.settings import RUN
from vision.test_images import png

FULL = "CUDA out of memory. Tried to allocate 2.00 GiB."  # as torch's allocator begins
PLAIN = Precision("none", "float32")
IDS = list(range(2, 34))
SEWING = ("sewing", "use less thread")


def end(*_, **__):
    raise torch.OutOfMemoryError(FULL)


@pytest.fixture
def model(model_folder):
    """A model whose layers have no room from now on."""
    loaded = load(model_folder, PLAIN)
    loaded.base.base_model.layers[0].register_forward_pre_hook(end)
    return loaded


WORK = {
    "documents": lambda model, folder: score_documents(model, [IDS, IDS], 0, 16, 16, 64),
    "tokens": lambda model, folder: score_tokens(model, [IDS, IDS], 0, 16, 16, 64),
    "continuation": lambda model, folder: score_continuation(model, IDS[:10], IDS[10:]),
    "paragraphs": lambda model, folder: match_lengths(model, [Passage("a", 0, tuple(IDS))] * 2, 0, 4, 64),
    "questions": lambda model, folder: answer_questions(
        model, [Question("Is ice cold?", ("yes", "no"), 0)], tokenizers.load_tokenizer(folder), 0, 64, 4096
    ),
    "sample": lambda model, folder: continue_prompt(
        model, load_tokenizer(folder), "The heart", 7, Decoding(None, 1.0, 0)
    ),
    "replies": lambda model, folder: write_replies(model, load_tokenizer(folder), ["The heart"], [1]),
}
SAID = {
    "documents": naming(4, 16, "evaluation.batch_tokens", 64),
    "tokens": naming(4, 16, "evaluation.batch_tokens", 64),
    "continuation": naming(1, 31, "evaluation.window"),
    "paragraphs": naming(2, 32, "evaluation.batch_tokens", 64),
    "questions": r"\b\d × \d+ .*\bevaluation\.",
    "sample": naming(7, "evaluation.new_tokens"),
    "replies": naming(48, 1, "evaluation.instructions: false"),
}


@pytest.mark.parametrize("work", WORK)
def test_scoring_and_writing_say_how_much_was_too_much(model, model_folder, work):
    with pytest.raises(MemoryError, match=SAID[work]) as stopped:
        WORK[work](model, model_folder)
    assert isinstance(stopped.value.__cause__, torch.OutOfMemoryError)


@pytest.mark.parametrize("place", [(AutoModelForCausalLM, "from_pretrained"), (LlamaModel, "forward")])
def test_loading_and_the_check_of_a_loaded_model(model_folder, monkeypatch, place):
    monkeypatch.setattr(*place, end)
    with pytest.raises(MemoryError, match=naming(model_folder, "float32")):
        load(model_folder, PLAIN)


def test_merging(model_folder, tmp_path, monkeypatch):
    model = load(model_folder, PLAIN)
    train_adapter(model, RUN, model_folder)(tmp_path)
    monkeypatch.setattr(Linear, "merge", end)
    with pytest.raises(MemoryError, match=naming(tmp_path, "float32")):
        load_merged(model_folder, tmp_path, "float32")


def test_a_probe_of_a_faster_path_does_not_hide_it(model, monkeypatch):
    """Else a run would go on without its faster paths, for want of a few MB, with a line in its log at most."""
    with pytest.raises(torch.OutOfMemoryError):
        model.attend_within_documents()
    monkeypatch.setattr("further.models.fused.importlib.import_module", end)  # where liger's kernel would be compiled
    with pytest.raises(torch.OutOfMemoryError):
        find_loss(torch.nn.Linear(4, 8))


class Noise:
    key = "image_features"

    def __getitem__(self, name):
        return torch.randn(IMAGE_TOKENS, 64, generator=torch.Generator().manual_seed(int(name)))


def test_answers_about_images_and_images_themselves(tmp_path):
    folder = save_model(tmp_path, "paligemma")
    model, prompter = load(folder, PLAIN), make_prompter(folder)
    line = {"case": "a", "task": "answer", "question": "Which?", "question_type": "kind", "kind": "open",
            "images": ["0"], "answer": "A cyst.", "split": "test", "language": "en", "question_id": "1"}  # fmt: skip
    asked = [ask(line, prompter, 100)] * 3
    model.base.base_model.language_model.register_forward_pre_hook(end)
    model.base.base_model.vision_tower.register_forward_pre_hook(end)
    length = len(asked[0].prompt.ids) + 12
    with pytest.raises(MemoryError, match=naming(3, length, "answers.batch_size", 3)):
        write_answers(model, prompter, asked, Noise(), 12, 4)
    with pytest.raises(MemoryError, match=naming(1, "answers.new_tokens")):
        measure_sureness(model, asked, Noise(), 1)
    with pytest.raises(MemoryError, match=naming("features", 2)):
        list(compute_features(model, ImageProcessor(folder), [("a", png(0)), ("b", png(1))]))


def test_counting_the_operations_of_an_arm(tmp_path):
    study = make_study(tmp_path)
    model = study.untrained("prefix", 0)
    part = study.questions(model, study.asked("train"), 2, 0, "prefix")
    part.training.sum_loss = end
    with pytest.raises(MemoryError, match=naming(part.name, 16)):
        count_flops(part, 16)


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError(FULL),
        RuntimeError("CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported"),  # the driver's
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    ],
)
def test_all_ways_of_saying_it_are_understood(error):
    assert is_out_of_memory(error)
    with pytest.raises(MemoryError, match=":.*".join(SEWING)), explain_memory(*SEWING):
        raise error


def test_what_was_explained_where_it_happened_is_not_explained_again():
    """A run whose base does not fit was told to lower its context."""
    outer = explain_memory("training", "lower training.context")
    with pytest.raises(MemoryError, match=":.*".join(SEWING)), outer, explain_memory(*SEWING):
        raise torch.OutOfMemoryError(FULL)


def test_another_error_stays_what_it_is():
    with pytest.raises(RuntimeError, match=r"^shapes do not match$"), explain_memory(*SEWING):
        raise RuntimeError("shapes do not match")
