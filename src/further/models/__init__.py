"""Models behind one interface: load a folder at a precision, turn a batch into hidden states, score, generate.

Training, scoring and generation know `Model` only. Another family (images and text, an encoder with a decoder) is one
more subclass, in a module of its own beside `causal`, named in `FAMILIES` before the one that takes everything. It says

- `accepts`: which config.json it is for;
- `load`: which of transformers' classes reads the weights, and what must never be quantized;
- `encode`: a batch to the hidden states of the positions that have labels. The batch is whatever the examples' collate
  function makes: input_ids and position_ids here, with images pixel_values and token_type_ids too, with an encoder
  features and decoder_input_ids;
- `head`: these hidden states to logits, as the family computes them;
- `generate`, `peft_task` and `adapted_parts`, where the defaults are not right.
"""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from transformers import AutoTokenizer

from further.io import read_json
from further.memory import explain_memory
from further.models.base import Batch, Model
from further.models.causal import CausalText
from further.models.encoder_decoder import EncoderDecoder
from further.models.image_text import ImageText
from further.models.one import OneModel
from further.models.precision import QUANTIZATIONS, Precision
from further.tokens.tokenizer import special_tokens

__all__ = [
    "BASE_FILE",
    "QUANTIZATIONS",
    "Batch",
    "Model",
    "Precision",
    "load",
    "load_adapted",
    "load_merged",
    "load_tokenizer",
]

# The first that accepts a config.json reads it: image–text models with an encoder also have a vision_config.
FAMILIES: tuple[type[Model], ...] = (OneModel, EncoderDecoder, ImageText, CausalText)
BASE_FILE = "base.json"  # beside an adapter that belongs on a quantized base only


def load(folder: Path, precision: Precision) -> Model:
    """Load a model from a local Hugging Face folder, frozen, on this process's GPU where there is one.

    Raises:
        ValueError: If the quantization is not known, or the family computes its logits in an unknown way.
        MemoryError: If memory does not suffice.
    """
    config = read_json(folder / "config.json")
    family = next(family for family in FAMILIES if family.accepts(config))
    with _explain_loading(folder, precision):
        return family.load(folder, precision)


def load_adapted(folder: Path, adapter: Path, precision: Precision) -> Model:
    """Load a base and the adapter trained on it, for scoring."""
    model = load(folder, precision)
    with _explain_loading(adapter, precision):
        model.network = _put_on(model.network, adapter)
    return model


def load_merged(folder: Path, adapter: Path, compute_dtype: str) -> Model:
    """Load a base at full precision with the adapter added into its weights.

    An adapter that holds what 4-bit weights lost goes into those weights, not into the originals.
    """
    fitting = adapter / BASE_FILE
    quantization = str(read_json(fitting)["quantization"]) if fitting.is_file() else "none"
    precision = Precision(quantization, compute_dtype)
    model = load(folder, precision)
    with _explain_loading(adapter, precision, "merging"):
        if quantization != "none":
            model.network.dequantize(dtype=precision.dtype)
        model.network = _put_on(model.network, adapter).merge_and_unload().eval()
    return model


def _explain_loading(folder: Path, precision: Precision, doing: str = "loading") -> AbstractContextManager[None]:
    quantized = "" if precision.quantization == "none" else f"{precision.quantization} and "
    cure = "use a GPU with more memory (a processor: raise hardware.memory_mb), or training.quantization: nf4"
    return explain_memory(f"{doing} {folder} at {quantized}{precision.compute_dtype}", cure)


def _put_on(network: Any, adapter: Path) -> Any:
    from peft import PeftModel

    return PeftModel.from_pretrained(network, adapter, local_files_only=True).eval()


def load_tokenizer(folder: Path) -> Any:
    """Load the tokenizer of a local folder as transformers has it; its own code is never run.

    BOS and EOS that its settings leave open are those that it was trained with here: transformers looks for them in
    fewer places, and a text that nothing ends would be continued for ever.
    """
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    if None in (tokenizer.bos_token_id, tokenizer.eos_token_id):
        special = special_tokens(folder)
        for name, token in (("bos_token", special.bos), ("eos_token", special.eos)):
            if token is not None and getattr(tokenizer, name) is None:
                setattr(tokenizer, name, tokenizer.convert_ids_to_tokens(token))
    return tokenizer
