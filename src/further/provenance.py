"""A digest of the code behind a result: blind to comments, docstrings, log messages and the wording of errors.

Snakemake does not see a change in a module that a script imports, and runs a script again that was only touched.
The rules therefore pass this digest among their params. It covers the script and every `further` module that it
reaches: by imports, and by names in strings, as child processes are started with `-m further.…`.
"""

import ast
import contextlib
import hashlib
import json
import os
import platform
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parent

# Modules that cannot shape a result, though scripts run them. Their imports are followed, their own code is left out.
SHAPE_NOTHING = (
    "job.py",  # logs and progress lines
    "lock.py",  # who works on what
    "memory.py",  # what is said where memory ends
    "tracking.py",  # copies of metrics for other tools
    "gpus.py",  # whether a job has the GPUs that it was planned for
    "training/progress.py",  # what a run is doing
    "training/walltime.py",  # when it stops; it goes on as if it had not
    "training/failures.py",  # what is said of a run without a result
    "training/launch.py",  # starts processes, and hands on what they trained
    "settings",  # values, all of which are among the params of the rule that passes them
)
# What an error says ends in a result: why a paper or a picture is dropped, why no law is fitted.
ERRORS_ARE_DATA = ("corpus", "cases/pixels.py", "children.py", "scaling")
KEPT = "__pycache__/digests.json"  # beside what Python itself keeps of the modules
LOGGERS = ("log", "PROGRESS")
MODULE_NAME = re.compile(r"further(\.\w+)+")


@cache
def digest_code(script: Path) -> str:
    """Digest of a script and of the `further` modules it imports, directly or through others.

    Args:
        script: A Python file; other imports than `further` are left to `installed_versions`.

    Returns:
        16 hexadecimal digits.

    Raises:
        ValueError: If a file cannot be parsed.
    """
    known = dict(_known())
    # Sorted by path: the order in which imports are followed must not change the digest.
    modules = sorted((module for module in _reach(script) if not _is_of(module, SHAPE_NOTHING)), key=str)
    text = "\n".join(f"{_name(module)} {_read(module).digest}" for module in modules)
    # Reading a module adds what was found in it to `_known`.
    if known != _known():
        _keep(_known())
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def installed_versions(packages: tuple[str, ...]) -> dict[str, str]:
    """Versions of installed packages, by name.

    Raises:
        importlib.metadata.PackageNotFoundError: If one is not installed.
    """
    return {name: version(name) for name in packages}


def describe_program() -> dict[str, str]:
    """Further's version and commit, and Python's version: what to get to make the results again."""
    try:
        own = version("further")
    except PackageNotFoundError:
        own = "not installed"
    return {"Further": own, "commit": find_commit(PACKAGE.parents[1]), "Python": platform.python_version()}


def find_commit(folder: Path) -> str:
    """Commit of a git checkout, with a remark where its files differ; "not a checkout" for any other folder."""
    commit = _ask_git(folder, "rev-parse", "HEAD")
    top = _ask_git(folder, "rev-parse", "--show-toplevel")
    if commit is None or top is None or Path(top) != folder.resolve():
        return "not a checkout"
    changed = _ask_git(folder, "status", "--porcelain", "--untracked-files=no")
    return f"{commit}, with uncommitted changes" if changed else commit


def _ask_git(folder: Path, *arguments: str) -> str | None:
    """What git prints; None where it fails or is not there."""
    try:
        done = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _name(module: Path) -> str:
    return str(module.relative_to(PACKAGE)) if module.is_relative_to(PACKAGE) else module.name


def _is_of(module: Path, listed: Sequence[str]) -> bool:
    """Whether a module is one of those listed, or lies in a folder of theirs."""
    name = _name(module)
    return any(name == one or name.startswith(f"{one}/") for one in listed)


def _reach(script: Path) -> set[Path]:
    """The script and every module of the package that can be reached from it."""
    seen: set[Path] = set()
    waiting = [script]
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            waiting += _read(module).imports
    return seen


@dataclass(frozen=True)
class _Module:
    """What a file of the package, or a script, leads to and holds."""

    imports: tuple[Path, ...]
    digest: str


