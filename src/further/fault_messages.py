"""What is wrong with a study file, one line a fault: the key, its value, what is allowed, and what was meant."""

import datetime
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from further.guesses import guess_choice, guess_number
from further.settings import Settings
from further.strict_yaml import SHORT, find_line

SECRET = "passwords"  # a key whose values no message repeats
RENAMED = {  # keys of earlier versions that are too unlike the new ones to be guessed
    "accumulation": "gradient_accumulation_steps",
    "passes": "epochs",
    "warmup_share": "warmup_ratio",
    "validations_per_pass": "validations_per_epoch",
    "max_rejected_share": "max_rejected_fraction",
    "test_share": "test_fraction",
    "validation_share": "validation_fraction",
    "heldout_share": "heldout_fraction",
    "replay_share": "replay_fraction",
}
OTHER_TOOLS = {  # keys of transformers, peft, TRL, Axolotl and Unsloth
    "lr": "learning_rate",
    "r": "rank",
    "lora_r": "rank",
    "lora_rank": "rank",
    "lora_alpha": "alpha",
    "lora_dropout": "dropout",
    "lora_target_modules": "target_modules",
    "use_rslora": "rslora",
    "use_dora": "dora",
    "init_lora_weights": "initialization",
    "load_in_4bit": "quantization: nf4",
    "load_in_8bit": "quantization: int8",
    "bf16": "compute_dtype: bfloat16",
    "torch_dtype": "compute_dtype",
    "dtype": "compute_dtype",
    "max_seq_length": "context",
    "max_length": "context",
    "sequence_len": "context",
    "block_size": "context",
    "sample_packing": "packing",
    "num_train_epochs": "epochs",
    "num_epochs": "epochs",
    "max_steps": "epochs",
    "batch_size": "batch_tokens, in tokens per optimizer step",
    "micro_batch_size": "gradient_accumulation_steps, which divides batch_tokens into micro-batches",
    "per_device_train_batch_size": "gradient_accumulation_steps, which divides batch_tokens into micro-batches",
    "warmup_steps": "warmup_ratio",
    "optim": "optimizer",
    "save_steps": "checkpoint_minutes",
    "eval_steps": "validations_per_epoch",
    "early_stopping_patience": "patience",
    "attn_implementation": "attention",
    "torch_compile": "compile",
    "random_seed": "seed",
    "wandb_project": "report_to: [wandb]",
}
# Keys of the next two are pydantic's types of errors; the words of the second are filled from the error's context.
EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "string_type": "text",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
}
LIMITS = {
    "greater_than_equal": "at least {ge}",
    "greater_than": "more than {gt}",
    "less_than_equal": "at most {le}",
    "less_than": "less than {lt}",
    "literal_error": "one of {expected}",
    "string_too_short": "at least {min_length} character",
    "too_short": "at least {min_length} value",
    "too_long": "at most {max_length} values",
}
# What a regular expression in the settings asks for, as most readers of a message do not read expressions.
PATTERNS = {
    "^medical$": "medical or null",
    "^[a-z]{2,3}$": "a language code of two or three lowercase letters, such as en or de",
    "^[a-z]{2}$": "a language code of two lowercase letters, such as en or de",
    "^[A-Z]{3}$": "three capital letters, such as EUR or USD",
    "^[0-9]{4}-(0[1-9]|1[0-2])(-[0-3][0-9])?$": "year and month, such as 2026-11",
    "^[0-9a-f]{40}$": "a commit of 40 hexadecimal digits; a branch or tag may change",
    "^[A-Za-z0-9][A-Za-z0-9._-]*$": "letters, digits, dots, dashes and underscores",
    "^[A-Za-z0-9_.]+$": "the end of a layer's name, such as q_proj or mlp.up_proj",
    "^[a-z][a-z0-9_]*$": "lowercase letters, digits and underscores",
    "^[a-zA-Z_]+([+][a-zA-Z_]+)*$": "Tesseract's codes, such as eng or deu+eng",
}
FAULT = re.compile(r"(study file|[a-z_]+(?:[.][\w-]+)*): (?:unknown key (.+?)(?:;|$))?")
Place = tuple[str | int, ...]


def explain(error: ValidationError, config: Mapping[str, Any]) -> Iterator[str]:
    """The faults that pydantic found in a study file, in our words."""
    # A union gives a fault for each of its types: the first of a place is told.
    found: dict[Place, Any] = {}
    for fault in error.errors():
        found.setdefault(_written_place(fault["loc"], config), fault)
    for place, fault in found.items():
        # Of a value that may be of several types, the fault that lies deepest is that of the type that was meant.
        if not any(other[: len(place)] == place for other in found if other != place):
            yield _explain_one(place, fault)


def _written_place(place: Place, config: Any) -> Place:
    """The part of a place that leads to what was written: pydantic adds the type that it tried."""
    written: list[str | int] = []
    for part in place:
        if isinstance(config, Mapping) or (isinstance(config, list) and isinstance(part, int)):
            written.append(part)
            known = part in config if isinstance(config, Mapping) else int(part) < len(config)
            config = config[part] if known else None  # type: ignore[index]
    return tuple(written)


def _explain_one(place: Place, fault: Mapping[str, Any]) -> str:
    name = ".".join(map(str, place)) or "study file"
    kind = fault["type"]
    if kind == "extra_forbidden":
        return f"{'.'.join(map(str, place[:-1])) or 'study file'}: unknown key {place[-1]}{_suggest(place)}"
    if kind == "missing":
        return f"{name}: missing, and it has no default"
    value = "the value (not shown)" if SECRET in place else show_value(fault["input"])
    if kind == "string_pattern_mismatch":
        pattern = fault["ctx"]["pattern"]
        return f"{name}: {value} is not allowed: {PATTERNS.get(pattern, f'the pattern {pattern}')}"
    allowed = (
        EXPECTED.get(kind) or LIMITS[kind].format(**fault["ctx"])
        if kind in {*EXPECTED, *LIMITS}
        else fault["msg"].removeprefix("Value error, ")
    )
    return f"{name}: {value} is not allowed: {allowed}{_correct(place, fault)}"


