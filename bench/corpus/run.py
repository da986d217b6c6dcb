"""Score this project's rows of real articles beside other tools' text, in one run.

    python bench/corpus/run.py [--papers 200 2000 [--cores 1 2]]

Needs the folder ../shared/papers beside the checkout. Tools that are not installed are named and left out.
With --papers, articles are parsed again and again under other names, to show speed and memory at those numbers.
"""

import argparse
import contextlib
import csv
import importlib.util
import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT / ".." / "shared" / "papers"
MANIFESTS = ("articles.csv", "more.csv")
COLUMNS = {
    "word_F1": "word F1",
    "word_R": "recall",
    "order_R": "order recall",
    "order_sim": "order sim.",
    "para_intact": "intact",
    "num_R": "numbers",
    "junk_share": "junk",
    "left_refs": "refs",
    "left_tables": "tables",
    "left_affs": "affil.",
    "left_licence": "license",
    "left_back": "back",
    "left_headers": "heads",
    "hyph_broken_per_k": "broken",
    "hyph_overjoin_per_k": "joined",
    "glued_per_k": "glued",
    "bad_per_k": "bad chars",
}


def read_further(files: list[Path]) -> dict[str, str]:
    from further.corpus.clean.papers import CleanSettings, clean_papers
    from further.corpus.parse.children import parse_papers

    blocks, *_ = parse_papers(files, timeout_s=120, memory_mb=2000)
    rows, *_ = clean_papers(blocks, CleanSettings(keep_captions=False, keep_headings=True, min_words=200))
    texts: dict[str, list[str]] = {file.stem: [] for file in files}
    for paper, text in zip(rows["paper"].to_pylist(), rows["text"].to_pylist(), strict=True):
        texts[paper].append(text)
    return {stem: "\n\n".join(parts) for stem, parts in texts.items()}


def read_pymupdf(files: list[Path]) -> dict[str, str]:
    import pymupdf

    return {file.stem: "\n".join(page.get_text() for page in pymupdf.open(file)) for file in files}


def read_pymupdf4llm(files: list[Path]) -> dict[str, str]:
    import pymupdf
    import pymupdf4llm

    pymupdf.set_messages(path=os.devnull)  # it talks on stdout, once per document
    with contextlib.redirect_stdout(None):
        return {file.stem: pymupdf4llm.to_markdown(str(file), header=False, footer=False) for file in files}


def read_pypdf(files: list[Path]) -> dict[str, str]:
    import pypdf

    return {file.stem: "\n".join(page.extract_text() for page in pypdf.PdfReader(file).pages) for file in files}


def read_pdftotext(files: list[Path]) -> dict[str, str]:
    run = [(file.stem, subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True)) for file in files]
    return {stem: done.stdout for stem, done in run}


TOOLS: dict[str, tuple[Callable[[list[Path]], dict[str, str]], bool]] = {
    "further": (read_further, True),
    "PyMuPDF text": (read_pymupdf, True),
    "pymupdf4llm": (read_pymupdf4llm, importlib.util.find_spec("pymupdf4llm") is not None),
    "pypdf": (read_pypdf, importlib.util.find_spec("pypdf") is not None),
    "pdftotext": (read_pdftotext, shutil.which("pdftotext") is not None),
}


def cpu_seconds() -> float:
    """CPU time of this process and of the children that it has waited for."""
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in usage)


