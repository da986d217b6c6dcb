"""The model card: a header that the Hub can read, the measured numbers, and what it is not for."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from facts import tells
from further.report.card import make_merged_card, name_base_model, write_card, write_cards
from further.report.results import TextResults
from further.settings import ModelSettings
from report.results_case import make_results, make_settings

COMMIT = "0e9e39f249a16976918f6564b8830bc894c89659"
HUB = {"name": "l8", "source": "hub", "path": "org/model", "revision": COMMIT}


def read_card(folder: Path, run: str = "default", **sections: Any) -> tuple[dict, str]:
    write_card(make_results(settings=make_settings(**sections)), run, folder / "README.md")
    _, header, text = (folder / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(header), text


def test_the_header_names_base_library_language_and_perplexity(tmp_path: Path) -> None:
    """The default run's loss is 6.01 - 0.66 = 5.35 nats per token, exp(5.35) = 210.608."""
    header, _ = read_card(tmp_path, model=HUB, corpus={"language": "de"})
    assert (header["base_model"], header["library_name"], header["language"]) == ("org/model", "peft", "de")
    papers = header["model-index"][0]["results"][0]
    assert papers["metrics"] == [{"type": "perplexity", "value": pytest.approx(210.608, abs=1e-3)}]
    header, _ = read_card(tmp_path, corpus={"language": None})
    assert "language" not in header and header["base_model"] == "tiny"


def test_the_text_holds_the_numbers_of_the_run(tmp_path: Path) -> None:
    """6.01 / 4 / ln 2 = 2.168 bits per byte."""
    _, text = read_card(tmp_path)
    change = "−0.660 nats per token (95% interval −0.710 to −0.610)"
    assert f"| held-out papers | 7 | 407.5 | 210.6 | {change} | 2.168 | 1.930 |" in text
    assert tells(text, "stride 512", "BOS", "float32")
    assert "| quantization | nf4 |" in text and "nf4 weights" in text
    assert tells(text, "98,304", "2,200,000", "4.47%", "40 steps")
    _, text = read_card(tmp_path, run="quantization-none")
    assert "unquantized weights" in text


def test_the_snippet_loads_a_hub_s_model_at_its_commit_and_a_folder_by_its_path(tmp_path: Path) -> None:
    _, text = read_card(tmp_path, model=HUB)
    assert f"`org/model` at commit `{COMMIT}`" in text and 'name = "org/model"' in text
    assert text.count(f'from_pretrained(name, revision="{COMMIT}")') == 2
    _, text = read_card(tmp_path)
    assert 'name = "path/to/tiny"' in text and text.count("from_pretrained(name)") == 2
    code = text.split("```python\n")[1].split("```")[0]
    compile(code, "snippet", "exec")


def test_a_folder_of_the_hub_s_cache_says_which_model_it_is() -> None:
    path = f"/data/hub/models--org--some-model/snapshots/{COMMIT}"
    base = name_base_model(ModelSettings(name="some", source="folder", path=path))
    assert (base.name, base.hub, base.revision) == ("org/some-model", True, COMMIT)
    plain = name_base_model(ModelSettings(name="some", source="folder", path="/data/some"))
    assert (plain.name, plain.hub, plain.folder) == ("some", False, "path/to/some")


@pytest.mark.parametrize("domain", [None, "medical"])
def test_clinical_use_is_spoken_of_in_a_medical_study_alone(tmp_path: Path, domain: str | None) -> None:
    header, text = read_card(tmp_path, study={"domain": domain})
    assert ("clinical" in text) is ("not-for-clinical-use" in header["tags"]) is (domain == "medical")


def test_a_toy_is_called_one(tmp_path: Path) -> None:
    _, text = read_card(tmp_path, model={"name": "tiny", "source": "toy", "path": None})
    assert "toy" in text and 'name = "results/demo/toy"' in text
    assert "toy" not in read_card(tmp_path)[1]


def test_a_name_cannot_break_the_header(tmp_path: Path) -> None:
    header, _ = read_card(tmp_path, study={"title": 'a: "b"\n- c'})
    assert header["model-index"][0]["name"] == 'a: "b"\n- c, run default'


def test_every_run_gets_its_card(results: TextResults, tmp_path: Path) -> None:
    cards = [tmp_path / run / "adapter/README.md" for run in ("default", "context-128")]
    write_cards(results, cards)
    for card, run in zip(cards, ("default", "context-128"), strict=True):
        assert f"# {results.title}, run {run}" in card.read_text(encoding="utf-8")


def test_a_merged_model_is_not_loaded_as_an_adapter(tmp_path: Path) -> None:
    read_card(tmp_path)
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    merged = make_merged_card(card)
    assert "PeftModel" in card and "PeftModel" not in merged and "Loading it" not in merged
    assert merged.count("## What was measured") == 1 and merged.count("## Intended use") == 1


def test_a_card_without_a_header_cannot_be_that_of_a_merged_model() -> None:
    with pytest.raises(ValueError, match="no YAML header"):
        make_merged_card("# A card\n")
