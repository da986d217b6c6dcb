import json
import math
import shutil

import pandas as pd
import pytest
import torch
from transformers import AutoTokenizer

from facts import naming
from further.evaluation.samples import (
    NUM_PROMPTS,
    PROMPT_WORDS,
    Decoding,
    choose_prompts,
    continue_prompt,
    sample_both,
)
from further.evaluation.text_loops import distinct
from further.models import Precision, load, load_tokenizer
from further.settings import SampleSettings

GREEDY, SAMPLED = Decoding(None, 0.9, 0), Decoding(0.7, 0.9, 0)


@pytest.mark.parametrize(("length", "share"), [(1, 3 / 5), (2, 3 / 4), (3, 1.0), (6, None)])
def test_distinct_runs_of_words(length, share):
    # the heart | heart and | and the | the heart
    assert distinct(["the", "heart", "and", "the", "heart"], length) == share


@pytest.fixture(scope="module")
def tokenizer(model_folder):
    return AutoTokenizer.from_pretrained(model_folder, local_files_only=True)


def test_the_perplexity_of_a_continuation_is_the_model_s_own(adapted, tokenizer):
    sample = continue_prompt(adapted, tokenizer, "The heart", 12, GREEDY)
    given = tokenizer("The heart")["input_ids"]
    with torch.no_grad():
        ids, nats = list(given), 0.0
        for _ in range(sample.num_tokens):
            logits = adapted.network(input_ids=torch.tensor([ids])).logits[0, -1].double().log_softmax(-1)
            nats -= float(logits.max())  # greedy: the likeliest token
            ids.append(int(logits.argmax()))
    assert sample.text == tokenizer.decode(ids[len(given) :], skip_special_tokens=True)
    assert sample.nats == pytest.approx(nats, rel=1e-4)
    assert sample.perplexity == pytest.approx(math.exp(nats / sample.num_tokens), rel=1e-4)
    assert (sample.decoding, sample.temperature, sample.top_p) == ("greedy", None, None)


def test_sampling_depends_on_the_seed_alone(adapted, tokenizer):
    first = continue_prompt(adapted, tokenizer, "The heart", 20, SAMPLED)
    torch.rand(3)
    assert continue_prompt(adapted, tokenizer, "The heart", 20, SAMPLED) == first
    assert continue_prompt(adapted, tokenizer, "The heart", 20, Decoding(0.7, 0.9, 1)) != first
    assert first.text != continue_prompt(adapted, tokenizer, "The heart", 20, GREEDY).text


def test_a_tiny_top_p_leaves_the_likeliest_token_alone(adapted, tokenizer):
    greedy = continue_prompt(adapted, tokenizer, "The heart", 20, GREEDY)
    assert continue_prompt(adapted, tokenizer, "The heart", 20, Decoding(0.7, 1e-6, 5)).text == greedy.text


def test_a_tokenizer_that_ends_every_text_does_not_end_the_prompt(adapted, tokenizer, model_folder):
    from tokenizers.processors import TemplateProcessing

    ending = AutoTokenizer.from_pretrained(model_folder, local_files_only=True)
    begin, end = ((token, ending.convert_tokens_to_ids(token)) for token in (ending.bos_token, ending.eos_token))
    ending.backend_tokenizer.post_processor = TemplateProcessing(
        single=f"{begin[0]} $A {end[0]}", special_tokens=[begin, end]
    )
    assert ending("The heart")["input_ids"] == [*tokenizer("The heart")["input_ids"], ending.eos_token_id]
    plain = continue_prompt(adapted, tokenizer, "The heart", 12, GREEDY)
    assert continue_prompt(adapted, ending, "The heart", 12, GREEDY) == plain


def test_marks_that_no_setting_names_are_those_of_training(adapted, tokenizer, model_folder, tmp_path):
    """BOS as the tokenizer itself puts it and EOS of config.json, as `special_tokens` finds them for training."""
    folder = shutil.copytree(model_folder, tmp_path / "model")
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "PreTrainedTokenizerFast"}))
    unnamed = load_tokenizer(folder)
    assert (unnamed.bos_token_id, unnamed.eos_token_id) == (0, 1)
    plain = continue_prompt(adapted, tokenizer, "The heart", 12, GREEDY)
    assert continue_prompt(adapted, unnamed, "The heart", 12, GREEDY) == plain


def test_a_sample_beyond_the_models_positions_is_refused(adapted, tokenizer):
    prompt = "The heart " * 30
    length = len(tokenizer(prompt)["input_ids"])
    assert length < 128
    continue_prompt(adapted, tokenizer, prompt, 129 - length, GREEDY)  # the last token is written, and not read
    with pytest.raises(ValueError, match=naming("evaluation.new_tokens", 130 - length, length, 129, 128)):
        continue_prompt(adapted, tokenizer, prompt, 130 - length, GREEDY)