def score_texts(folder: Path, shared: Path, manifest: str) -> dict[str, str]:
    """Mean scores of one tool's texts, by the scorer that lies with the articles."""
    with tempfile.TemporaryDirectory() as out:
        summary = Path(out) / "summary.csv"
        command = [sys.executable, str(shared / "score.py"), "--manifest", str(shared / manifest)]
        command += ["--root", str(shared), "--summary", str(summary), f"tool={folder}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        names, values = summary.read_text().splitlines()
    return dict(zip(names.split(","), values.split(","), strict=True))


def compare(shared: Path, manifest: str, texts: Path) -> None:
    """One list of articles: a table of scores, one line per tool, whose texts are left in a folder of its name."""
    import pymupdf

    with (shared / manifest).open(newline="") as table:
        files = sorted(shared / line["file"] for line in csv.DictReader(table))
    pages = sum(pymupdf.open(file).page_count for file in files)
    print(f"\n{manifest}: {len(files)} articles, {pages} pages\n")
    print(f"| tool | {' | '.join(COLUMNS.values())} | pages / CPU s |\n" + "|---" * (len(COLUMNS) + 2) + "|")
    for name, (read, present) in TOOLS.items():
        if not present:
            print(f"| {name} | not installed |")
            continue
        start = cpu_seconds()
        found = read(files)
        speed = pages / (cpu_seconds() - start)
        folder = texts / name
        folder.mkdir(parents=True, exist_ok=True)
        for stem, text in found.items():
            (folder / f"{stem}.txt").write_text(text, encoding="utf-8")
        scores = score_texts(folder, shared, manifest)
        print(f"| {name} | {' | '.join(f'{float(scores[key]):.3f}' for key in COLUMNS)} | {speed:.1f} |", flush=True)


def count_signs(shared: Path, texts: Path) -> None:
    """Recall of the signs that units, doses and p-values hang on, over both lists."""
    runs = [f"{folder.name}={folder}" for folder in sorted(texts.iterdir())]
    print("\nSigns kept, of both lists:\n", flush=True)
    subprocess.run([sys.executable, str(shared / "signs.py"), *runs, "--manifest", *MANIFESTS], check=True)


def read_group(group: list[Path]) -> tuple[int, int]:
    """Parse and clean one shard in this process; back go the number of papers and the largest process's memory, kB."""
    sys.path.insert(0, str(ROOT / "src"))
    kept = len(read_further(group))
    return kept, max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def make_groups(articles: Path, folder: Path, num_papers: int, shard_size: int = 16) -> list[list[Path]]:
    """Links to the articles under other names, by shard."""
    from further.shards import shard_of

    files = sorted((articles / "articles").glob("*.pdf"))
    groups: dict[str, list[Path]] = {}
    for number in range(num_papers):
        link = folder / f"{files[number % len(files)].stem}-{number}.pdf"
        link.symlink_to(files[number % len(files)].resolve())
        groups.setdefault(shard_of(link.stem, max(1, num_papers // shard_size)), []).append(link)
    return list(groups.values())


def repeat(articles: Path, num_papers: int, cores: int) -> tuple[float, float]:
    """Parse and clean `num_papers` copies of the articles, shard by shard.

    Returns:
        Pages per second, and the memory of the largest process in MB.
    """
    import pymupdf

    files = list((articles / "articles").glob("*.pdf"))
    total = sum(pymupdf.open(file).page_count for file in files) * num_papers / len(files)
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("spawn")) as pool,
    ):
        groups = make_groups(articles, Path(folder), num_papers)
        begun = time.monotonic()
        done = list(pool.map(read_group, groups))
        wall = time.monotonic() - begun
    speed, peak = total / wall, max(peak for _, peak in done) / 1024
    kept = sum(papers for papers, _ in done)
    print(
        f"| {num_papers} ({kept} kept) | {len(groups)} | {cores} | {wall:.0f} | {speed:.1f} | {peak:.0f} |", flush=True
    )
    return speed, peak


def grow(articles: Path, sizes: list[int], cores: list[int]) -> None:
    """Speed and memory at each number of papers and of cores, and how they change."""
    print("| papers | shards | cores | s | pages / s | largest process, MB |\n|---|---|---|---|---|---|")
    done = {(size, number): repeat(articles, size, number) for size in sizes for number in cores}
    few, many = (min(sizes), min(cores)), (max(sizes), max(cores))
    print(f"\n{many[0]} papers take {done[many[0], few[1]][1] / done[few][1]:.2f} of the memory of {few[0]}")
    print(f"{many[1]} cores are {done[few[0], many[1]][0] / done[few][0]:.2f} times as fast as {few[1]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, nargs="+", help="copies to parse, instead of the table")
    parser.add_argument("--cores", type=int, nargs="+", default=[1], help="processes for --papers")
    asked = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.path.insert(0, str(ROOT / "src"))
    if not SHARED.is_dir():
        sys.exit("no folder ../shared/papers beside the checkout: nothing to measure with")
    if asked.papers:
        grow(SHARED, asked.papers, asked.cores)
        return
    with tempfile.TemporaryDirectory() as texts:
        for manifest in MANIFESTS:
            compare(SHARED, manifest, Path(texts))
        count_signs(SHARED, Path(texts))


if __name__ == "__main__":
    main()
