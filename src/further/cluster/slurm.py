"""SLURM's commands, read line by line; nothing is waited for longer than a minute."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

TIMEOUT_S = 60


@dataclass(frozen=True)
class Answer:
    """What a command printed, and whether it ended well."""

    ok: bool
    text: str


def ask(command: Sequence[str]) -> Answer:
    """Run one of SLURM's commands; its errors are part of the text.

    Raises:
        ValueError: If there is no such command here, or SLURM gives no answer.
    """
    try:
        done = subprocess.run(
            command,
            text=True,
            timeout=TIMEOUT_S,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except FileNotFoundError:
        raise ValueError(
            f"there is no {command[0]} here: type `snakemake --profile slurm` on the log-in node of a SLURM cluster"
        ) from None
    except subprocess.TimeoutExpired:
        raise ValueError(f"SLURM gave no answer to {command[0]} within {TIMEOUT_S} s: try again later") from None
    return Answer(done.returncode == 0, done.stdout.strip())


def ask_for(command: Sequence[str]) -> str:
    """What one of SLURM's commands printed.

    Raises:
        ValueError: If it failed, or as `ask`.
    """
    answer = ask(command)
    if not answer.ok:
        raise ValueError(f"SLURM does not answer: {answer.text}")
    return answer.text
