"""A model from the hub, at a pinned commit."""

import os
from pathlib import Path

from further.model_folder import check_model

FILES = ["*.json", "*.safetensors", "tokenizer.model", "chat_template.jinja"]  # no pickled weights, no code


def fetch_model(name: str, revision: str, folder: Path, kind: str = "text") -> None:
    """Download a model's weights, configuration and tokenizer.

    A token is read from the environment (HF_TOKEN) or from the hub's own log-in, and is written nowhere.

    Args:
        revision: Commit, 40 hexadecimal digits.

    Raises:
        ValueError: If the model is gated, absent, or the hub cannot be reached, in one sentence with what to do; or if
            what came cannot train here.
    """
    os.environ.pop("HF_HUB_OFFLINE", None)  # set for all jobs by `further`; read by huggingface_hub when it is imported
    from huggingface_hub import errors, snapshot_download

    try:
        snapshot_download(name, revision=revision, local_dir=folder, allow_patterns=FILES)
    except errors.GatedRepoError:
        raise ValueError(
            f"{name} is gated: ask for access on its page, then log in with `hf auth login` or set HF_TOKEN"
        ) from None
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError):
        raise ValueError(f"{name} at {revision} was not found: check model.path, or log in if it is private") from None
    except (errors.LocalEntryNotFoundError, errors.HfHubHTTPError, OSError) as error:
        raise ValueError(
            f"{name} could not be fetched ({type(error).__name__}): is the hub reachable from here?"
        ) from None
    check_model(folder, kind)
