import ast
import os
import shutil
import subprocess
import sys

import pytest

from facts import naming
from further import provenance


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A package with two modules, one importing the other, and a script importing the first."""
    package = tmp_path / "further"
    (package / "part").mkdir(parents=True)
    (package / "__init__.py").write_text('"""Root."""\n')
    (package / "part" / "__init__.py").write_text("")
    (package / "part" / "first.py").write_text("from .second import two\n\n\ndef one():\n    return two() - 1\n")
    (package / "part" / "second.py").write_text('def two():\n    """Two."""\n    return 2\n')
    (package / "part" / "alone.py").write_text("x = 1\n")
    (package / "job.py").write_text("def start_log(path):\n    print(path)\n")
    (tmp_path / "script.py").write_text("from further.job import start_log\nfrom further.part.first import one\n")
    monkeypatch.setattr(provenance, "PACKAGE", package)
    return tmp_path


def digest(house):
    forget()
    try:
        return provenance.digest_code(house / "script.py")
    finally:
        forget()  # for the tests of the true package


def forget():
    for function in (provenance.digest_code, provenance._read, provenance._files, provenance._known):
        function.cache_clear()


@pytest.mark.parametrize(
    ("file", "text", "changes"),
    [
        ("further/part/second.py", 'def two():\n    """Zwei."""\n    # why\n    return  2\n', False),
        ("further/part/second.py", "def two():\n    return 2\n", False),
        ("further/part/second.py", '"""Numbers."""\n\n\ndef two():\n    """Two."""\n    return 2\n', False),
        ("further/part/second.py", "def two():\n    return 3\n", True),
        ("further/part/first.py", "from .second import two\n\n\ndef one():\n    return two() - 2\n", True),
        ("further/part/alone.py", "x = 2\n", False),
        ("further/__init__.py", "import os\n", True),
        ("further/job.py", "def start_log(path):\n    print('log', path)\n", False),
        ("script.py", "# a comment\nfrom further.job import start_log\nfrom further.part.first import one\n", False),
        ("script.py", "from further.part.first import one as first\n", True),
    ],
)
def test_the_digest_changes_exactly_when_code_that_runs_does(house, file, text, changes):
    before = digest(house)
    (house / file).write_text(text)
    assert (digest(house) != before) is changes


def test_a_module_reached_only_inside_a_function_counts(house):
    before = digest(house)
    (house / "script.py").write_text("def main():\n    from further.part import alone\n    return alone\n")
    with_import = digest(house)
    (house / "further/part/alone.py").write_text("x = 2\n")
    assert len({before, with_import, digest(house)}) == 3


def test_a_module_that_a_child_process_runs_counts(house):
    (house / "further/part/first.py").write_text('def one():\n    return ["-m", "further.part.alone"]\n')
    before = digest(house)
    (house / "further/part/alone.py").write_text("x = 2\n")
    assert digest(house) != before


BODY = """
def two(number):
    {}
    if number < 0:
        raise {}
    return 2
