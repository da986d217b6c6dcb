"""The exported model: plain transformers loads it, with the logits of base and adapter together."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM

from facts import tells
from further.cli import main
from further.models import Precision, load_adapted
from further.report.card import write_card
from further.settings import Run
from models.tiny import save_model
from report.results_case import make_metrics, make_results


@pytest.fixture
def study(model_folder: Path, tmp_path: Path) -> Path:
    """A study's folder with one adapter that is not zero, and its card."""
    from peft import LoraConfig, get_peft_model

    adapter = tmp_path / "results/runs/default/adapter"
    torch.manual_seed(1)
    config = LoraConfig(task_type="CAUSAL_LM", target_modules="all-linear", r=4, init_lora_weights=False)
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(model_folder), config)
    model.save_pretrained(adapter)
    saved = json.loads((adapter / "adapter_config.json").read_text())
    assert saved["base_model_name_or_path"] == str(model_folder)
    write_card(make_results(), "default", adapter / "README.md")
    make_metrics("default", Run(quantization="none", compute_dtype="float32")).save(adapter.parent / "metrics.json")
    return tmp_path


def load_whole(model_folder: Path, study: Path) -> Any:
    return load_adapted(model_folder, study / "results/runs/default/adapter", Precision("none", "float32")).network


def test_the_exported_model_has_the_logits_of_base_and_adapter(study: Path, model_folder: Path) -> None:
    target = study / "exported"
    assert main(["export", "--study", str(study), str(target)]) == 0
    exported = AutoModelForCausalLM.from_pretrained(target, local_files_only=True)
    tokenizer = AutoTokenizer.from_pretrained(target, local_files_only=True)
    ids = tokenizer("The heart of a donor", return_tensors="pt").input_ids
    adapted = load_whole(model_folder, study)
    base = AutoModelForCausalLM.from_pretrained(model_folder)
    with torch.no_grad():
        wanted, given, before = (model(ids).logits for model in (adapted, exported, base))
    torch.testing.assert_close(given, wanted, rtol=1e-4, atol=1e-4)
    assert (wanted - before).abs().max() > 0.1
    assert exported.config.use_cache and next(exported.parameters()).dtype == torch.float32
    assert list(target.glob("*.safetensors")) and not list(target.glob("*.bin"))
    assert tokenizer.encode("A pump") == AutoTokenizer.from_pretrained(model_folder).encode("A pump")


ELSEWHERE = """
import json, torch
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM

ids = AutoTokenizer.from_pretrained("model")("The heart of a donor", return_tensors="pt").input_ids
with torch.no_grad():
    print(json.dumps(AutoModelForCausalLM.from_pretrained("model")(ids).logits.tolist()))
"""


def test_the_exported_folder_is_loaded_elsewhere_without_the_study(
    study: Path, model_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Moved, and loaded by a process that has transformers but neither this package nor a network."""
    assert main(["export", "--study", str(study), str(study / "exported")]) == 0
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    shutil.move(study / "exported", elsewhere / "model")
    for file in (elsewhere / "model").iterdir():
        assert not any(str(place).encode() in file.read_bytes() for place in (study, model_folder)), file.name
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE], cwd=elsewhere, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    ids = AutoTokenizer.from_pretrained(model_folder)("The heart of a donor", return_tensors="pt").input_ids
    with torch.no_grad():
        wanted = load_whole(model_folder, study)(ids).logits
    torch.testing.assert_close(torch.tensor(json.loads(done.stdout)), wanted, rtol=1e-4, atol=1e-4)


def test_the_exported_card_is_that_of_a_whole_model(study: Path) -> None:
    target = study / "exported"
    main(["export", "default", str(target), "--study", str(study)])
    _, header, text = (target / "README.md").read_text().split("---\n", 2)
    card = yaml.safe_load(header)
    assert (card["library_name"], card["base_model"]) == ("transformers", "tiny") and "lora" not in card["tags"]
    assert text.startswith(f"\n# {make_results().title}, run default\n") and "merged" in text
    assert "| held-out papers | 7 |" in text


def test_an_exported_model_of_images_names_the_class_that_loads_it_and_brings_its_image_processor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before, AutoModelForCausalLM was named, and the image processor stayed behind."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoImageProcessor, AutoModelForImageTextToText

    base, adapter = save_model(tmp_path / "base", "paligemma"), tmp_path / "results/runs/default/adapter"
    config = LoraConfig(task_type="CAUSAL_LM", target_modules=["q_proj"], r=2, init_lora_weights=False)
    get_peft_model(AutoModelForImageTextToText.from_pretrained(base), config).save_pretrained(adapter)
    (adapter / "README.md").write_text("---\nbase_model: tiny\ntags: [lora]\n---\n\n# Hearts\n\nMade by Further.\n")
    assert main(["export", "--study", str(tmp_path), str(tmp_path / "whole")]) == 0
    assert "AutoModelForImageTextToText loads it" in capsys.readouterr().out
    AutoModelForImageTextToText.from_pretrained(tmp_path / "whole", local_files_only=True)
    AutoImageProcessor.from_pretrained(tmp_path / "whole", local_files_only=True, backend="pil")


def test_what_cannot_be_exported_is_said(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(*words: str) -> str:
        assert main(["export", "--study", str(study), *words]) == 1
        return capsys.readouterr().err

    assert tells(refuse("best", str(study / "new")), "best", "default") and not (study / "new").exists()
    assert str(study / "results") in refuse(str(study / "results"))
    (study / "results/runs/default/adapter/README.md").unlink()
    assert tells(refuse(str(study / "new")), study / "results/runs/default/adapter", "card")


def test_a_lone_word_that_is_a_runs_name_is_refused_with_what_to_type(
    study: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(study)
    for word in (
        "default",
        "fraction-0.5",
        "rank-4_seed-1",
    ):  # the latter two are no run of this study, but look like one
        assert main(["export", word]) == 1
        assert f"further export {word} FOLDER" in capsys.readouterr().err and not Path(word).exists()
    assert main(["export", "./default"]) == 0 and Path("default/config.json").is_file()


def test_what_is_exported_is_readable_by_the_group(study: Path) -> None:
    before = os.umask(0o027)
    try:
        main(["export", "--study", str(study), str(study / "exported")])
    finally:
        os.umask(before)
    files = list((study / "exported").iterdir())
    assert {file.stat().st_mode & 0o777 for file in files} == {0o640} and any(f.suffix == ".safetensors" for f in files)


def test_a_gpu_that_is_full_is_told_in_one_line(
    study: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    monkeypatch.setattr(LlamaForCausalLM, "generate", end)
    assert main(["try", "The heart", "--study", str(study), "--tokens", "12"]) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert tells(said, "memory", 12, "--tokens")


def test_a_prompt_is_tried_on_base_and_adapted_model(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*words: str) -> tuple[int, str]:
        code = main(["try", "The heart", "--study", str(study), "--tokens", "12", *words])
        said = capsys.readouterr()
        return code, said.err if code else said.out

    code, said = run()
    assert code == 0 and "Prompt: The heart" in said
    base, adapted = said.split("base:\n")[1].split("adapted (default):\n")
    assert base.strip() and adapted.strip() and base.strip() != adapted.splitlines()[0].strip()
    assert run()[1] == said  # the likeliest tokens are the same every time
    assert run("--temperature", "1.5", "--seed", "1")[1] != run("--temperature", "1.5", "--seed", "2")[1]
    code, said = run("--run", "best")
    assert code == 1 and tells(said, "best", "default")
    assert run("--tokens", "0")[0] == 1
    assert run("--tokens", "100000")[0] == 1  # more than the model's positions: it ran on and on before