def test_an_end_mark_ends_a_sample(model_folder, tokenizer):
    model = load(model_folder, Precision("none", "float32"))
    with torch.no_grad():
        direction = model.network.model.embed_tokens.weight[1]
        model.network.model.norm.weight.mul_(0.01)
        head = torch.nn.Linear(direction.shape[0], 300)
        head.weight.zero_()
        head.bias.zero_()
        head.bias[1] = 50.0  # whatever stands before, EOS follows
    model.network.lm_head = head
    sample = continue_prompt(model, tokenizer, "The heart", 12, GREEDY)
    assert (sample.ended, sample.text, sample.num_tokens) == (True, "", 1)
    assert (sample.distinct_1, sample.longest_repeat, sample.looped) == (None, 0, False)


def test_a_model_s_own_settings_of_generation_play_no_part(model_folder, tokenizer, tmp_path):
    folder = shutil.copytree(model_folder, tmp_path / "model")
    settings = {"do_sample": True, "temperature": 5.0, "repetition_penalty": 9.0, "top_k": 3}
    (folder / "generation_config.json").write_text(json.dumps(settings))
    plain, other = (load(path, Precision("none", "float32")) for path in (model_folder, folder))
    for decoding in (GREEDY, SAMPLED):
        samples = [continue_prompt(model, tokenizer, "The heart", 20, decoding) for model in (plain, other)]
        assert samples[0] == samples[1]


def test_base_and_adapted_stand_side_by_side(adapted, tokenizer, model_folder):
    settings = SampleSettings(
        prompts=None, new_tokens=6, temperature=0.7, top_p=0.9, seed=0, quantization="none", compute_dtype="float32"
    )
    found = sample_both(adapted, tokenizer, ["The heart", "A pump"], settings)
    assert [(sample.prompt, sample.decoding, sample.subject) for sample in found.samples] == [
        (prompt, decoding, subject)
        for prompt in ("The heart", "A pump")
        for decoding in ("greedy", "sampled")
        for subject in ("base", "adapted")
    ]
    greedy = sample_both(adapted, tokenizer, ["The heart"], settings | {"temperature": None})
    assert greedy.samples == found.samples[:2]
    base = load(model_folder, Precision("none", "float32"))
    assert found.samples[0].text == continue_prompt(base, tokenizer, "The heart", 6, GREEDY).text
    assert found.samples[1].text == continue_prompt(adapted, tokenizer, "The heart", 6, GREEDY).text


def paragraphs(*papers):
    """Two long paragraphs a paper, their words numbered, and a heading."""
    words = [" ".join(f"{paper}{number}" for number in range(30)) for paper in papers]
    rows = [
        (paper, row, text)
        for paper, long in zip(papers, words, strict=True)
        for row, text in enumerate(("Results", long, long.upper()))
    ]
    return pd.DataFrame(rows, columns=["paper", "row", "text"])


def test_without_prompts_held_out_papers_words_are_gone_on_from():
    split = pd.DataFrame({"paper": list("abcdefg"), "split": ["train", "validation"] + ["test"] * 5})
    prompts = choose_prompts(paragraphs(*"abcdefg"), split, seed=0)
    assert len(prompts) == NUM_PROMPTS == 4
    assert all(len(prompt.split()) == PROMPT_WORDS == 8 for prompt in prompts)
    papers = [prompt[0].casefold() for prompt in prompts]
    assert len(set(papers)) == 4 and papers == sorted(papers) and set(papers) <= set("cdefg")
    assert prompts == choose_prompts(paragraphs(*"abcdefg"), split, seed=0)
    assert prompts != choose_prompts(paragraphs(*"abcdefg"), split, seed=1)


def test_one_held_out_paper_gives_as_many_prompts_as_it_has_paragraphs():
    split = pd.DataFrame({"paper": ["a", "b"], "split": ["train", "test"]})
    assert [prompt[:2] for prompt in choose_prompts(paragraphs("a", "b"), split, seed=0)] == ["b0", "B0"]
    assert choose_prompts(paragraphs("a"), split, seed=0) == []


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        (
            "心内膜活检是诊断移植后急性排斥反应的金标准。" * 2,
            "心内膜活检是诊断移植后急性排斥反",
        ),  # two signs a word
        ("ドナーの心臓は、運ばれるあいだ低温で保存される。" * 2, "ドナーの心臓は、運ばれるあいだ低"),
        ("供体 Donor  心臟 in 4 °C 保存" + "心" * 40, "供体 Donor 心臟 in 4 °C 保存心心"),
    ],
)
def test_scripts_without_blanks_give_prompts_too(text, prompt):
    split = pd.DataFrame({"paper": ["a"], "split": ["test"]})
    rows = pd.DataFrame([("a", 0, text), ("a", 1, text[:12])], columns=["paper", "row", "text"])
    assert choose_prompts(rows, split, seed=0) == [prompt]
