"""The model card: a header that the Hub can read, the measured numbers, and what it is not for."""

from pathlib import Path

import pytest
import yaml

from further.report.card import CardSettings, card_settings, make_merged_card, write_card, write_cards
from further.report.inputs import ReportInputs
from report.study import make_inputs

SETTINGS = CardSettings("Demonstration", "tiny-llama", None, "other", toy_base=True)


def read_card(
    inputs: ReportInputs, folder: Path, settings: CardSettings = SETTINGS, run: str = "default"
) -> tuple[dict, str]:
    write_card(inputs, run, folder / "README.md", settings)
    _, header, text = (folder / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(header), text


def test_the_header_names_base_library_and_perplexity(inputs: ReportInputs, tmp_path: Path) -> None:
    """The default run's loss is 6.01 - 0.66 = 5.35 nats per token, exp(5.35) = 210.608."""
    header, _ = read_card(inputs, tmp_path)
    assert (header["base_model"], header["library_name"], header["license"]) == ("tiny-llama", "peft", "other")
    papers = header["model-index"][0]["results"][0]
    assert papers["dataset"]["name"] == "held-out papers"
    assert papers["metrics"] == [{"type": "perplexity", "value": pytest.approx(210.608, abs=1e-3)}]


def test_the_text_holds_the_numbers_of_the_run_and_its_limits(inputs: ReportInputs, tmp_path: Path) -> None:
    _, text = read_card(inputs, tmp_path)
    assert (
        "| held-out papers | 7 | 407.5 | 210.6 | −0.660 (95\u202f% interval −0.710 to −0.610) | 2.168 | 1.930 |" in text
    )
    assert "stride 512, after the begin mark (not scored), in float32." in text  # 6.01 / 4 / ln 2 = 2.168 bits per byte
    assert "any other clinical use" in text and "is a toy" in text
    assert "| quantization | nf4 |" in text
    assert 'from_pretrained("results/demo/toy")' in text and "trained and measured on nf4 weights" in text
    assert "98\u202f304 of 2\u202f200\u202f000 parameters were trained (4.47 %), for 40 steps." in text


def test_a_real_base_is_named_with_its_commit_and_is_no_toy(inputs: ReportInputs, tmp_path: Path) -> None:
    _, text = read_card(inputs, tmp_path, CardSettings("A", "org/model", "0e9e39f", "other", toy_base=False))
    assert "`org/model` at commit `0e9e39f`" in text and "toy" not in text
    assert 'from_pretrained("org/model", revision="0e9e39f")' in text


def test_a_name_cannot_break_the_header(tmp_path: Path) -> None:
    header, _ = read_card(make_inputs(), tmp_path, CardSettings('a: "b"\n- c', "d: e", None, "other", toy_base=False))
    assert header["base_model"] == "d: e" and header["model-index"][0]["name"] == 'a: "b"\n- c'


def test_an_unknown_run_is_refused_with_the_known_ones(inputs: ReportInputs, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no run is called best; there are context-128, default"):
        write_card(inputs, "best", tmp_path / "README.md", SETTINGS)


def test_every_run_gets_its_card_and_a_hub_s_model_is_named_by_its_id(inputs: ReportInputs, tmp_path: Path) -> None:
    cards = [tmp_path / run / "adapter/README.md" for run in ("default", "context-128")]
    write_cards(inputs, cards, {"name": "l8", "source": "hub", "path": "org/model", "revision": "0e9e39f"})
    for card, run in zip(cards, ("default", "context-128"), strict=True):
        text = card.read_text(encoding="utf-8")
        assert f"# {inputs.title}, run {run}" in text and "`org/model` at commit `0e9e39f`" in text
    settings = card_settings("A", {"name": "tiny", "source": "toy", "path": None, "revision": None})
    assert settings == CardSettings("A", "tiny", None, "other", toy_base=True)


def test_a_merged_model_is_not_loaded_as_an_adapter(inputs: ReportInputs, tmp_path: Path) -> None:
    read_card(inputs, tmp_path)
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    merged = make_merged_card(card)
    assert "PeftModel" in card and "PeftModel" not in merged and "Loading it" not in merged
    assert "transformers loads it as it is" in merged and "any other clinical use" in merged
    assert merged.count("## What was measured") == 1


def test_a_card_without_a_header_cannot_be_that_of_a_merged_model() -> None:
    with pytest.raises(ValueError, match="no YAML header"):
        make_merged_card("# A card\n")
