"""The Hugging Face hub, asked about a model before anything is fetched: its commit, whether it is gated, its files."""

import os
from dataclasses import dataclass

TIMEOUT_S = 5.0


class Unreachable(OSError):
    """The hub gave no answer: no network, a proxy, or the hub is down."""


@dataclass(frozen=True)
class HubModel:
    """What the hub says of a model.

    Attributes:
        commit: 40 hexadecimal digits.
        gated: Whether its owner has to let one in.
    """

    name: str
    commit: str
    gated: bool
    files: tuple[str, ...]


def ask_hub(name: str, revision: str | None = None) -> HubModel:
    """Ask the hub about a model; nothing is fetched.

    Args:
        revision: Commit, branch or tag; None: the newest commit.

    Raises:
        ValueError: If there is no such model or revision.
        Unreachable: If the hub does not answer.
    """
    os.environ.pop("HF_HUB_OFFLINE", None)  # set for all jobs by `further`; read by huggingface_hub when it is imported
    from huggingface_hub import HfApi, errors

    try:
        found = HfApi().model_info(name, revision=revision, timeout=TIMEOUT_S)
    except errors.GatedRepoError:
        return HubModel(name, revision or "", True, ())
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError, errors.HFValidationError):
        at = f" at {revision}" if revision else ""
        raise ValueError(f"the hub has no {name}{at}, or it is private: check the name, or log in") from None
    except Exception as error:  # httpx' own, OfflineModeIsEnabled, HfHubHTTPError: whatever the reason, no answer
        raise Unreachable(f"the hub did not answer ({type(error).__name__})") from None
    files = tuple(file.rfilename for file in found.siblings or ())
    return HubModel(name, str(found.sha), bool(found.gated), files)


def is_logged_in() -> bool:
    """Whether there is a token, in the environment or from `hf auth login`; its value is not looked at."""
    from huggingface_hub import get_token

    return get_token() is not None
