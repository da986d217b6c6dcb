"""YAML that refuses what it otherwise swallows: a key that is there twice, a key that is no text, 017 read as 15."""

import re
import reprlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

BASE_8 = re.compile(r"[-+]?0[0-7_]+")
BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
BLOCK = (
    " (here or just above: keys of one section begin in the same column, each with a colon and a space behind it, and "
    'a text with a colon is in quotes: "Hearts: a study")'
)
HINTS = {  # what to write, by a part of what the parser says
    r"'\t'": " (indent with spaces, not tabs)",
    "expected <block end>": BLOCK,
    "could not find expected ':'": BLOCK,
    "mapping values are not allowed": BLOCK,
    "expected ',' or": " (the bracket of line {line} is not closed)",
}
SHORT = reprlib.Repr()  # writes a value into a message: of a long one its beginning and its end
SHORT.maxstring = SHORT.maxother = SHORT.maxlong = 80
SHORT.maxlist = SHORT.maxdict = 20
TEXT, MERGE = "tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"


class _Loader(yaml.SafeLoader):
    """Refuses what plain YAML 1.1 reads as something else than it looks like.

    A mapping with a key twice, of which it keeps the last. A key as `no`, which it reads as false. A number with a
    leading 0, which it reads to the base 8, and one with a colon, which it reads to the base 60.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        first: dict[Any, int] = {}
        # Looked at as nodes: once constructed, the second of two equal keys has replaced the first.
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                continue
            key, line = key_node.value, key_node.start_mark.line + 1
            if key in first and key != "<<":
                raise _refusal(f"the key {key} is there twice, in lines {first[key]} and {line}", key_node)
            if key_node.tag not in (TEXT, MERGE):
                # {price: 1,5} has a key 5 without a value.
                comma = node.flow_style and value_node.value == "" and key.isdigit()
                cure = (
                    "in braces a comma parts keys: a decimal has a point, as in 1.5" if comma else "write it in quotes"
                )
                raise _refusal(f"the key {key} in line {line} is no text for YAML: {cure}", key_node)
            first[key] = line
        return super().construct_mapping(node, deep=deep)

    def construct_number(self, node: yaml.ScalarNode) -> int | float:
        """A number that says what it looks like."""
        whole = node.tag.endswith("int")
        value: int | float = self.construct_yaml_int(node) if whole else self.construct_yaml_float(node)
        if BASE_60.fullmatch(node.value):
            raise _refusal(f'{_tell(node, value, 60)}: write {value}, or "{node.value}" for a text', node)
        if whole and BASE_8.fullmatch(node.value) and (plain := int(node.value)) != value:
            raise _refusal(f"{_tell(node, value, 8)}: write {value}, or {plain}", node)
        return value


def _tell(node: yaml.ScalarNode, value: float, base: int) -> str:
    return f"{node.value} in line {node.start_mark.line + 1} is {value} for YAML, to the base {base}"


def _refusal(message: str, node: yaml.Node) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, message, node.start_mark)


for _kind in ("int", "float"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_kind}", _Loader.construct_number)


def read_mapping(file: Path) -> dict[str, Any]:
    """Read a YAML file that holds a mapping.

    Raises:
        ValueError: If it cannot be read, is not YAML, holds something else, or holds a key twice.
    """
    try:
        config = yaml.load(file.read_text(encoding="utf-8"), _Loader)
    except OSError as error:
        raise ValueError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{file} is not UTF-8 text: save it with that encoding") from None
    except yaml.constructor.ConstructorError as error:
        raise ValueError(f"{file}: {error.problem}") from None
    except yaml.YAMLError as error:
        raise ValueError(f"{file} is not YAML{_say_where(error)}") from None
    except RecursionError:
        raise ValueError(f"{file} nests lists or mappings too deeply to be read") from None
    if config is None:
        raise ValueError(f"{file} is empty: write at least study: {{title: ...}}")
    if not isinstance(config, dict):
        raise ValueError(f"{file} holds {SHORT.repr(config)}; a mapping of settings is expected")
    return config


def find_line(file: Path, keys: Sequence[str]) -> int | None:
    """The line of a key, counted from 1; None where the file does not have it.

    Args:
        file: As `read_mapping` reads it.
        keys: The sections above the key, from the outermost, and the key; of a list the number of a value, from 0.
    """
    # Nodes know their lines; what is made of them does not.
    node, line = yaml.compose(file.read_text(encoding="utf-8"), yaml.SafeLoader), None
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            below = {name.value: (name, value) for name, value in node.value}
        else:
            listed = node.value if isinstance(node, yaml.SequenceNode) else []
            below = {str(number): (value, value) for number, value in enumerate(listed)}
        if key not in below:
            return None
        name, node = below[key]
        line = name.start_mark.line + 1
    return line


def _say_where(error: yaml.YAMLError) -> str:
    """The line and the problem, with what to write where that is known."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return f": {' '.join(str(error).split())}"
    problem, mark = error.problem or "", error.problem_mark
    begun = error.context_mark or mark
    if problem.startswith("but "):  # the second half of a sentence
        problem = f"{error.context}, {problem}"
    if error.context == "while scanning a simple key":  # what it misses there, it notices lines later
        mark = begun
    hint = next((text for part, text in HINTS.items() if part in problem), "")
    return f" in line {mark.line + 1}: {problem}{hint.format(line=begun.line + 1)}"
