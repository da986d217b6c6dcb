"""Snakemake as a user types it, on a copy of the project, so that a test may edit any file of it."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from further.provenance import PACKAGE, _reach

ROOT = Path(__file__).parents[2]
COPIED = ("Snakefile", "workflow", "config", "src", "resources", "profiles", "slurm")


# Read by every Python as it starts: a process of a job writes down, at its end, which modules of `further` it loaded.
RECORDER = """
import atexit, os, re, sys, uuid

words = " ".join(sys.orig_argv)
if found := re.search(r"[.]snakemake/scripts/tmp[^/ ]*?[.]([a-z_]+)[.]py", words):
    os.environ["RECORDED_SCRIPT"] = found[1]  # for its children

def record():
    own = [module for name, module in sys.modules.items() if name.split(".")[0] == "further"]
    modules = [module.__file__.split("/src/further/")[-1] for module in own if getattr(module, "__file__", None)]
    if modules and "RECORDED_SCRIPT" in os.environ:
        with open(os.path.join(os.environ["RECORDED"], uuid.uuid4().hex), "w") as stream:
            stream.write(" ".join([os.environ["RECORDED_SCRIPT"], *modules]))

atexit.register(record)
"""


@dataclass(frozen=True)
class Project:
    """A copy of the project, and a study's folder."""

    code: Path
    study: Path

    def snakemake(self, *arguments, check=True, timeout=600):
        """Run snakemake in the study's folder; returns what it printed."""
        done = subprocess.run(
            self.command(*arguments), cwd=self.study, env=self.environment, text=True, timeout=timeout,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stdout[-6000:]
        return done

    def command(self, *arguments):
        return [sys.executable, "-m", "snakemake", "--snakefile", str(self.code / "Snakefile"), *map(str, arguments)]

    @property
    def environment(self):
        path = os.pathsep.join([str(self.code / "src"), str(self.code / "recorder")])
        return os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1", "RECORDED": str(self.loaded)}

    @property
    def loaded(self):
        """Folder of what the processes of jobs wrote down."""
        return self.code / "loaded"

    def plan(self, *arguments):
        """Jobs that a dry run announces, by rule; the target itself is left out."""
        done = self.snakemake("-n", "--profile", self.code / "profiles/default", *self.config, *arguments)
        table = re.search(r"^Job stats:\n(.*?)\n\n", done.stdout, re.M | re.S)
        rows = [line.split()[:2] for line in table.group(1).splitlines()[1:]] if table else []
        assert rows or "Nothing to be done" in done.stdout, done.stdout
        return {rule: int(count) for rule, count in rows if rule not in ("total", "all")}

    def check_digests(self):
        """The scripts that ran; each digest covers what their processes and the children of these had loaded."""
        seen = set()
        for file in self.loaded.iterdir():
            script, *modules = file.read_text().split()
            covered = {str(path) for path in _reach(self.code / "workflow/scripts" / f"{script}.py")}
            assert {str(PACKAGE / module) for module in modules} <= covered, script
            seen.add(script)
        return seen

    @property
    def config(self):
        return ("--configfile", self.study / "config.yaml")


def copy_project(folder):
    code = folder / "project"
    for name in COPIED:
        source = ROOT / name
        if source.is_dir() and not source.is_symlink():
            shutil.copytree(source, code / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            code.mkdir(exist_ok=True)
            shutil.copy2(source, code / name, follow_symlinks=False)
    (code / "loaded").mkdir()
    (code / "recorder").mkdir()
    (code / "recorder/sitecustomize.py").write_text(RECORDER)
    return code


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """The project and an empty folder to plan in."""
    folder = tmp_path_factory.mktemp("plans")
    (folder / "study").mkdir()
    return Project(copy_project(folder), folder / "study")


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A small study on a folder of eleven papers and a broken one, run to its end."""
    from further.demo.render import render_article

    folder = tmp_path_factory.mktemp("finished")
    project = Project(copy_project(folder), folder / "study")
    (project.study / "papers").mkdir(parents=True)
    articles = sorted((ROOT / "resources/demo/articles").glob("*.md"))
    for article in articles[:11]:
        render_article(article, project.study / "papers" / f"{article.stem}.pdf")
    (project.study / "papers" / "broken.pdf").write_bytes(b"%PDF-1.7\n1 0 obj << /Type")
    render_article(articles[11], folder / "another.pdf")
    shutil.copy(Path(__file__).parent / "small.yaml", project.study / "config.yaml")
    project.snakemake("--cores", "2", "--profile", project.code / "profiles/default", *project.config, timeout=1800)
    return project
