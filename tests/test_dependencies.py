"""Every package that the source imports is declared, and none is declared that nothing needs."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
NEVER_IMPORTED = {  # declared, though no line imports them
    "snakemake",  # runs the rules
    "snakemake-executor-plugin-slurm",  # Snakemake loads it
    "openpyxl",  # pandas reads .xlsx with it
    "pylibjpeg",  # pydicom decodes pixels with both
    "pylibjpeg-libjpeg",
}


def imported_names():
    """Top-level modules that a file of the package imports anywhere, inside functions too."""
    for file in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                yield from (alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.split(".")[0]


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def name_of(requirement):
    return normal(re.match(r"[A-Za-z0-9._-]+", requirement)[0])


def test_every_import_is_declared():
    known = packages_distributions()
    own = {"further", "snakemake_logger_plugin_further"}
    others = set(imported_names()) - sys.stdlib_module_names - own
    optional = {
        name_of(item) for extra, items in PROJECT["optional-dependencies"].items() if extra != "dev" for item in items
    }
    declared = {name_of(item) for item in PROJECT["dependencies"]} | optional
    needed = {name: {normal(found) for found in known.get(name, [name])} for name in others}
    assert {name: found for name, found in needed.items() if not found & declared} == {}
    used = {found for names in needed.values() for found in names}
    assert {name_of(item) for item in PROJECT["dependencies"]} - used == NEVER_IMPORTED


def test_the_locks_hold_what_is_declared_and_the_first_is_a_part_of_the_second():
    def read(name):
        return dict(line.split("==") for line in (ROOT / name).read_text().split())

    runtime, development = read("requirements.lock"), read("requirements-dev.lock")
    assert runtime.items() <= development.items()
    assert {name_of(item) for item in PROJECT["dependencies"]} <= runtime.keys()
    assert {name_of(item) for item in PROJECT["optional-dependencies"]["dev"]} <= development.keys()
    assert not {"pytest", "mypy", "ruff", "lm-eval", "playwright", "tensorboard"} & runtime.keys()