"""


@pytest.mark.parametrize(
    ("statement", "error", "changes"),
    [
        ('log.info("two of %d", number)', 'ValueError(f"{number} is less than 0")', False),
        ('PROGRESS.warning("two")', 'ValueError("two", "words")', False),
        ('"""Text."""', 'ValueError("negative")', False),
        ("# only the rest", 'ValueError("negative")', False),
        ("number += 1", 'ValueError("negative")', True),
        ("pass", 'KeyError("negative")', True),
        ('print("two")', 'ValueError("negative")', True),
    ],
)
def test_log_messages_and_the_words_of_errors_are_left_out(house, statement, error, changes):
    file = house / "further/part/second.py"
    file.write_text(BODY.format("pass", 'ValueError("negative")'))
    before = digest(house)
    file.write_text(BODY.format(statement, error))
    assert (digest(house) != before) is changes


def test_the_words_of_an_error_count_where_they_end_in_a_table(house, monkeypatch):
    monkeypatch.setattr(provenance, "ERRORS_ARE_DATA", ("part",))
    file = house / "further/part/second.py"
    file.write_text(BODY.format("pass", 'ValueError("negative")'))
    before = digest(house)
    file.write_text(BODY.format("pass", 'ValueError("below 0")'))
    assert digest(house) != before


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("cases/pixels.py", 'Refused("blank"', 'Refused("empty"'),  # a picture's reason in a table
        ("children.py", 'ChildError("timed out"', 'ChildError("too slow"'),  # a paper's, and a picture's
        ("scaling/curve.py", "raise ValueError(f", "raise ValueError('Well: ' + f"),  # law.json's reason
    ],
)
def test_words_of_errors_that_end_in_a_result_count(monkeypatch, tmp_path, module, old, new):
    package = tmp_path / "further"
    shutil.copytree(provenance.PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(provenance, "PACKAGE", package)
    (tmp_path / "script.py").write_text(f"import further.{module[:-3].replace('/', '.')}\n")
    before, text = digest(tmp_path), (package / module).read_text()
    assert old in text
    (package / module).write_text(text.replace(old, new, 1))
    assert digest(tmp_path) != before


def test_what_was_found_in_a_module_is_kept_and_found_anew_once_its_text_or_the_rules_are_others(house, monkeypatch):
    file, kept = house / "further/part/second.py", house / "further" / provenance.KEPT
    first = digest(house)
    found = kept.read_text()
    with monkeypatch.context() as patched:
        patched.setattr(provenance.ast, "parse", lambda source: pytest.fail("parsed again"))
        assert digest(house) == first and kept.read_text() == found
    file.write_text(file.read_text().replace("return 2", "return 3"))  # of the same size
    assert digest(house) != first
    file.write_text(file.read_text().replace("return 3", "return 2"))
    wrong = found.replace('"digest": "', '"digest": "0')
    for text in (wrong.replace(provenance._own_digest(), "another"), found[:100]):
        kept.write_text(text)
        assert digest(house) == first
    assert kept.read_text() == found and len(list(kept.parent.iterdir())) == 1
    shutil.rmtree(kept.parent)
    kept.parent.touch()  # where nothing can be written
    assert digest(house) == first


PLAIN = {
    "None",
    "NoReturn",
    "bool",
    "str",
    "Path",
    "Iterator[None]",
    "AbstractContextManager[None]",
    "Iterator[Report]",
    "Self",
    "FloatingPointError",
}  # str: what a message says
HANDED_ON = {"training/launch.py": "Outcome"}  # made by `train_run`


def test_modules_that_are_left_out_return_nothing_that_ends_in_a_result():
    """Their public functions return None, a yes or no, words of a message, what is their own or handed on."""
    for name in provenance.SHAPE_NOTHING:
        if name == "settings":
            continue  # values: see below
        tree = ast.parse((provenance.PACKAGE / name).read_text())
        own = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
        called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        handed = {HANDED_ON[name]} if name in HANDED_ON else set()
        assert not handed & called, f"{name} makes an {handed}"
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                returns = set(ast.unparse(node.returns).strip("'").split(" | "))
                assert returns <= PLAIN | own | handed | {f"Iterator[{kind}]" for kind in own}, f"{name}: {node.name}"


SCRIPTS = sorted((provenance.PACKAGE.parents[1] / "workflow/scripts").glob("*.py"))


IMPORT_EACH = """
import os, sys
import bitsandbytes, pandas, peft, pyarrow.parquet, pymupdf, seaborn, scipy.stats, transformers.generation  # once

for script in sys.argv[1:]:
    if not (child := os.fork()):
        __import__(script)
        own = [module for name, module in sys.modules.items() if name.split(".")[0] == "further"]
        print(script, *(module.__file__ for module in own if getattr(module, "__file__", None)), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


@pytest.mark.slow
def test_all_that_a_script_imports_is_in_its_digest():
    """What is loaded once it is imported, by Python's own account; `tests/workflow` sees what is loaded as it runs."""
    path = os.pathsep.join([str(provenance.PACKAGE.parent), str(SCRIPTS[0].parent)])
    command = [sys.executable, "-c", IMPORT_EACH, *(script.stem for script in SCRIPTS)]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=True)
    loaded = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}
    assert set(loaded) == {script.stem for script in SCRIPTS}
    for script in SCRIPTS:
        assert {*loaded[script.stem]} <= {str(module) for module in provenance._reach(script)}, script.stem


