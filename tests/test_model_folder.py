import json
import shutil

import pytest

from facts import naming, tells
from further.model_folder import check_model, find_faults


@pytest.fixture
def folder(model_folder, tmp_path):
    shutil.copytree(model_folder, tmp_path / "model")
    return tmp_path / "model"


def configure(folder, **changes):
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def test_a_whole_model_has_no_fault(folder):
    assert list(find_faults(folder)) == []


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"is_encoder_decoder": True, "model_type": "t5"}, "t5"),
        ({"vision_config": {}, "model_type": "paligemma"}, "paligemma"),
        ({"architectures": ["BertModel"]}, "BertModel"),
        ({"quantization_config": {"quant_method": "gptq"}}, "training.quantization"),
    ],
)
def test_a_family_that_cannot_train_here_is_named(folder, changes, named):
    configure(folder, **changes)
    (fault,) = find_faults(folder)
    assert tells(fault, folder, named)


def test_weights_that_are_absent_or_cut_off_are_named(folder):
    weights = folder / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-10])
    (fault,) = find_faults(folder)
    assert tells(fault, "model.safetensors", f"{len(whole) - 10:,}", f"{len(whole):,}")
    weights.write_text("version https://git-lfs.github.com/spec/v1\n")
    (fault,) = find_faults(folder)
    assert tells(fault, "model.safetensors", 43)
    weights.rename(folder / "pytorch_model.bin")
    (fault,) = find_faults(folder)
    assert tells(fault, folder, "pytorch_model.bin")


def test_a_missing_shard_is_named(folder):
    names = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    (folder / "model.safetensors").rename(folder / names["a"])
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": names}))
    (fault,) = find_faults(folder)
    assert f"{names['b']} is missing" in fault


def test_every_fault_is_told_at_once(folder, tmp_path):
    (folder / "model.safetensors").unlink()
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ValueError, match=naming("model.path", folder, "safetensors")) as caught:
        check_model(folder)
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == ["model.path"] * 2
    with pytest.raises(ValueError, match=naming("model.path", tmp_path / "nowhere")):
        check_model(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=r"no config\.json"):
        check_model(tmp_path / "empty")


def test_tokens_that_the_embeddings_lack_are_named(folder):
    """Ids of the tiny tokenizer are 0 to 299. Special tokens beyond are Gemma 3's: text never turns into them."""
    from tokenizers import AddedToken, Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.add_tokens([AddedToken("<image>", special=True)])
    tokenizer.save(str(folder / "tokenizer.json"))
    assert list(find_faults(folder)) == []
    tokenizer.add_tokens(["allograft", "vasculopathy"])
    tokenizer.save(str(folder / "tokenizer.json"))
    (fault,) = find_faults(folder)
    assert tells(fault, folder, 302, "vasculopathy", 300)
    configure(folder, vocab_size=303)
    assert list(find_faults(folder)) == []
