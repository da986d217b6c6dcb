"""Where adapters sit: a preset, a list of names or a regular expression, held against a model's own layers."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from further.weights import read_header

Target = str | list[str]

PRESETS: dict[str, list[str] | None] = {
    "attention": ["q_proj", "k_proj", "v_proj", "o_proj"],
    "all-linear": None,  # every linear layer but the head
}
OTHER_NAMES = {"o_proj": "out_proj"}  # of a preset's layers, in families that have none of its name: BART's
NOT_LINEAR = ("embed", "lm_head", "wte", "wpe", "norm")  # two-dimensional weights that no adapter is offered for

OTHER_PARTS = ("vision_tower", "multi_modal_projector")  # of an image–text model, which no adapter sits on unasked


def choose_part(layers: Iterable[str], target: Target, parts: tuple[str, ...] | None) -> list[str]:
    """Layers that a setting is held against: the language model's, unless an expression names another part.

    By last names alone `attention` would put 9 of 17 adapters of a PaliGemma into its vision tower.

    Args:
        layers: Full names of a model's linear layers, without its head.
        parts: How the names of the language model's layers begin; None where there is no other part.
    """
    everywhere = parts is None or asks_for_vision(target)
    return [layer for layer in layers if everywhere or layer.startswith(parts or ())]


def asks_for_vision(target: Target) -> bool:
    """Whether a setting is an expression that names the vision tower or the projector."""
    return isinstance(target, str) and any(part in target for part in OTHER_PARTS)


def match_targets(layers: Iterable[str], target: Target) -> list[str]:
    """The linear layers that a setting names.

    Args:
        layers: Full names of a model's linear layers, without its head.
        target: A preset; a list of last parts of names (q_proj, mlp.up_proj); or a regular expression for whole names.

    Returns:
        Full names, in the order of `layers`.

    Raises:
        ValueError: If the expression, or one name of the list, matches no layer.
    """
    layers = list(layers)
    # One text is a preset or an expression for whole names, a list is the ends of names.
    names = [target] if isinstance(target, str) else target
    fits: Callable[[str, str], object] = re.fullmatch if isinstance(target, str) else _ends_in
    if isinstance(target, str) and target in PRESETS:
        preset = PRESETS[target]
        if preset is None:
            return layers
        names, fits = _name_as_family(preset, layers), _ends_in
    if missing := [name for name in names if not any(fits(name, layer) for layer in layers)]:
        last_parts = sorted({layer.rsplit(".", 1)[-1] for layer in layers})
        example = f", in full for instance {layers[0]}" if layers else ""
        raise ValueError(
            f"training.target_modules: {', '.join(missing)} matches no linear layer; "
            f"the model's end in {', '.join(last_parts)}{example} (for embeddings and head: training.train_embeddings)"
        )
    return [layer for layer in layers if any(fits(name, layer) for name in names)]


def _name_as_family(names: list[str], layers: list[str]) -> list[str]:
    present = {layer.rsplit(".", 1)[-1] for layer in layers}
    others = {name: other for name, other in OTHER_NAMES.items() if name not in present and other in present}
    return [others.get(name, name) for name in names]


def _ends_in(name: str, layer: str) -> bool:
    return layer == name or layer.endswith(f".{name}")


def check_targets(folder: Path, targets: Iterable[Target]) -> None:
    """Hold settings against the names in a model's weight files, before anything runs and without reading a weight.

    Args:
        folder: Hugging Face folder; one that is not there yet, or has no safetensors, is not checked.

    Raises:
        ValueError: As `match_targets`, and if a weight file is none.
    """
    layers = sorted(set(_weight_matrices(folder)))
    for target in targets if layers else ():
        match_targets(layers, target)


def _weight_matrices(folder: Path) -> Iterator[str]:
    """Names of the two-dimensional weights."""
    for file in sorted(folder.glob("*.safetensors")):
        for tensor, entry in read_header(file)[0].items():
            name = tensor.removesuffix(".weight")
            last = name.rsplit(".", 1)[-1]
            if name != tensor and len(entry["shape"]) == 2 and not any(part in last for part in NOT_LINEAR):
                yield name
