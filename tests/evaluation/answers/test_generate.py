"""Answers are written with the mask of training, stop at their end, and say how sure the model was."""

import math

import numpy as np
import pytest
import torch
from transformers import GenerationConfig

from further.evaluation.answers.generate import answer_questions, batch_prompts, measure_sureness, write_answers
from further.evaluation.answers.schemas import GENERATED
from further.evaluation.answers.views import show
from further.models import Precision, load
from further.vision.prompts import make_prompter
from further.vision.rows import ask
from models.tiny import IMAGE_TOKENS, KINDS, save_model

TYPES = {"modality": "What modality is used?", "side": "On which side is the abnormality?", "caption": ""}


class Noise:
    key = "image_features"

    def __getitem__(self, name):
        return torch.randn(IMAGE_TOKENS, 64, generator=torch.Generator().manual_seed(int(name)))


def questions(number=5):
    lines = []
    for place in range(number):
        about = {"case": f"case{place}", "split": "test", "language": "en", "kind": "open"}
        for kind, question in TYPES.items():
            about |= {"task": "answer" if question else "caption", "question": question, "question_type": kind}
            images = [str(place)] * (2 if place == 1 else 1)
            lines.append(about | {"question_id": f"{place}-{kind}", "images": images, "answer": "A cyst on the left."})
    return lines


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    kept = {}

    def get(kind, attention="sdpa"):
        if (kind, attention) not in kept:
            folder = save_model(tmp_path_factory.mktemp(kind), kind)
            kept[kind, attention] = load(folder, Precision("none", "float32", attention)), make_prompter(folder)
        return kept[kind, attention]

    return get


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@pytest.mark.parametrize("kind", KINDS)
def test_generation_sees_what_a_teacher_forced_pass_sees(made, kind, attention):
    """Without token types the first logits of PaliGemma would be off by .4 to 1.8."""
    model, prompter = made(kind, attention)
    asked = [ask(line, prompter, 100) for line in questions()]
    written = write_answers(model, prompter, asked, Noise(), 12, 4)
    sure = measure_sureness(model, written, Noise(), 3)
    config = GenerationConfig(
        max_new_tokens=12, do_sample=False, eos_token_id=prompter.end, pad_token_id=0, output_logits=True,
        return_dict_in_generate=True,
    )  # fmt: skip
    original = model.network.generate
    for one, own in zip(written, sure, strict=True):
        kept = []
        model.network.generate = lambda kept=kept, **given: kept.append(original(**given)) or kept[0].sequences
        prompt = {"input_ids": torch.tensor([one.prompt.ids]), "blocks": torch.tensor([one.prompt.blocks])}
        model.generate(prompt | {"image_features": torch.stack([Noise()[name] for name in one.images])}, config)
        model.network.generate = original
        steps = torch.log_softmax(torch.cat(kept[0].logits).float(), dim=-1)[: len(one.labels)]
        expected = steps[torch.arange(len(one.labels)), torch.tensor(one.labels)]
        np.testing.assert_allclose(own.logprobs, expected.numpy(), atol=1e-5)
        entropy = torch.special.entr(steps.exp()).sum(-1)
        np.testing.assert_allclose(own.entropies, entropy.numpy(), atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_answers_as_each_question_alone(made, kind):
    model, prompter = made(kind)
    options = {"new_tokens": 8}
    together = answer_questions(model, prompter, questions(), Noise(), batch_size=16, **options)
    alone = answer_questions(model, prompter, questions(), Noise(), batch_size=1, **options)
    assert [row["answer"] for row in together] == [row["answer"] for row in alone]
    for one, other in zip(together, alone, strict=True):
        assert set(one) == set(GENERATED.names)
        assert one["mean_logprob"] == pytest.approx(other["mean_logprob"], abs=1e-5)
        assert one["reference_nats"] == pytest.approx(other["reference_nats"], abs=1e-4)


def test_prompts_of_one_length_and_as_many_images_go_together(made):
    _, prompter = made("paligemma")
    asked = [ask(line, prompter, 100) for line in questions()]
    batches = list(batch_prompts(asked, 3))
    assert sorted(place for batch in batches for place in batch) == list(range(15))
    assert all(
        len({(len(asked[place].prompt.ids), len(asked[place].images)) for place in batch}) == 1 for batch in batches
    )
    assert max(map(len, batches)) == 3


def test_an_answer_stops_at_its_end_and_says_so(made):
    """The embedding of EOS is made the likeliest: the head is tied, so that its row decides."""
    model, prompter = made("paligemma")
    weights = model.network.get_output_embeddings().weight
    kept = weights.data.clone()
    try:
        rows = answer_questions(model, prompter, questions(2), Noise(), new_tokens=4, batch_size=8)
        assert not any(row["ended"] for row in rows) and {row["num_tokens"] for row in rows} == {4}
        asked = [ask(line, prompter, 100) for line in questions(1)]
        first = write_answers(model, prompter, asked, Noise(), 1, 1)[0].labels[0]
        weights.data[prompter.end] = 2 * weights.data[first]  # as likely as what it says first, and twice as strongly
        ended = answer_questions(model, prompter, questions(1)[:1], Noise(), new_tokens=4, batch_size=8)[0]
        assert ended["ended"] and ended["num_tokens"] == 1 and ended["answer"] == ""
    finally:
        weights.data.copy_(kept)


def test_how_sure_is_the_mean_and_the_least_of_its_tokens(made):
    model, prompter = made("gemma3")
    row = answer_questions(model, prompter, questions(1)[:1], Noise(), new_tokens=5, batch_size=1)[0]
    asked = [ask(questions(1)[0], prompter, 100)]
    sure = measure_sureness(model, write_answers(model, prompter, asked, Noise(), 5, 1), Noise(), 1)[0]
    assert row["mean_logprob"] == pytest.approx(sum(sure.logprobs) / len(sure.logprobs))
    assert row["min_logprob"] == pytest.approx(min(sure.logprobs)) and 0 < row["entropy"] < math.log(400)
    assert row["reference_tokens"] == prompter.count("A cyst on the left.") + 1


def test_views_show_a_black_image_or_another_cases():
    lines = questions(3)
    black = show(lines, Noise(), "black", lambda: torch.zeros(IMAGE_TOKENS, 64))[1]
    assert black.key == "image_features" and float(black["2"].abs().max()) == 0
    others = show(lines, Noise(), "other", None)[0]
    assert all(set(one["images"]).isdisjoint(own["images"]) for one, own in zip(others, lines, strict=True))
    assert [len(one["images"]) for one in others] == [len(line["images"]) for line in lines]
    assert {one["images"][0] for one in others} == {"0", "1", "2"}
    with pytest.raises(ValueError, match="needs at least 2"):
        show(questions(1), Noise(), "other", None)


@pytest.mark.parametrize("kind", KINDS)
def test_a_question_without_an_image_is_answered_too(made, kind):
    model, prompter = made(kind)
    lines = [line | {"images": []} for line in questions(2)]
    rows = answer_questions(model, prompter, lines, Noise(), new_tokens=3, batch_size=4)
    assert len(rows) == 6 and all(math.isfinite(row["mean_logprob"]) for row in rows)
