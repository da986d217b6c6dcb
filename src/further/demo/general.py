"""Plain English that every Python installation carries: the standard library's documentation.

The text comes from docstrings and from the language reference that `help()` shows. Both are read with `ast`, so that
no module is imported. Tests, vendored packages and whatever is installed beside the standard library are left out:
they differ between installations of the same Python version, the rest does not.
"""

import ast
import hashlib
import re
import sysconfig
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

Documents = list[tuple[str, str]]

LEFT_OUT = frozenset(
    {"site-packages", "dist-packages", "__pycache__", "test", "tests", "idle_test", "lib2to3", "_vendor"}
)
TOPICS = Path("pydoc_data", "topics.py")
MIN_PARAGRAPH_WORDS = 5
MIN_LETTER_SHARE = 0.75  # of the characters that are not spaces; below it a paragraph is a table, a rule or code
MIN_DOCUMENT_CHARACTERS = 400  # shorter modules are merged into one document per top-level package

_PROMPT = re.compile(r"^\s*(>>>|\.\.\.)(\s|$)")
_SIGNATURE = re.compile(r"^[\w.]+\s*\(.*\)\s*(->.*)?[:.]?$|^[\w.]+\s*\(.*\)\s*->")
_ROLE = re.compile(r":[\w:+-]+:`~?!?([^`<]+?)(?:\s*<[^`>]*>)?`")
_MARKUP = re.compile(r"``|\*\*|`|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)")
_BULLET = re.compile(r"^\s*([-*+o]|\d+[.)]|\(\w\)|@\w+:?|:\w+( \w+)?:)\s+")
_CODE = re.compile(r"[={}<>|\\]|\w\(.*\)\s*$|^\s*(def|class|import|from|return|for|if|while|with|try)\b.*:?$")
_SENTENCE_END = re.compile(r"[.!?:;][\"')\]]*$")


def general_documents(root: Path | None = None) -> Documents:
    """Read the plain-English documents of this Python's standard library.

    Args:
        root: Folder of the standard library's source; None means that of the running interpreter.

    Returns:
        (name, text) sorted by name: a module's docstrings, or one topic of the language reference. Paragraphs are
        separated by blank lines, and no paragraph occurs twice in the whole list.

    Raises:
        ValueError: If `root` holds no documentation at all.
    """
    root = Path(sysconfig.get_path("stdlib")) if root is None else root
    found = merge_short([*_module_texts(root), *_topic_texts(root)])
    documents = drop_repeats(sorted(found))
    if not documents:
        raise ValueError(f"{root} holds no Python documentation; expected the standard library's source files")
    return documents


def split_general(
    documents: Sequence[tuple[str, str]], *, heldout_fraction: float, seed: int
) -> tuple[Documents, Documents]:
    """Split documents by a hash of their name, so that adding one document moves no other.

    Args:
        documents: (name, text) pairs.
        heldout_fraction: Chance of a document to be held out, 0 < share < 1.
        seed: Any integer; another seed gives another split.

    Returns:
        (train, heldout), each in the order of `documents`.

    Raises:
        ValueError: If the share is out of range, or one side would be empty.
    """
    if not 0 < heldout_fraction < 1:
        raise ValueError(f"heldout_fraction is {heldout_fraction}; it must lie between 0 and 1")
    sides: tuple[Documents, Documents] = ([], [])
    for name, text in documents:
        digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
        sides[int.from_bytes(digest[:8], "big") < heldout_fraction * 2**64].append((name, text))
    if not sides[0] or not sides[1]:
        raise ValueError(
            f"{len(documents)} documents at heldout_fraction {heldout_fraction} give {len(sides[0])} to train on "
            f"and {len(sides[1])} held out; both must be at least 1"
        )
    return sides


def plain_paragraphs(text: str) -> list[str]:
    """Keep the paragraphs of a documentation text that are English prose, each on one line, without its markup."""
    paragraphs = []
    for chunk in re.split(r"\n\s*\n", text):
        lines = [line for line in chunk.splitlines() if not _PROMPT.match(line)]
        if len(lines) < len(chunk.splitlines()):
            continue  # the rest of an interactive example is its output
        for item in _split_items(lines):
            prose = _join_lines(item)
            if _is_prose(prose):
                paragraphs.append(prose)
    return paragraphs


