"""Start-up: what the scripts of many small jobs import, and what they can do without."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
COMPILER = "torch._inductor.compile_fx"  # a second of processor time in every job


def modules_after(script, *names):
    """Which of the modules are loaded once the script is imported, in a fresh interpreter."""
    return [name for name in names if name in all_after(script)]


@cache
def all_after(script):
    """All modules then, and `offline` where the hub, imported after them, was told to be."""
    hub = "from huggingface_hub.constants import HF_HUB_OFFLINE as is_offline; print('offline' * is_offline)"
    return frozenset(run_python(f"import {script}, sys; print(*sys.modules); {hub}"))


def run_python(code):
    """Words that it prints, in a fresh interpreter that knows package and scripts."""
    path = {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'workflow' / 'scripts'}", "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=path, capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize("script", ["train_qlora", "generate_samples", "train_toy"])
def test_a_job_is_offline_before_the_hub_is_imported(script):
    assert modules_after(script, "offline") == ["offline"]


def test_scoring_imports_neither_training_nor_drawing_nor_the_compiler():
    unneeded = ("further.training", "transformers.trainer", "peft", "matplotlib", "seaborn", "snakemake", COMPILER)
    assert modules_after("score_model", "further.evaluation.scoring", *unneeded) == ["further.evaluation.scoring"]


def test_training_imports_neither_evaluation_nor_drawing_nor_the_compiler():
    unneeded = ("further.evaluation", "matplotlib", "seaborn", "snakemake", COMPILER)
    assert modules_after("train_qlora", "bitsandbytes", "peft", *unneeded) == ["bitsandbytes", "peft"]


@pytest.mark.parametrize(
    "script",
    ["read_cases", "read_images", "gather_cases", "split_cases", "ask_questions", "score_floors", "draw_phantoms"],
)
def test_images_are_read_asked_and_scored_without_torch(script):
    assert modules_after(script, "torch", "transformers", "snakemake") == []


def test_planning_a_folder_of_cases_loads_no_table_or_array():
    heavy = "{'numpy', 'pyarrow', 'PIL'} & set(sys.modules)"
    assert run_python(f"import further.cases.plan, further.demo.phantom_plan, sys; print(*{heavy})") == []


def test_torch_compile_is_whole_again_after_the_import():
    code = "import torch; whole = torch.compile; import further.quantizer; print(torch.compile is whole)"
    assert run_python(code) == ["True"]


@pytest.mark.parametrize("script", sorted((ROOT / "workflow" / "scripts").glob("*.py")), ids=lambda script: script.stem)
def test_what_a_script_imports_is_there(script):
    """By the text of both, as most scripts take seconds to import; neither mypy nor a dry run looks at them."""
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("further"):
            assert {alias.name for alias in node.names} <= names_in(node.module), node.module


@cache
def names_in(module):
    """Names that a module of the package holds at its top, and the modules in it."""
    path = ROOT.joinpath("src", *module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    found = {own.stem for own in path.iterdir()} if path.is_dir() else set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        found |= {getattr(node, "name", "")} | {alias.asname or alias.name for alias in getattr(node, "names", [])}
        targets = [*getattr(node, "targets", []), getattr(node, "target", None)]
        found |= {name.id for target in targets if target for name in ast.walk(target) if isinstance(name, ast.Name)}
    return found
