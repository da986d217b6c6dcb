"""`further export`: an adapter merged into its base model, in a folder that plain transformers loads."""

import shutil
from pathlib import Path

from further.cli.study_folder import name_study, refuse_one_model, suggest_others
from further.io import read_json, share_files, write_text
from further.records.base import DEFAULT_RUN
from further.report.card import make_merged_card
from further.settings import Run

BESIDE_WEIGHTS = (  # what reads text and images for the model
    "tokenizer*", "special_tokens_map.json", "added_tokens.json", "vocab.*", "merges.txt", "chat_template*",
    "preprocessor_config.json", "processor_config.json",
)  # fmt: skip


def choose_run(study: Path, run: str | None, folder: str) -> str:
    """The run that was meant: the default one where only a folder is named.

    Args:
        study: The folder that holds results/.
        folder: Where to export to, as it was typed.

    Raises:
        ValueError: If only one word was given and it is a run's name, so that another run would be exported.
    """
    if run is not None:
        return run
    # A run that was never trained is no adapter's name, but it begins with a setting: seed-1.
    is_setting = any(folder.startswith(f"{name}-") for name in Run.model_fields)
    if folder in list_adapters(study) or (is_setting and "/" not in folder):
        raise ValueError(
            f"{folder} is the name of a run, and no folder is given. To export that run: further export {folder} "
            f"FOLDER (for a folder of that name: further export default ./{folder})"
        )
    return DEFAULT_RUN


def list_adapters(study: Path) -> list[str]:
    """The runs of a study whose adapter is there."""
    found = (study / "results" / "runs").glob("*/adapter/adapter_model.safetensors")
    return sorted(path.parents[1].name for path in found)


def find_adapter(study: Path, run: str) -> Path:
    """The folder of a run's adapter.

    Raises:
        ValueError: If there is none, with the runs that there are; or the study is one without adapters.
    """
    refuse_one_model(study)
    if run not in (runs := list_adapters(study)):
        there = f"runs with an adapter: {', '.join(runs) or 'none'}{suggest_others(study)}"
        raise ValueError(f"there is no adapter of run {run} in {study.resolve()}; {there}")
    return study / "results" / "runs" / run / "adapter"


def find_base(study: Path, adapter: Path) -> Path:
    """The folder of the base model that an adapter was trained on."""
    return study / str(read_json(adapter / "adapter_config.json")["base_model_name_or_path"])


def export_run(study: Path, run: str, target: Path) -> list[str]:
    """Merge a run's adapter into its base at the base's own precision, and write it with tokenizer and model card.

    Args:
        study: The folder that holds results/.
        target: A folder that is absent or empty.

    Returns:
        Lines that say which study it was, and what was written.

    Raises:
        ValueError: If there is no such run, its model card is not there, or the folder holds something.
    """
    adapter = find_adapter(study, run)
    if not (adapter / "README.md").is_file():
        raise ValueError(f"{adapter} has no model card (README.md) yet: let the study finish first")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        held = "is a file" if target.is_file() else "is not empty"
        raise ValueError(f"{target} {held}: name a new folder")
    base = find_base(study, adapter)
    precision, loader = _merge(base, adapter, target)
    for pattern in BESIDE_WEIGHTS:
        for file in base.glob(pattern):
            shutil.copy2(file, target / file.name)
    write_text(target / "README.md", make_merged_card((adapter / "README.md").read_text(encoding="utf-8")))
    share_files(target)
    merged = f"{target}: run {run} merged into its base model, {precision}; {loader} loads it"
    return [*name_study(study), merged]


def _merge(base: Path, adapter: Path, target: Path) -> tuple[str, str]:
    """Write the merged weights as safetensors; returns the precision they have, and the class that loads them."""
    from further.models import load_merged
    from further.models.encoder_decoder import EncoderDecoder
    from further.models.image_text import ImageText

    config = read_json(base / "config.json")
    precision = str(config.get("dtype") or config.get("torch_dtype") or "float32")
    model = load_merged(base, adapter, precision)
    network = model.network
    network.config.use_cache = config.get("use_cache", True)  # it is off for packed rows; others generate with it
    network.save_pretrained(target)
    is_text = not isinstance(model, (ImageText, EncoderDecoder))
    return precision, "AutoModelForCausalLM" if is_text else "AutoModelForImageTextToText"
