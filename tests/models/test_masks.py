"""Who sees whom: transformers as measured, and this project's masks right in every combination."""

import csv
from pathlib import Path

import pytest
import torch

from further.models.image_text import ImageText
from models.tiny import IMAGE, IMAGE_TOKENS, make_model

DATA = Path(__file__).parent / "data"
MODELS = {"pg1": "paligemma", "pg2": "paligemma2", "g3": "gemma3"}
PROMPT, ANSWER = [2, 20, 21, 22], [30, 31, 32]
ROW = [IMAGE] * IMAGE_TOKENS + PROMPT + ANSWER
LAST_PROMPT, FIRST_ANSWER = IMAGE_TOKENS + len(PROMPT) - 1, IMAGE_TOKENS + len(PROMPT)
SAME = 1e-4  # rounding is under 1e-5, what is seen moves logits by .1 and more


def read(name):
    with (DATA / name).open() as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def made():
    """Models and image features, made once each."""
    kept = {}

    def get(kind, attention):
        if (kind, attention) not in kept:
            kept[kind, attention] = make_model(MODELS[kind], attention)
        return kept[kind, attention]

    return get


def features(count, seed=0):
    return torch.randn(count, IMAGE_TOKENS, 64, generator=torch.Generator().manual_seed(seed))


def types_of(kind, ids):
    """Token types as each family means them: the answer's 1 in PaliGemma, the image's 1 in Gemma 3."""
    if kind == "g3":
        return (ids == IMAGE).long()
    types = torch.zeros_like(ids)
    types[:, FIRST_ANSWER : len(ROW)] = 1
    return types


def blocks_of(kind, ids):
    types = types_of(kind, ids)
    return torch.where(types.bool(), 0, -1) if kind == "g3" else torch.where(types.bool(), -1, 0)


def changed(ids, place):
    other = ids.clone()
    other[0, place] = 45
    return other


def moved(before, after, places):
    return float((before[0, places] - after[0, places]).abs().max()) > SAME


def find_leaks(logits, ids):
    """What the table's last three columns ask: of the answer, of the answer into the prefix, of the prompt back."""
    before, after = logits(ids), logits(changed(ids, len(ROW) - 1))
    back = logits(changed(ids, LAST_PROMPT))
    return {
        "answer_leaks": moved(before, after, slice(0, len(ROW) - 1)),
        "answer_leaks_into_prefix": moved(before, after, slice(0, FIRST_ANSWER)),
        "prefix_bidirectional": moved(before, back, slice(0, IMAGE_TOKENS)),
    }


@pytest.mark.parametrize("line", read("masks.csv"), ids=lambda line: "-".join(list(line.values())[:5]))
def test_transformers_sees_what_was_measured(made, line):
    """If one of these changes, `generate` and the note in image_text have to be looked at again."""
    kind, padded = line["model"], line["attention_mask"] == "padded"
    model = made(kind, line["attention"]).train(line["train"] == "1")
    ids = torch.tensor([ROW, [*ROW[:-1], 0]] if padded else [ROW, ROW])
    mask = None if line["attention_mask"] == "none" else torch.ones_like(ids)
    if padded:
        mask[1, -1] = 0
    types = types_of(kind, ids) if line["token_type_ids"] == "1" else None

    @torch.no_grad()
    def logits(ids):
        from transformers.modeling_outputs import BaseModelOutputWithPooling

        images = {"image": BaseModelOutputWithPooling(pooler_output=features(2))}
        return model(
            input_ids=ids, attention_mask=mask, token_type_ids=types, mm_encoder_outputs=images, use_cache=False
        ).logits

    expected = {
        name: line[name] == "1" for name in ("answer_leaks", "answer_leaks_into_prefix", "prefix_bidirectional")
    }
    assert find_leaks(logits, ids) == expected


OWN = sorted({(line["model"], line["attention"], line["train"]) for line in read("masks.csv")})


@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize(("kind", "attention", "train"), OWN)
def test_our_rows_never_leak_and_a_paligemmas_prefix_sees_itself(made, kind, attention, train, padded):
    model = ImageText(made(kind, attention).train(train == "1"))
    ids = torch.tensor([[*ROW, 0], [*ROW, 30]] if padded else [ROW, ROW])
    groups = torch.zeros_like(ids)
    if padded:
        groups[0, -1] = -1
    batch = {"groups": groups, "branches": torch.zeros_like(ids), "blocks": blocks_of(kind, ids)}
    if padded:
        batch["blocks"][:, -1] = -1

    @torch.no_grad()
    def logits(ids):
        return model.head(model.encode(batch | {"input_ids": ids, "image_features": features(2)}))

    found = find_leaks(logits, ids)
    assert found == {"answer_leaks": False, "answer_leaks_into_prefix": False, "prefix_bidirectional": kind != "g3"}
    alone = {name: values[:1, : len(ROW)] for name, values in batch.items()}
    with torch.no_grad():
        hidden = model.encode(alone | {"input_ids": ids[:1, : len(ROW)], "image_features": features(2)[:1]})
    torch.testing.assert_close(model.head(hidden)[0], logits(ids)[0, : len(ROW)], atol=SAME, rtol=0)


def pack():
    """Two rows in one: what stands where, and what is compared."""
    ids = torch.tensor([ROW + [token + 1 if token > 4 else token for token in ROW]])
    positions = torch.arange(len(ROW)).repeat(2)[None]
    groups = torch.arange(2).repeat_interleave(len(ROW))[None]
    return ids, positions, groups


def own_mask(kind, ids, groups):
    from further.models.masks import see

    types = torch.cat([types_of(kind, ids[:, : len(ROW)])] * 2, dim=1)
    blocks = torch.where(types.bool(), 0, -1) if kind == "g3" else torch.where(types.bool(), -1, 0)
    return types, blocks, see(groups, torch.zeros_like(groups), blocks)


@pytest.mark.parametrize("line", read("packing.csv"), ids=lambda line: "-".join(list(line.values())[:3]))
def test_transformers_packs_as_was_measured_and_our_rows_are_kept_apart(made, line):
    from transformers.modeling_outputs import BaseModelOutputWithPooling

    kind, how = line["model"], line["how"]
    model = made(kind, line["attention"]).eval()
    ids, positions, groups = pack()
    types, blocks, seen = own_mask(kind, ids, groups)
    first = 0 if kind == "g3" else 1
    mask = None
    if "4dbool" in how:
        mask = seen[:, None]
    elif "4dadd" in how:
        mask = torch.where(seen[:, None], 0.0, torch.finfo(torch.float32).min)
    with torch.no_grad():
        packed = model(
            input_ids=ids, position_ids=positions + first, attention_mask=mask,
            token_type_ids=types if "tt" in how else None, use_cache=False,
            mm_encoder_outputs={"image": BaseModelOutputWithPooling(pooler_output=features(2))},
        ).logits[0, len(ROW) :]  # fmt: skip
        alone = model(
            input_ids=ids[:, len(ROW) :], token_type_ids=types[:, len(ROW) :], use_cache=False,
            mm_encoder_outputs={"image": BaseModelOutputWithPooling(pooler_output=features(2)[1:])},
        ).logits[0]  # fmt: skip
        own = ImageText(model)
        batch = {"input_ids": ids, "position_ids": positions, "groups": groups, "branches": torch.zeros_like(groups)}
        ours = own.head(own.encode(batch | {"blocks": blocks, "image_features": features(2)}))[0, len(ROW) :]
    assert (float((packed - alone).abs().max()) < SAME) is (line["same_as_alone"] == "1")
    assert float((ours - alone).abs().max()) < SAME