def add_lines(faults: str, files: Sequence[Path]) -> str:
    """Faults, one a line, each with the file and the line in which its key stands, where one of the files has it.

    Args:
        files: Study files, each laid over the one before.
    """
    return "\n".join(fault + _say_line(fault, files) for fault in faults.splitlines())


def _say_line(fault: str, files: Sequence[Path]) -> str:
    found = FAULT.match(fault)
    if found is None:
        return ""
    sections = [] if found[1] == "study file" else found[1].split(".")
    keys = [*sections, *([found[2]] if found[2] else [])]
    lines = ((file, find_line(file, keys)) for file in reversed(files))
    return next((f" ({file}, line {line})" for file, line in lines if line), "")


def show_value(value: Any) -> str:
    """A value as it stands in YAML, where that is shorter than Python's own way of writing it."""
    words = {None: "null", True: "true", False: "false"}
    if isinstance(value, datetime.date):  # a time too
        return value.isoformat()
    return words[value] if value is None or isinstance(value, bool) else SHORT.repr(value)


def _correct(place: Place, fault: Mapping[str, Any]) -> str:
    """What to write instead, where that can be guessed."""
    kind, value = fault["type"], fault["input"]
    if SECRET in place:
        return ""
    if kind == "literal_error":
        choices = fault["ctx"]["expected"].replace(" or ", ", ").replace("'", "").split(", ")
        return f"; did you mean {guess}?" if (guess := guess_choice(value, choices)) else ""
    if kind in ("model_type", "model_attributes_type", "dict_type") and value is None:
        return "; remove the line, or write keys below it"
    if kind == "list_type" and not isinstance(value, (dict, list)) and value is not None:
        return f"; write [{value}]" if len(str(value)) <= SHORT.maxstring else ""
    if kind == "string_type":
        return _say_text(value)
    if kind in ("less_than", "less_than_equal") and place[-1] != "learning_rate":
        limit = fault["ctx"].get("lt", fault["ctx"].get("le"))
        return f"; {value:g}% is {value / 100:g}" if limit == 1 < value <= 100 else ""
    if kind == "int_type" and isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return f"; write {value:.0f}"
    if not isinstance(value, str):
        return ""
    if kind == "bool_type" and value.lower() in ("true", "false", "yes", "no", "on", "off"):
        return f"; write {str(value.lower() in ('true', 'yes', 'on')).lower()}, without quotes"
    if kind in ("int_type", "float_type"):
        guess = guess_number(value, _unit_of(place), whole=kind == "int_type")
        # YAML 1.1 reads 2e-4 as text, and Snakemake's --config every number within braces.
        quoted = ", without quotes and in a file: inside the braces of --config, numbers are text"
        return f"; write {guess}{quoted if value == guess else ''}" if guess else ""
    return ""


def _say_text(value: Any) -> str:
    """How a text has to be written that YAML takes for something else."""
    if isinstance(value, bool):
        return f"; write it in quotes: YAML reads {'yes and on' if value else 'no and off'} as {show_value(value)}"
    return f'; write "{show_value(value)}"' if isinstance(value, (int, float, datetime.date)) else ""


def _unit_of(place: Place) -> str:
    """The unit of a key as the table of keys has it; empty where it has none."""
    field = _fields_at(place[:-1]).get(str(place[-1]))
    about: Any = field.json_schema_extra if field else None
    return str(about["unit"]) if about else ""


def _suggest(place: Place) -> str:
    """What an unknown key was meant to be, or all that are known there."""
    known, wrong = known_keys(place[:-1]), str(place[-1])
    renamed = RENAMED.get(wrong)
    if renamed in known:
        return f"; it is called {renamed}"
    if place[0] == "training" and wrong in OTHER_TOOLS:
        return f"; here it is {OTHER_TOOLS[wrong]}"
    section, _, inside = wrong.partition(".")
    if inside in known_keys((section,)):
        return f"; write it as {section}: {{{inside}: ...}}"
    if elsewhere := [section for section in known_keys(()) if wrong in known_keys((section,))]:
        return f"; it belongs under {' or '.join(elsewhere)}"
    if close := difflib.get_close_matches(wrong, known, n=1, cutoff=0.7):
        return f"; did you mean {close[0]}?"
    return f"; known: {', '.join(known)}"


def known_keys(place: Place) -> list[str]:
    """The keys that a section may have, sorted; none where it has none of its own."""
    return sorted(_fields_at(place))


def _fields_at(place: Place) -> dict[str, FieldInfo]:
    kind: Any = Settings
    for part in place:
        kind = _inside(kind, str(part))
    sections = [one for one in _choices(kind) if _is_section(one)]
    return dict(sections[0].model_fields) if sections else {}


def _inside(annotation: Any, part: str) -> Any:
    """The type of what stands under a name in a section or a mapping, or under a number in a list."""
    for kind in _choices(annotation):
        if _is_section(kind):
            return kind.model_fields[part].annotation if part in kind.model_fields else None
        if get_origin(kind) in (dict, list):
            return get_args(kind)[-1]
    return None


def _choices(annotation: Any) -> list[Any]:
    """The types of a union, or the one that there is."""
    if get_origin(annotation) in (Union, UnionType):
        return [kind for part in get_args(annotation) for kind in _choices(part)]
    return _choices(get_args(annotation)[0]) if get_origin(annotation) is Annotated else [annotation]


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
