import math
import shutil
from dataclasses import replace

import pandas as pd
import pytest

from further.evaluation.rates import rates
from further.evaluation.scores import ScoredModel, digest_base, score_texts
from further.evaluation.scoring import SCORES, score_documents
from further.io import read_table, write_table
from further.settings import ScoringSettings
from further.tokens.streams import STREAMS, Document, encode_documents
from further.tokens.tokenizer import load_tokenizer

ABOUT = ScoredModel("base", None, "none", base="ab12", begin_id=0, begin_rule="BOS")
HOW = ScoringSettings(window=32, stride=16, batch_tokens=64, compute_dtype="float32")


def test_a_table_says_what_was_scored_and_how(adapted, model_folder, tmp_path):
    texts = [
        Document("a", "test", "Café: the heart is safe."),
        Document("b", "test", ""),
        Document("c", "train", "not scored"),
        Document("d", "validation", "nor this"),
    ]
    write_table(tmp_path / "papers.parquet", encode_documents(texts, load_tokenizer(model_folder)), STREAMS)
    rows = score_texts(adapted, {"papers": tmp_path / "papers.parquet"}, HOW, ABOUT)
    write_table(tmp_path / "scores.parquet", rows, SCORES)
    first, empty = read_table(tmp_path / "scores.parquet").to_dict("records")
    ids = load_tokenizer(model_folder).encode(texts[0].text, add_special_tokens=False).ids
    nats = score_documents(adapted, [ids], 0, 32, 16, 64)[0]
    assert first["nats"] == nats
    assert (first["num_tokens"], first["num_words"], first["num_bytes"]) == (len(ids), 5, 25)
    # sha256sum of the 25 bytes "Café: the heart is safe."
    assert first["sha256"] == "2dceac0ea85161b17ad149352e07acc541810cda07629eed132e743e2a201871"
    assert first["word_perplexity"] == pytest.approx(math.exp(nats / 5))
    assert first["bits_per_byte"] == pytest.approx(nats / 25 / math.log(2))
    assert (first["begin_id"], first["begin_rule"], first["compute_dtype"]) == (0, "BOS", "float32")
    assert (first["window"], first["stride"], first["text_set"]) == (32, 16, "papers") and pd.isna(first["run"])
    assert first["base"] == "ab12"
    assert (empty["nats"], empty["num_bytes"]) == (0.0, 0) and math.isnan(empty["perplexity"])


def test_a_loss_that_is_no_number_is_refused_naming_document_and_model(model_folder, tmp_path):
    import torch

    from further.models import Precision, load

    texts = [Document("a", "test", ""), Document("b", "test", "The heart is safe.")]
    write_table(tmp_path / "papers.parquet", encode_documents(texts, load_tokenizer(model_folder)), STREAMS)
    model = load(model_folder, Precision("none", "float32"))
    with torch.no_grad():
        model.network.lm_head.weight[7] = math.inf
    about = replace(ABOUT, subject="adapted", run="seed-1", quantization="nf4")
    message = r"papers: the loss of adapted seed-1 at nf4 is not finite for b \(1 of 2 documents\)"
    with pytest.raises(ValueError, match=message):
        score_texts(model, {"papers": tmp_path / "papers.parquet"}, HOW, about)


def test_a_base_is_known_by_its_weights_configuration_and_tokenizer(model_folder, tmp_path):
    found = {digest_base(model_folder)}
    assert digest_base(shutil.copytree(model_folder, tmp_path / "copy")) in found
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        changed = shutil.copytree(model_folder, tmp_path / f"other {name}") / name
        changed.write_bytes(changed.read_bytes()[:-1] + b" ")  # as long as before
        found.add(digest_base(changed.parent))
    assert len(found) == 4


def test_rates_by_hand():
    found = rates(4 * math.log(2), num_tokens=4, num_words=2, num_bytes=16)
    assert found.perplexity == pytest.approx(2) and found.word_perplexity == pytest.approx(4)
    assert found.bits_per_byte == pytest.approx(0.25)


def test_a_perplexity_beyond_any_float_is_none():
    """A Chinese text may be one word to a count of blanks."""
    assert rates(5000.0, num_tokens=1000, num_words=1, num_bytes=3000).word_perplexity is None
