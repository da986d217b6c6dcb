"""`further check` of the model that a study names: its folder, its layers, the hub."""

from further.cli.findings import Check, Findings, collect
from further.hub import Unreachable, ask_hub, is_logged_in
from further.model_folder import check_model
from further.plan.refuse import refuse_early
from further.study import Study
from further.targets import check_targets
from further.vision.demands import check_contexts


def check_model_of(study: Study, found: Findings) -> None:
    """A folder's weights and layers, what its runs ask of it, and whether the hub has it."""
    settings, model = study.settings, study.model_folder
    targets = [run.target_modules for run in study.runs.values()]
    is_text = settings.study.kind == "text"
    early = (model, study.runs, settings.hardware, settings.evaluation.window if is_text else None)
    checks: list[Check] = [(check_targets, (model, targets)), (refuse_early, early)]
    if settings.model.source == "folder":
        checks.insert(0, (check_model, (model, settings.study.kind)))
    if not is_text:
        checks.append((check_contexts, (model, study.runs, settings.cases.max_images)))
    known = len(found.faults)
    for check in checks:
        if len(found.faults) == known:  # of a model that cannot be read, nothing more is asked
            collect(found, check)
    if settings.model.source == "hub" and not model.is_dir():
        _check_hub(str(settings.model.path), str(settings.model.revision), found)
    if not (model / "config.json").is_file() and settings.model.source != "folder":
        found.unchecked.append("model: not on this disk yet, so neither its layers nor its memory (the plan does)")


def _check_hub(name: str, revision: str, found: Findings) -> None:
    try:
        there = ask_hub(name, revision)
    except ValueError as error:
        found.faults.append(f"model.path: {error}")
        return
    except Unreachable as error:
        login = (
            "a login is stored" if is_logged_in() else "no login is stored (hf auth login), which a gated model needs"
        )
        found.unchecked.append(f"hub: {error}, so whether {name} is open to you is not known; {login}")
        return
    if there.gated and not is_logged_in():
        found.faults.append(
            f"model.path: {name} is gated and no login is stored here: ask for access on its page, then hf auth login"
        )
    elif there.gated:
        found.unchecked.append(f"hub: whether the owner of {name} has let you in (its page says)")
    if there.files and not any(file.endswith(".safetensors") for file in there.files):
        found.faults.append(f"model.path: {name} has no weights in safetensors")