def merge_short(texts: Iterable[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    """Merge documents under `MIN_DOCUMENT_CHARACTERS` into one per top-level package, named `package.*`."""
    kept: dict[str, list[str]] = {}
    for name, paragraphs in sorted(texts):
        long = sum(map(len, paragraphs)) >= MIN_DOCUMENT_CHARACTERS
        package = name.split(".")[0] if "." in name else "single modules"
        kept.setdefault(name if long else f"{package}.*", []).extend(paragraphs)
    return list(kept.items())


def drop_repeats(texts: Iterable[tuple[str, list[str]]]) -> Documents:
    """Join each document's paragraphs, leaving out those that an earlier one had; documents left empty are dropped."""
    seen: set[str] = set()
    documents = []
    for name, paragraphs in texts:
        new: dict[str, str] = {}
        for paragraph in paragraphs:
            if paragraph.casefold() not in seen:
                new.setdefault(paragraph.casefold(), paragraph)
        seen.update(new)
        if new:
            documents.append((name, "\n\n".join(new.values())))
    return documents


def _module_texts(root: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each module's name and prose paragraphs."""
    for path in _source_files(root):
        relative = path.relative_to(root)
        if relative != TOPICS:
            name = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
            yield name, [p for docstring in _docstrings(path) for p in plain_paragraphs(docstring)]


def _source_files(folder: Path) -> Iterator[Path]:
    """Yield source files in a fixed order, never entering what is left out (site-packages may be huge)."""
    for path in sorted(folder.iterdir()):
        if path.name in LEFT_OUT:
            continue
        if path.is_dir():
            yield from _source_files(path)
        elif path.suffix == ".py":
            yield path


def _topic_texts(root: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each topic of the language reference: a dictionary of string literals in `pydoc_data/topics.py`."""
    if not (root / TOPICS).is_file():  # a few distributions strip it
        return
    for node in ast.walk(_parse(root / TOPICS)):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(value, ast.Constant):
                    yield f"topics.{key.value!s}", plain_paragraphs(str(value.value))


def _docstrings(path: Path) -> list[str]:
    """Docstrings of a source file in the order of the file, its own first."""
    places = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(_parse(path)) if isinstance(node, places)]
    nodes.sort(key=lambda node: getattr(node, "lineno", 0))
    return [docstring for node in nodes if (docstring := ast.get_docstring(node))]


def _parse(path: Path) -> ast.Module:
    """Parse a source file; one that this Python cannot parse (a template, say) counts as empty."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # invalid escapes in old modules
        try:
            return ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            return ast.Module(body=[], type_ignores=[])


def _split_items(lines: list[str]) -> Iterator[list[str]]:
    """Split the lines of a chunk where a list item or a `name: meaning` entry begins."""
    item: list[str] = []
    for line in lines:
        if _SIGNATURE.match(line.strip()):
            continue
        if _BULLET.match(line) and item:
            yield item
            item = []
        item.append(_BULLET.sub("", line))
    if item:
        yield item


def _join_lines(lines: list[str]) -> str:
    """Join a paragraph's lines and remove reStructuredText markup and runs of spaces."""
    text = _ROLE.sub(r"\1", " ".join(line.strip() for line in lines))
    return re.sub(r"\s+", " ", _MARKUP.sub("", text)).strip()


def _is_prose(text: str) -> bool:
    """True for at least one whole sentence that is mostly letters and does not look like code."""
    words = re.findall(r"\b[A-Za-z][a-z']*\b", text)
    if len(words) < MIN_PARAGRAPH_WORDS or not _SENTENCE_END.search(text):
        return False
    solid = text.replace(" ", "")
    enough_letters = sum(c.isalpha() for c in solid) >= MIN_LETTER_SHARE * len(solid)
    return enough_letters and len(_CODE.findall(text)) <= len(words) // 20
