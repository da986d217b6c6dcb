import json

import pandas as pd
import pytest

from further.tokens.streams import Document, encode_documents, join_rows
from further.tokens.tokenizer import SpecialTokens, load_tokenizer, special_tokens


def test_rows_become_one_document_per_paper_in_their_order():
    rows = pd.DataFrame({"paper": ["b", "a", "b"], "row": [1, 0, 0], "text": ["second", "only", "first"]})
    split = pd.DataFrame({"paper": ["a", "b"], "split": ["train", "test"]})
    assert join_rows(rows, split) == [Document("a", "train", "only"), Document("b", "test", "first\n\nsecond")]


def test_a_stream_counts_tokens_words_and_bytes_of_the_text(model_folder):
    tokenizer = load_tokenizer(model_folder)
    text = "The heart, at 4 °C."
    (row,) = encode_documents([Document("p", "train", text)], tokenizer)
    assert (row["num_words"], row["num_bytes"]) == (5, 20)  # the degree sign is two bytes
    assert row["num_tokens"] == len(row["ids"])
    assert not {0, 1} & set(row["ids"])  # no begin or end mark
    assert tokenizer.decode(row["ids"]) == text


def test_the_begin_mark_is_what_the_tokenizer_puts_there(model_folder):
    assert special_tokens(model_folder) == SpecialTokens(bos=0, eos=1)
    assert special_tokens(model_folder).begin == 0


def copy_with(model_folder, folder, tokenizer=lambda data: data, config=lambda data: data):
    for name, change in (("tokenizer.json", tokenizer), ("tokenizer_config.json", config)):
        (folder / name).write_text(json.dumps(change(json.loads((model_folder / name).read_text()))))
    return folder


def test_a_begin_mark_that_is_named_but_never_put_there_is_not_expected(model_folder, tmp_path):
    """GPT-2 names one."""
    folder = copy_with(model_folder, tmp_path, tokenizer=lambda data: data | {"post_processor": None})
    assert special_tokens(folder) == SpecialTokens(bos=None, eos=1)
    assert special_tokens(folder).begin == 1


def test_marks_given_as_objects_are_read(model_folder, tmp_path):
    folder = copy_with(model_folder, tmp_path, config=lambda data: data | {"eos_token": {"content": "</s>"}})
    assert special_tokens(folder).eos == 1


def test_what_is_missing_is_named(model_folder, tmp_path):
    with pytest.raises(ValueError, match=r"no tokenizer\.json"):
        load_tokenizer(tmp_path)
    folder = copy_with(model_folder, tmp_path, config=lambda data: {})
    with pytest.raises(ValueError, match="names no eos_token"):
        special_tokens(folder)
