import math

import pandas as pd
import pytest

from further.evaluation.rates import rates
from further.evaluation.scoring import SCORES, score_documents
from further.evaluation.table import score_texts
from further.io import read_table, write_table
from further.tokens.streams import STREAMS, Document, encode_documents
from further.tokens.tokenizer import load_tokenizer, special_tokens

ABOUT = {"subject": "base", "run": None, "quantisation": "none", "begin_rule": "begin mark"}
HOW = {"window": 32, "stride": 16, "batch_tokens": 64, "compute_dtype": "float32", "versions": {}}


def test_a_table_says_what_was_scored_and_how(adapted, model_folder, tmp_path):
    texts = [
        Document("a", "test", "Café: the heart is safe."),
        Document("b", "test", ""),
        Document("c", "train", "not scored"),
    ]
    write_table(tmp_path / "papers.parquet", encode_documents(texts, load_tokenizer(model_folder)), STREAMS)
    special = special_tokens(model_folder)
    rows = score_texts(adapted, {"papers": tmp_path / "papers.parquet"}, special.begin, HOW, ABOUT)
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
    assert (first["begin_id"], first["begin_rule"], first["compute_dtype"]) == (0, "begin mark", "float32")
    assert (first["window"], first["stride"], first["text_set"]) == (32, 16, "papers") and pd.isna(first["run"])
    assert (empty["nats"], empty["num_bytes"]) == (0.0, 0) and math.isnan(empty["perplexity"])


def test_rates_by_hand():
    found = rates(4 * math.log(2), {"num_tokens": 4, "num_words": 2, "num_bytes": 16})
    assert found["perplexity"] == pytest.approx(2) and found["word_perplexity"] == pytest.approx(4)
    assert found["bits_per_byte"] == pytest.approx(0.25)


def test_a_perplexity_beyond_any_float_is_none():
    """A Chinese text may be one word to a count of blanks."""
    assert rates(5000.0, {"num_tokens": 1000, "num_words": 1, "num_bytes": 3000})["word_perplexity"] is None
