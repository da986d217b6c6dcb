"""Render the bundled articles to PDFs like a journal's."""

from collections.abc import Sequence
from pathlib import Path

from further.demo.articles import FOLDER
from further.demo.render import render_article
from further.job import start_log


def main(articles: Sequence[Path], papers: Sequence[Path]) -> None:
    """Read one Markdown article, write one PDF, for each pair."""
    for article, paper in zip(articles, papers, strict=True):
        render_article(article, paper)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    papers = [Path(path) for path in snakemake.output.papers]
    main([FOLDER / f"{paper.stem}.md" for paper in papers], papers)
