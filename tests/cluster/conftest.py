"""A real SLURM for the whole run of these tests, and a project on it whose profile was edited as a user would."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from cluster import daemons

ROOT = Path(__file__).parents[2]
COPIED = ("Snakefile", "workflow", "config", "src", "resources", "profiles", "slurm")
NUM_PAPERS = 8
RUNS = ("default", "fraction-0.25", "fraction-0.5")


def why_not():
    """Why there can be no SLURM here; None if there can."""
    if shutil.which("slurmctld") and os.geteuid() == 0:
        return None
    if os.geteuid() != 0:
        return "a real SLURM needs root, to start its daemons and to install them"
    return None if shutil.which("apt-get") else "a real SLURM needs slurm-wlm, and there is no apt-get to install it"


def install():
    """Debian's packages, without starting their services."""
    policy = Path("/usr/sbin/policy-rc.d")
    ours = not policy.exists()
    if ours:
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *daemons.PACKAGES]):
            done = subprocess.run(["apt-get", *command], env=environment, text=True, capture_output=True, timeout=600)
            assert done.returncode == 0, done.stderr[-2000:]
    finally:
        if ours:
            policy.unlink()


@pytest.fixture(scope="session")
def slurm():
    """A running SLURM: partitions lu48, gpua100 and gpua100i, one account, a make-believe GPU per GPU node."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    if not all(map(shutil.which, daemons.PROGRAMS)):
        install()
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # a terminated pytest stops its daemons too
    running = daemons.start(Path(tempfile.mkdtemp(prefix="further-slurm-", dir="/tmp")))  # sockets need a short path
    yield running
    running.stop()
    signal.signal(signal.SIGTERM, before)


@dataclass(frozen=True)
class Study:
    """A copy of the project in which snakemake is typed, and the SLURM it runs on."""

    folder: Path
    slurm: daemons.Daemons

    def command(self, *arguments):
        return [
            sys.executable,
            "-m",
            "snakemake",
            "--slurm-init-seconds-before-status-checks",
            "1",
            *map(str, arguments),
        ]

    @property
    def environment(self):
        found = {"PYTHONPATH": str(self.folder / "src"), "OMP_NUM_THREADS": "1"}
        return self.slurm.environment | found

    def snakemake(self, *arguments, configs=("small.yaml",), check=True, timeout=900):
        """What `snakemake --profile slurm` prints, typed in the project's folder."""
        done = subprocess.run(
            self.command(*arguments, "--profile", "slurm", "--configfile", *configs), cwd=self.folder,
            env=self.environment, text=True, timeout=timeout, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stdout[-6000:]
        return done.stdout

    def start(self, *targets):
        """The same, in the background; its output goes to `head.txt`."""
        with (self.folder / "head.txt").open("w") as out:
            return subprocess.Popen(
                self.command(*targets, "--profile", "slurm", "--configfile", "small.yaml"), cwd=self.folder,
                env=self.environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def edit_profile(self, *edits):
        """Replace text in the profile; each must be there."""
        file = self.folder / "profiles/slurm/config.yaml"
        text = file.read_text()
        for old, new in edits:
            assert old in text, old
            text = text.replace(old, new)
        file.write_text(text)

    def jobs(self):
        """All of SLURM's jobs of this study so far, as sacct tells them, by number."""
        fields = ["JobID", "Comment", "Partition", "ReqTRES", "TimelimitRaw", "State", "WorkDir"]
        rows = self.slurm.call("sacct", "-X", "-n", "-P", "-S", "now-1day", f"--format={','.join(fields)}").splitlines()
        jobs = [dict(zip(fields, row.split("|"), strict=True)) for row in rows]
        return {int(job["JobID"]): job for job in jobs if job["WorkDir"] == str(self.folder)}

    def job_of(self, run):
        """Number of the running training job of a run, None if there is none."""
        for line in self.slurm.call("squeue", "-h", "-t", "RUNNING,STOPPED", "-o", "%i|%k|%Z").splitlines():
            number, comment, folder = line.split("|")
            if comment == f"rule_train_qlora_wildcards_{run}" and folder == str(self.folder):
                return number
        return None

    def wait(self, what, ready, seconds=180):
        deadline = time.monotonic() + seconds
        while not (found := ready()):
            assert time.monotonic() < deadline, f"{what}: {self.said()[-4000:]}"
            time.sleep(0.1)
        return found

    def said(self):
        """What the snakemake in the background has said so far."""
        head = self.folder / "head.txt"
        return head.read_text() if head.exists() else ""

    def halt_at_first_checkpoint(self, *runs):
        """SIGSTOP each training once it has a checkpoint, so that it cannot end meanwhile; numbers of their jobs."""
        halted = {}

        def halt():
            for run in set(runs) - set(halted):
                if list((self.folder / "checkpoints" / run).rglob("checkpoint-*.safetensors")):
                    halted[run] = self.job_of(run)
                    self.slurm.call("scancel", "--signal=STOP", halted[run])
            return len(halted) == len(runs)

        self.wait("trainings make a checkpoint", halt, 400)
        assert not [run for run in runs if (self.folder / "results/runs" / run / "metrics.json").exists()]
        return halted

    def adapters(self, *runs):
        """Digest of each run's adapter."""
        folder = self.folder / "results/runs"
        return {
            run: sha256((folder / run / "adapter/adapter_model.safetensors").read_bytes()).hexdigest()
            for run in runs or RUNS
        }

    def forget_runs(self):
        """As if nothing had been trained yet."""
        for name in ("results/runs", "checkpoints", "logs/train_qlora"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def log_of(self, run):
        return (self.folder / f"logs/train_qlora/{run}.log").read_text()

    def metrics(self, run):
        return json.loads((self.folder / f"results/runs/{run}/metrics.json").read_text())


def copy_project(folder):
    folder.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir() and not source.is_symlink():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy2(source, folder / name, follow_symlinks=False)
    shutil.copy(Path(__file__).parent / "small.yaml", folder)


@pytest.fixture(scope="session")
def fresh(slurm, model_folder, tmp_path_factory):
    """A project as it is shipped, with papers, in which nothing has run yet; the profile still has no account."""
    from further.demo.render import render_article

    folder = tmp_path_factory.mktemp("fresh") / "project"
    copy_project(folder)
    shutil.copytree(model_folder, folder / "base")
    (folder / "papers").mkdir()
    for article in sorted((ROOT / "resources/demo/articles").glob("*.md"))[:NUM_PAPERS]:
        render_article(article, folder / "papers" / f"{article.stem}.pdf")
    return Study(folder, slurm)


@pytest.fixture(scope="session")
def finished(fresh, tmp_path_factory):
    """The small study, run whole through the profile; what snakemake printed is in `whole.txt`."""
    folder = tmp_path_factory.mktemp("finished") / "project"
    shutil.copytree(fresh.folder, folder, symlinks=True, ignore=shutil.ignore_patterns(".snakemake"))
    study = Study(folder, fresh.slurm)
    study.edit_profile(("lu2026-0-00", daemons.ACCOUNT))
    (folder / "whole.txt").write_text(study.snakemake())
    return study


def numbers_in(text):
    """SLURM's numbers of the jobs that snakemake said it queued."""
    return [int(number) for number in re.findall(r"submitted with SLURM jobid (\d+)", text)]
