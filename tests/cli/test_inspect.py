"""`further inspect`: papers through parsing and cleaning, with their pages."""

import re
from pathlib import Path

import pytest

from cli.test_command import ROOT, run
from facts import tells


def test_papers_of_a_folder_are_inspected(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for name in ("one.pdf", "two.PDF", "notes.txt"):
        (tmp_path / name).write_bytes(b"%PDF-1.7\n1 0 obj << /Type")
    code, out, _ = run(capsys, "inspect", tmp_path, "--output", tmp_path / "pages")
    assert code == 0 and out.count("rejected") == 2


def test_a_paper_is_inspected_alone(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from further.demo.render import render_article

    article = sorted((ROOT / "resources/demo/articles").glob("*.md"))[0]
    render_article(article, tmp_path / "paper.pdf")
    code, out, _ = run(capsys, "inspect", tmp_path / "paper.pdf", "--output", tmp_path / "pages")
    assert code == 0 and out.startswith("paper.pdf: ")
    counts = {line[:22].strip(): int(line[22:32].replace(",", "")) for line in out.splitlines() if line[:2] == "  "}
    assert counts["kept"] == max(counts.values()) and counts["reference"] > 0
    assert "paper" in (tmp_path / "pages/index.html").read_text()
    assert (tmp_path / "pages/pages/paper.html").is_file()


def test_a_paper_that_cannot_be_read_is_named_with_its_reason(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\n1 0 obj << /Type")
    code, out, _ = run(capsys, "inspect", tmp_path / "broken.pdf", "--output", tmp_path / "pages")
    assert code == 0 and re.match(r"broken\.pdf\b.*\brejected: damaged\b", out)
    (tmp_path / "notes.md").write_bytes("# Näher".encode()[:4])  # cut within a letter
    code, out, _ = run(capsys, "inspect", tmp_path / "notes.md", "--output", tmp_path / "pages")
    assert code == 0 and tells(out, "'# N\ufffd'")
    code, _, error = run(capsys, "inspect", tmp_path / "absent.pdf")
    assert code == 1 and str(tmp_path / "absent.pdf") in error


def test_several_papers_are_inspected_each_into_a_folder_of_its_own(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.pdf").write_bytes(b"%PDF-1.7\n1 0 obj << /Type")
    papers = [tmp_path / f"{name}.pdf" for name in ("one", "absent", "two")]
    code, out, _ = run(capsys, "inspect", *papers, "--output", tmp_path / "pages")
    assert code == 0 and all(f"{name}.pdf" in out for name in ("one", "absent", "two"))
    assert [path.parent.name for path in sorted((tmp_path / "pages").glob("*/index.html"))] == ["one", "two"]
