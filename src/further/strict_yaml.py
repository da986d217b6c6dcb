"""YAML that refuses what it otherwise swallows: a key that is there twice."""

from pathlib import Path
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """Refuses a mapping with a key twice, of which plain YAML keeps the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        first: dict[Any, int] = {}
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                continue
            key, line = key_node.value, key_node.start_mark.line + 1
            if key in first and key != "<<":
                message = f"the key {key} is there twice, in lines {first[key]} and {line}"
                raise yaml.constructor.ConstructorError(None, None, message, key_node.start_mark)
            first[key] = line
        return super().construct_mapping(node, deep=deep)


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
    if config is None:
        raise ValueError(f"{file} is empty: write at least study: {{title: ...}}")
    if not isinstance(config, dict):
        raise ValueError(f"{file} holds {config!r}; a mapping of settings is expected")
    return config


def _say_where(error: yaml.YAMLError) -> str:
    """The line and the problem; a tab is called by its name."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return f": {' '.join(str(error).split())}"
    hint = " (indent with spaces, not tabs)" if "'\\t'" in (error.problem or "") else ""
    return f" in line {error.problem_mark.line + 1}: {error.problem}{hint}"
