"""A digest of the code behind a result, blind to comments, docstrings and layout.

Snakemake does not see a change in a module that a script imports, and runs a script again that was only touched.
The rules therefore pass this digest among their params: it changes exactly when the code that runs does.
"""

import ast
import hashlib
import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGE = Path(__file__).parent


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
    modules = sorted(_reach(script), key=str)
    text = "\n".join(f"{_name(module)} {_digest_file(module)}" for module in modules)
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


def _reach(script: Path) -> set[Path]:
    """The script and every module of the package that can be reached from it by imports."""
    seen: set[Path] = set()
    waiting = [script]
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            waiting += _imports(module)
    return seen


@cache
def _parse(module: Path) -> ast.Module:
    try:
        return ast.parse(module.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise ValueError(f"{module}: not valid Python, line {error.lineno}: {error.msg}") from error


@cache
def _imports(module: Path) -> tuple[Path, ...]:
    """Files of the package that a module imports anywhere, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(_parse(module)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= _from_names(node, module)
    return tuple(sorted({path for name in names for path in _files(name)}))


def _from_names(node: ast.ImportFrom, module: Path) -> set[str]:
    base = node.module or ""
    if node.level:
        package = ("further", *module.relative_to(PACKAGE).parts[:-1])
        base = ".".join([*package[: len(package) - node.level + 1], *([base] if base else [])])
    return {base} | {f"{base}.{alias.name}" for alias in node.names}


def _files(name: str) -> list[Path]:
    """Files that importing a dotted name runs: the module, and the `__init__` of each package above it."""
    first, *rest = name.split(".")
    if first != "further":
        return []
    folders = [PACKAGE.joinpath(*rest[:depth]) for depth in range(len(rest) + 1)]
    candidates = [folder / "__init__.py" for folder in folders] + [PACKAGE.joinpath(*rest).with_suffix(".py")]
    return [path for path in candidates if path.is_file()]


@cache
def _digest_file(module: Path) -> str:
    """Digest of the syntax tree without docstrings; positions and comments are not part of a tree's dump."""
    tree = _parse(module)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and ast.get_docstring(node, clean=False) is not None
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()
