import json

import pandas as pd
import pytest

from facts import naming
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
    assert not {0, 1} & set(row["ids"])  # neither BOS nor EOS
    assert tokenizer.decode(row["ids"]) == text


def test_names_of_special_tokens_in_a_paper_are_text(model_folder):
    tokenizer = load_tokenizer(model_folder)
    text = "Each text ends in </s>, and begins with <s>."
    (row,) = encode_documents([Document("p", "train", text)], tokenizer)
    assert not {0, 1} & set(row["ids"])
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
    (tmp_path / "tokenizer.json").write_text("{")
    with pytest.raises(ValueError, match=naming(tmp_path / "tokenizer.json")):
        load_tokenizer(tmp_path)


def rename_eos(data):
    """The same tokenizer, whose EOS has a name that no family uses."""
    return json.loads(json.dumps(data).replace("</s>", "<over>"))


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("tokenizer_config.json", {"eos_token": "<over>"}),
        ("special_tokens_map.json", {"eos_token": {"content": "<over>"}}),
        ("config.json", {"eos_token_id": 1}),
        ("config.json", {"eos_token_id": [1, 7]}),
    ],
)
def test_eos_is_found_wherever_a_folder_names_it(model_folder, tmp_path, file, content):
    copy_with(model_folder, tmp_path, tokenizer=rename_eos)
    (tmp_path / "tokenizer_config.json").unlink()
    with pytest.raises(ValueError, match="no EOS token"):
        special_tokens(tmp_path)
    (tmp_path / file).write_text(json.dumps(content))
    assert special_tokens(tmp_path) == SpecialTokens(bos=0, eos=1)


def test_eos_that_no_file_names_is_the_one_that_most_families_use(model_folder, tmp_path):
    folder = copy_with(model_folder, tmp_path, config=lambda data: {"model_max_length": 1024})
    assert special_tokens(folder).eos == 1


def test_truncation_and_padding_of_another_training_cut_no_paper(model_folder, tmp_path):
    def bake_in(data):
        truncation = {"direction": "Right", "max_length": 8, "strategy": "LongestFirst", "stride": 0}
        padding = {"strategy": {"Fixed": 8}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 1}
        return data | {"truncation": truncation, "padding": padding | {"pad_type_id": 0, "pad_token": "</s>"}}

    folder = copy_with(model_folder, tmp_path, tokenizer=bake_in)
    text = "The heart, at 4 °C. " * 40
    assert load_tokenizer(folder).decode(load_tokenizer(folder).encode(text, add_special_tokens=False).ids) == text
    assert len(load_tokenizer(folder).encode("The", add_special_tokens=False).ids) < 8