def test_modules_are_imported_by_names_that_can_be_read():
    """A name that is put together as the program runs would escape the digest."""
    for file in provenance.PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("import_module", "__import__"):
                assert ast.unparse(node.args[0]).startswith("f'{FUSED_PACKAGE}."), file  # models.fused: Liger's kernels


@pytest.mark.parametrize(
    ("script", "module", "follows"),
    [
        ("parse_papers", "corpus/parse/furniture.py", True),  # only its child process loads it
        ("parse_papers", "corpus/clean/end.py", False),
        ("clean_papers", "corpus/parse/furniture.py", False),
        ("read_images", "cases/pixels.py", True),  # only its child process loads it
        ("draw_phantoms", "cases/pixels.py", False),
        ("train_image_base", "cases/readers/vqa.py", False),
        ("train_qlora", "training/run.py", True),
        ("train_qlora", "vision/rows.py", False),
        ("train_qlora", "cases/prompts.py", False),
        ("train_qlora", "evaluation/scoring.py", False),
        ("train_on_answers", "vision/rows.py", True),
        ("train_on_answers", "cases/prompts.py", True),
        ("train_on_answers", "cases/readers/vqa.py", False),
        ("train_on_answers", "guard/certify.py", False),
        ("answer_questions", "cases/pixels.py", False),
        ("guard_answers", "guard/certify.py", True),
        ("train_arm", "onemodel/objectives.py", True),
        ("train_arm", "report/onemodel/tables.py", False),
        ("fit_scaling_law", "report/law.py", False),
    ],
)
def test_a_script_follows_the_modules_of_its_stage_and_none_of_others(script, module, follows):
    assert (provenance.PACKAGE / module).is_file()
    names = {provenance._name(path) for path in provenance._reach(SCRIPTS[0].with_name(f"{script}.py"))}
    assert (module in names) is follows


def test_a_listed_folder_or_module_stands_for_itself_alone():
    listed = ("settings", "lock.py")
    names = ("settings/key.py", "lock.py", "settings.py", "settings_of.py", "lock.pyi")
    assert [name for name in names if provenance._is_of(provenance.PACKAGE / name, listed)] == list(names[:2])


def test_settings_are_left_out_as_they_only_hold_values():
    """A function of theirs could compute something that no param of a rule shows."""
    files = (provenance.PACKAGE / "settings").glob("*.py")
    trees = [ast.parse(file.read_text()) for file in files if file.name != "__main__.py"]
    public = {
        node.name for tree in trees for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name[0] != "_"
    }  # fmt: skip
    assert public == {"key", "pick", "run"}


def test_a_file_that_is_no_python_is_named(house):
    (house / "further/part/second.py").write_text("def (\n")
    with pytest.raises(ValueError, match=naming("second.py", 1)):
        digest(house)


def git(folder, *arguments):
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    done = subprocess.run(["git", "-C", folder, *who, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_the_commit_is_that_of_the_folder_itself_and_changes_are_told(tmp_path):
    assert provenance.find_commit(tmp_path) == "not a checkout"
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "a.py").write_text("a = 1\n")
    git(tmp_path, "init")
    assert provenance.find_commit(tmp_path) == "not a checkout"  # nothing was committed
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "a")
    commit = git(tmp_path, "rev-parse", "HEAD")
    assert provenance.find_commit(tmp_path) == commit
    assert provenance.find_commit(tmp_path / "part") == "not a checkout"  # unpacked inside another project's
    (tmp_path / "part" / "a.py").write_text("a = 2\n")
    assert provenance.find_commit(tmp_path) == f"{commit}, with uncommitted changes"


def test_without_git_there_is_no_commit_and_no_error(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert provenance.describe_program()["commit"] == "not a checkout"
