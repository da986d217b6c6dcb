"""`further check` of the model that a study names: its folder, its layers, the hub."""

from pathlib import Path

from further.cli.findings import Findings
from further.hub import Unreachable, ask_hub, is_logged_in
from further.plan.early import check_runs
from further.study import Study
from further.vision.demands import check_contexts


def check_model_of(study: Study, found: Findings) -> None:
    """A folder's weights and layers, what its runs ask of it, and whether the hub has it."""
    settings, model = study.settings, study.model_folder
    found.collect(_check_weights, study, model)
    if settings.model.source == "hub" and not model.is_dir():
        _check_hub(str(settings.model.path), str(settings.model.revision), found)
    if not (model / "config.json").is_file() and settings.model.source != "folder":
        found.unchecked.append("model: not on this disk yet, so its layers and memory are left to the plan")


def _check_weights(study: Study, model: Path) -> None:
    """What a folder holds; of one that cannot be read nothing more is asked."""
    check_runs(study)
    if study.settings.study.kind != "text":
        check_contexts(model, study.runs, study.settings.cases.max_images)


def _check_hub(name: str, revision: str, found: Findings) -> None:
    try:
        there = ask_hub(name, revision)
    except ValueError as error:
        found.faults.append(f"model.path: {error}")
        return
    except Unreachable as error:
        login = (
            "a login is stored" if is_logged_in() else "no login is stored, which a gated model needs (hf auth login)"
        )
        found.unchecked.append(f"hub: {error}, so it is not known whether you have access to {name}; {login}")
        return
    if there.gated and not is_logged_in():
        found.faults.append(
            f"model.path: {name} is gated and no login is stored here: request access on its page, then hf auth login"
        )
    elif there.gated:
        found.unchecked.append(f"hub: whether the owner of {name} has let you in (see its page)")
    if there.files and not any(file.endswith(".safetensors") for file in there.files):
        found.faults.append(f"model.path: {name} has no weights in safetensors")
