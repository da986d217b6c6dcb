"""Papers, their names and their shards. Standard library only: read while Snakemake plans."""

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from further.ranks import hash_rank

MAX_ID_LENGTH = 80
MIN_PAPERS = 4  # to split: one to validate, one to test, two to train on


def paper_id(path: Path) -> str:
    """Name of a paper: its file's stem as letters, digits, dots, dashes and underscores.

    Args:
        path: The paper's file; only the name is used.

    Returns:
        A path-safe name. A stem that loses characters gets a short hash, so that two different stems differ.
    """
    stem = unicodedata.normalize("NFC", path.stem)
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-.")[:MAX_ID_LENGTH]
    return slug if slug == stem else f"{slug or 'paper'}-{hash_rank(stem)[:6]}"


def paper_ids(files: Sequence[Path]) -> dict[Path, str]:
    """Names of several papers; of files with one name, the second in order gets the suffix "-2", and so on.

    Args:
        files: The papers' files.

    Returns:
        File to name, all names different.
    """
    seen: Counter[str] = Counter()
    names = {}
    for file in sorted(files, key=lambda file: (file.name, file)):
        name = paper_id(file)
        seen[name] += 1
        names[file] = name if seen[name] == 1 else f"{name}-{seen[name]}"
    return names


def shard_of(paper: str, num_shards: int) -> str:
    """Shard that a paper belongs to, whatever other papers there are.

    Args:
        paper: The paper's name.
        num_shards: Number of shards, > 0.

    Returns:
        The shard's number as digits, padded to one width: "03" of 16.

    Raises:
        ValueError: If `num_shards` is below 1.
    """
    if num_shards < 1:
        raise ValueError(f"{num_shards} shards: at least 1 is needed")
    width = max(2, len(str(num_shards - 1)))
    return f"{int(hash_rank('shard', paper)[:12], 16) % num_shards:0{width}d}"


def list_papers(folder: Path) -> list[Path]:
    """PDF files directly in a folder, sorted by name.

    Args:
        folder: The folder of papers.

    Returns:
        Files whose name ends in .pdf in any case.

    Raises:
        ValueError: If the folder is missing or holds fewer than MIN_PAPERS PDFs.
    """
    if not folder.is_dir():
        raise ValueError(f"corpus.papers: there is no folder {folder}")
    with os.scandir(folder) as entries:  # tells files from folders without a look at each: every job lists the papers
        names = sorted(entry.name for entry in entries if entry.name.lower().endswith(".pdf") and entry.is_file())
    papers = [folder / name for name in names if name.lower() != ".pdf"]
    if not papers:
        raise ValueError(f"corpus.papers: folder {folder} holds no PDF (no file name ends in .pdf)")
    if len(papers) < MIN_PAPERS:
        raise ValueError(
            f"corpus.papers: {len(papers)} papers in {folder}; at least {MIN_PAPERS} are needed to split them"
        )
    return papers


def mark_passwords(passwords: Mapping[str, str], papers: Sequence[Path]) -> dict[str, str]:
    """What may be recorded of the papers' passwords: whose they are, and a mark that changes when one is corrected.

    The mark has 8 bits, which tell next to nothing of the password, and miss one correction in 256.

    Args:
        passwords: Passwords by paper name.
        papers: Files of all papers.

    Returns:
        Mark by paper name.

    Raises:
        ValueError: If there is no paper of a name.
    """
    known = set(paper_ids(papers).values()) if passwords else set()
    unknown = sorted(set(passwords) - known)
    if unknown:
        raise ValueError(
            f"corpus.passwords: there is no paper {', '.join(unknown)} (a paper's name: its file's, no .pdf)"
        )
    return {paper: hash_rank("password", paper, password)[:2] for paper, password in sorted(passwords.items())}