@cache
def _read(module: Path) -> _Module:
    """Files of the package that a module reaches, and the digest of its syntax tree without what shapes no result."""
    source, keep_errors = module.read_bytes(), _is_of(module, ERRORS_ARE_DATA)
    made_of = hashlib.sha256(b"%d" % keep_errors + source).hexdigest()
    name, known = _name(module), _known()
    if name not in known or known[name]["made_of"] != made_of:
        known[name] = {"made_of": made_of, **_parse(module, source, keep_errors)}
    imports = {path for imported in known[name]["imports"] for path in _files(imported)}
    return _Module(tuple(sorted(imports)), known[name]["digest"])


@cache
def _known() -> dict[str, dict[str, Any]]:
    """What earlier processes found in each module: to parse all of them takes longer than the rest of a dry run."""
    with contextlib.suppress(OSError, ValueError):
        kept = json.loads((PACKAGE / KEPT).read_text(encoding="utf-8"))
        if kept["found_by"] == _own_digest():
            return dict(kept["modules"])
    return {}


def _keep(modules: dict[str, dict[str, Any]]) -> None:
    """Write what was found for later processes; where the folder cannot be written, they find it again."""
    file = PACKAGE / KEPT
    part = file.with_name(f"{file.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        file.parent.mkdir(exist_ok=True)
        part.write_text(json.dumps({"found_by": _own_digest(), "modules": modules}), encoding="utf-8")
        part.replace(file)


@cache
def _own_digest() -> str:
    """Of this file and of Python, whose syntax trees differ between versions."""
    return hashlib.sha256(platform.python_version().encode() + Path(__file__).read_bytes()).hexdigest()


def _parse(module: Path, source: bytes, keep_errors: bool) -> dict[str, Any]:
    """Names of the modules that one reaches, and its digest."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise ValueError(f"{module}: not valid Python, line {error.lineno}: {error.msg}") from error
    imports = sorted(_imports(tree, module))  # before what is left out is taken away
    shaping = _Shaping(keep_errors=keep_errors).visit(tree)
    # A tree's dump has no positions and no comments.
    return {"imports": imports, "digest": hashlib.sha256(ast.dump(shaping).encode()).hexdigest()}


def _imports(tree: ast.Module, module: Path) -> set[str]:
    """Names of what a module imports anywhere, inside functions too, or names in a string."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= _from_names(node, module)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and MODULE_NAME.fullmatch(node.value):
            names.add(node.value)
    return {name for name in names if name.split(".")[0] == "further"}


def _from_names(node: ast.ImportFrom, module: Path) -> set[str]:
    base = node.module or ""
    if node.level:
        package = ("further", *module.relative_to(PACKAGE).parts[:-1])
        base = ".".join([*package[: len(package) - node.level + 1], *([base] if base else [])])
    return {base} | {f"{base}.{alias.name}" for alias in node.names}


@cache
def _files(name: str) -> list[Path]:
    """Files that importing a dotted name runs: the module, and the `__init__` of each package above it."""
    rest = name.split(".")[1:]
    folders = [PACKAGE.joinpath(*rest[:depth]) for depth in range(len(rest) + 1)]
    candidates = [folder / "__init__.py" for folder in folders] + [PACKAGE.joinpath(*rest).with_suffix(".py")]
    return [path for path in candidates if path.is_file()]


class _Shaping(ast.NodeTransformer):
    """Takes docstrings, calls of loggers, `pass` and the text of raised errors out of a syntax tree."""

    def __init__(self, *, keep_errors: bool) -> None:
        self.keep_errors = keep_errors

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """A statement that is only a text, or only a call of a logger, is left out."""
        is_text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if is_text or _is_logging(node.value) else self.generic_visit(node)

    def visit_Pass(self, node: ast.Pass) -> None:
        """It does nothing, and a body that held only a docstring or a message needs one when that goes."""

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        """An error keeps its kind and loses its words."""
        if not self.keep_errors and isinstance(node.exc, ast.Call):
            node.exc = ast.Call(node.exc.func, [], [])
        return node


def _is_logging(call: ast.expr) -> bool:
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in LOGGERS
    )
