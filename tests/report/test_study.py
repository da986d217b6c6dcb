"""What the page is told by the configuration."""

import posixpath
from pathlib import Path

import yaml

from further.report.study import page_settings

ROOT = Path(__file__).parents[2]


def test_page_links_to_the_papers_where_the_workflow_writes_them():
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    view = posixpath.normpath(posixpath.join("results/report", page_settings(config).corpus_view))
    assert f'index="{view}"' in (ROOT / "workflow/rules/corpus.smk").read_text()
