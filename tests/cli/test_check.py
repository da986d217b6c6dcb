"""`further check` on wrong study files: each message holds the key, the value, and what to write or do."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest

from facts import tells
from further.cli import check_machine, main
from further.cli.findings import Findings
from further.study import read_study

# What is written into a right study of 12 papers and a model of two layers, and what the message has to hold.
WRONG = [
    ("training: {rnak: 8}", ["training", "rnak", "rank?"]),
    ("trainig: {rank: 8}", ["trainig", "training?"]),
    ("rank: 8", ["rank", "under training"]),
    ("training: {quantisation: nf4}", ["quantisation", "quantization?"]),
    ("training: {optimiser: adamw_torch}", ["optimiser", "optimizer?"]),
    ("training: {passes: 2}", ["passes", "called epochs"]),
    ("training: {accumulation: 4}", ["accumulation", "gradient_accumulation_steps"]),
    ("evaluation: {memorisation_paragraphs: 10}", ["memorization_paragraphs"]),
    ("training: {rank: 0}", ["training.rank", "0", "1"]),
    ("training: {rank: 8.5}", ["training.rank", "8.5"]),
    ("training: {rank: yes}", ["training.rank", "true"]),
    ("training: {rank: '8'}", ["training.rank", "'8'", "8"]),
    ("training: {learning_rate: 2e-4}", ["learning_rate", "'2e-4'", "2.0e-4"]),
    ("training: {learning_rate: 2}", ["learning_rate", "2", "1.0"]),
    ("training: {dropout: .nan}", ["dropout", "nan", "finite"]),
    ("training: {quantization: nf3}", ["nf3", "none", "int8", "nf4"]),
    ("training: {quantization: 4bit}", ["4bit", "nf4"]),
    ("training: {quantization: null}", ["quantization", "null", "none"]),
    ("training: {compute_dtype: bf16}", ["bf16", "bfloat16"]),
    ("training: {gradient_checkpointing: 'yes'}", ["gradient_checkpointing", "true"]),
    ("training: {batch_tokens: '1,024'}", ["batch_tokens", "1024"]),
    ("training: {warmup_ratio: 10%}", ["warmup_ratio", "10%", "0.1"]),
    ("training: {context: 96}", ["batch_tokens", "512", "96"]),
    ("training: {patience: 3}\nsweeps: {data: {fraction: [0.5, 1.0]}}", ["training.patience", "3", "sweeps.data"]),
    ("training: {initialization: pissa, quantization: nf4}", ["pissa", "nf4", "none"]),
    ("training: {target_modules: [q_proj, wk]}", ["target_modules", "wk", "q_proj"]),
    ("training: {context: 256}", ["training.context", "256", "128"]),
    ("training:", ["training", "null"]),
    ("training: {report_to: [mlflow]}", ["training.report_to.0", "mlflow", "tensorboard"]),
    ("training: {report_to: [wandb]}", ["training.report_to", "wandb", "pip install wandb"]),
    ("hardware: {gpu_memory_gb: 80GB}", ["gpu_memory_gb", "80GB", "80"]),
    ("hardware: {memory_mb: 8GB}", ["memory_mb", "8GB", "8192"]),
    ("hardware: {runtime_minutes: 12h}", ["runtime_minutes", "12h", "720"]),
    ("hardware: {gpu_memory_gb: 0.01}", ["gpu_memory_gb", "0.01", "GiB"]),
    ("hardware: {gpus_per_run: 2}", ["gpus_per_run", "2", "gpu_memory_gb"]),
    ("hardware: {sharding: fsdp}", ["sharding", "gpus_per_run"]),
    ("corpus: {papers: nowhere}", ["corpus.papers", "nowhere"]),
    ("corpus: {papers: empty}", ["corpus.papers", "empty", "no PDF"]),
    ("corpus: {papers: few}", ["corpus.papers", "3", "4"]),
    ("corpus: {passwords: {nobody: secret}}", ["corpus.passwords", "nobody"]),
    ("corpus: {ocr: true, ocr_language: tlh}", ["corpus.ocr"]),
    ("corpus: {language: english}", ["corpus.language", "english", "en"]),
    ("corpus: {test_fraction: 0.6, validation_fraction: 0.5}", ["corpus.test_fraction", "0.6", "0.5"]),
    ("model: {source: hub, path: owner/model}", ["model.revision", "null", "commit"]),
    ("model: {source: huggingface}", ["model.source", "huggingface", "hub"]),
    ("model: {revision: main}", ["model.revision", "main", "40"]),
    ("model: {path: nowhere}", ["model.path", "nowhere"]),
    ("model: {source: gguf, path: nowhere.gguf}", ["model.path", "nowhere.gguf"]),
    ("evaluation: {questions: nofile.csv}", ["evaluation.questions", "nofile.csv"]),
    ("general: {texts: nowhere}", ["general.texts", "nowhere"]),
    ("guard: {topics_file: nofile.txt}", ["guard.topics_file", "nofile.txt"]),
    ("training: {lora_r: 8}", ["lora_r", "rank"]),
    ("training: {lr: 2.0e-4}", ["lr", "learning_rate"]),
    ("training: {load_in_4bit: true}", ["load_in_4bit", "quantization: nf4"]),
    ("training: {batch_size: 8}", ["batch_size", "batch_tokens"]),
    ("training: {max_seq_length: 128}", ["max_seq_length", "context"]),
    ("training: {report_to: wandb}", ["training.report_to", "[wandb]"]),
    ("sweeps: {data: {fraction: 0.5}}", ["sweeps.data.fraction", "[0.5]"]),
    ("training: {target_modules: 'q_proj, v_proj'}", ["training.target_modules", "[q_proj, v_proj]"]),
    ("cost: {price_per_gpu_hour: 2, currency: euro, price_date: 2026-11}", ["cost.currency", "euro", "EUR"]),
    ("scaling: {targets: [{value: 2}]}", ["scaling.targets.0.unit"]),
    ("scaling: {targets: [{value: 2, unit: ppl}]}", ["ppl", "perplexity"]),
    ("evaluation: {stride: 512}", ["evaluation.stride", "512", "128"]),
    ("evaluation: {folds: 13}", ["evaluation.folds", "13", "12"]),
    ("cost: {price_per_gpu_hour: 2}", ["cost.price_date", "null"]),
    ("cost: {price_per_gpu_hour: '2,50', price_date: 2026-11}", ["price_per_gpu_hour", "2,50", "2.5"]),
    ("training: {rank: 8}\ntraining: {rank: 16}", ["training", "1", "2"]),
    ("training:\n\trank: 8", ["wrong.yaml", "2", "tabs"]),
    ("- a list", ["wrong.yaml", "['a list']"]),
    ("a: [", ["wrong.yaml", "1"]),
]
RIGHT = """
corpus: {papers: papers}
model: {name: mine, source: folder, path: base}
training: {quantization: none, context: 128, batch_tokens: 512, gradient_accumulation_steps: 1, compute_dtype: float32,
  optimizer: adamw_torch}
evaluation: {window: 128, stride: 128}
"""


@pytest.fixture
def study(tmp_path, monkeypatch, model_folder):
    for folder, number in (("papers", 12), ("few", 3), ("empty", 0)):
        (tmp_path / folder).mkdir()
        for paper in range(number):
            (tmp_path / folder / f"{paper}.pdf").touch()
    shutil.copytree(model_folder, tmp_path / "base")
    (tmp_path / "right.yaml").write_text(RIGHT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "programs"))  # no Tesseract and no SLURM, wherever this runs
    return tmp_path


def check(capsys, *words):
    code = main(["check", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out + said.err


def test_the_right_file_is_right(study, capsys):
    code, said = check(capsys, "right.yaml")
    assert code == 0 and tells(said, 12, "(papers)", 1, "mine")
    [note] = said.split("Worth knowing:")[1].split("Not checked:")[0].strip().splitlines()
    assert tells(note, "corpus.test_fraction", 2, 12) and "papers" in said.split("Not checked:")[1]


@pytest.mark.parametrize(("text", "facts"), WRONG, ids=[text[:40] for text, _ in WRONG])
def test_a_wrong_file_is_told_by_its_facts(study, capsys, text, facts):
    if "[wandb]" in text and "report_to: [" in text and find_spec("wandb") is not None:
        pytest.skip("wandb is installed: nothing is missing")
    (study / "wrong.yaml").write_text(text)
    code, said = check(capsys, "right.yaml", "wrong.yaml")
    assert code == 1 and "Traceback" not in said and "secret" not in said
    assert [fact for fact in facts if not tells(said, fact)] == []
    assert len(re.split("Not checked:|Worth knowing:", said)[0].splitlines()) == 1, said


def test_all_faults_of_what_is_named_are_told_at_once(study, capsys):
    (study / "wrong.yaml").write_text(
        "corpus: {papers: few}\nmodel: {path: nowhere}\nevaluation: {folds: 30}\ntraining: {context: 32}\n"
    )
    code, said = check(capsys, "right.yaml", "wrong.yaml")
    assert code == 1 and tells(said, "corpus.papers", 3, 4) and tells(said, "model.path", "nowhere")


@pytest.mark.parametrize(
    ("break_it", "fact"),
    [
        (lambda base: (base / "model.safetensors").unlink(), "base has no weights"),
        (lambda base: (base / "tokenizer.json").unlink(), "tokenizer.json"),
        (lambda base: (base / "config.json").write_text('{"model_type": "t5", "is_encoder_decoder": true}'), "t5"),
        (lambda base: (base / "model.safetensors").write_text("version https://git-lfs"), "git lfs pull"),
    ],
)
def test_a_model_that_no_job_could_load_is_refused(study, capsys, break_it, fact):
    break_it(study / "base")
    code, said = check(capsys, "right.yaml")
    assert code == 1 and fact in said


def test_a_truncating_tokenizer_and_one_without_a_named_eos_are_no_faults(study, capsys):
    """Truncation is switched off when the file is read; EOS is found among the usual names."""
    tokenizer = json.loads((study / "base/tokenizer.json").read_text())
    tokenizer["truncation"] = {"direction": "Right", "max_length": 16, "strategy": "LongestFirst", "stride": 0}
    (study / "base/tokenizer.json").write_text(json.dumps(tokenizer))
    (study / "base/tokenizer_config.json").write_text("{}")
    assert check(capsys, "right.yaml")[0] == 0


@pytest.mark.parametrize(
    ("fractions", "facts"),
    [
        ("[0.5, 1.0]", [2, "4, 9 of 9", 4]),
        ("[0.0625, 0.125, 0.25, 0.5, 1.0]", ["0.0625, 0.125", 1, 9]),
    ],
)
def test_sizes_that_give_no_law_are_worth_knowing(study, capsys, fractions, facts):
    """12 papers, 2 of them test and 1 validation: 9 to train on."""
    (study / "sweep.yaml").write_text(f"sweeps: {{data: {{fraction: {fractions}}}}}\n")
    code, said = check(capsys, "right.yaml", "sweep.yaml")
    assert code == 0 and tells(said.split("Worth knowing:")[1], *facts)


@pytest.mark.parametrize(("hardware", "is_said"), [("{gpu_memory_gb: 80}", True), ("{gpu_memory_gb: null}", False)])
def test_int8_on_a_gpu_is_worth_knowing_with_what_was_measured(study, capsys, hardware, is_said):
    (study / "int8.yaml").write_text(f"hardware: {hardware}\nsweeps: {{quantization: {{quantization: [nf4, int8]}}}}\n")
    code, said = check(capsys, "right.yaml", "int8.yaml")
    assert (
        code == 0 and [fact in said for fact in ("int8 (quantization-int8)", "0.1", "5,129", "32.7")] == [is_said] * 4
    )


@pytest.mark.parametrize(("package", "path", "said"), [("no", "fused", 1), ("yaml", "fused", 0), ("no", "graphs", 0)])
def test_fused_layers_whose_package_is_missing_are_worth_knowing(study, capsys, monkeypatch, package, path, said):
    monkeypatch.setattr(check_machine, "FUSED_PACKAGE", package)
    (study / "gpu.yaml").write_text(f"hardware: {{gpu_memory_gb: 80}}\ntraining: {{kernels: [{path}]}}\n")
    assert check(capsys, "right.yaml", "gpu.yaml")[1].count("further[gpu]") == said


@pytest.mark.parametrize(
    ("resources", "faults"),
    [
        ("default-resources:\n", 0),  # no account is needed: docs/slurm.md
        ("default-resources: [slurm_partition=all]\n", 0),
        ("default-resources: [slurm_account=lu2026-0-00]\n", 1),
        ("default-resources: {slurm_account: lu2026-0-00}\n", 1),
        ("default-resources: {slurm_account: lu2026-2-34}\n", 0),
        ("default-resources:\n\t- slurm_account=lu2026-2-34\n", 1),  # a tab
    ],
)
def test_any_profile_that_snakemake_reads_is_read(tmp_path, monkeypatch, resources, faults):
    profile = tmp_path / "profiles/slurm/config.yaml"
    profile.parent.mkdir(parents=True)
    profile.write_text(f"executor: slurm\n{resources}")
    monkeypatch.setattr(check_machine, "ROOT", tmp_path)
    found = Findings()
    check_machine.check_machine(read_study({"hardware": {"gpu_memory_gb": 80}}), found)
    told = [note for note in found.faults + found.notes if "config.yaml" in note]
    assert len(told) == faults


def test_the_placeholder_account_is_a_fault_on_a_cluster_and_worth_knowing_elsewhere(study, capsys, monkeypatch):
    (study / "gpu.yaml").write_text("hardware: {gpu_memory_gb: 80}\n")
    code, said = check(capsys, "right.yaml", "gpu.yaml")
    assert code == 0 and "lu2026-0-00" in said.split("Worth knowing:")[1]
    (study / "sbatch").write_text("#!/bin/sh\n")
    (study / "sbatch").chmod(0o755)
    monkeypatch.setenv("PATH", f"{study}:{os.environ['PATH']}")
    code, said = check(capsys, "right.yaml", "gpu.yaml")
    assert code == 1 and "lu2026-0-00" in said.splitlines()[0]


def test_a_folder_stands_for_the_study_file_in_it_and_its_paths_are_seen_from_there(study, capsys, monkeypatch):
    (study / "right.yaml").rename(study / "study.yaml")
    monkeypatch.chdir(study.parent)
    assert check(capsys, study)[0] == 0 and Path.cwd() == study.parent
    assert "holds no study.yaml" in check(capsys, study / "papers")[1]
    (study.parent / "over.yaml").write_text("study: {title: Laid over}\ncorpus: {papers: few}\n")
    code, said = check(capsys, study, "over.yaml")
    assert code == 1 and tells(said, "corpus.papers", 3, "few", 4)
    assert tells(check(capsys, study, "none.yaml")[1], "none.yaml")


class Hub(BaseHTTPRequestHandler):
    """Answers as the hub does when it is asked about a model."""

    status, about = 200, {}

    def do_GET(self):
        body = json.dumps(self.about).encode()
        self.send_response(self.status)
        if self.status != 200:
            self.send_header("X-Error-Code", "RepoNotFound")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def hub(study):
    """Ask a server of this test instead of the hub, in a process of its own, as its address is read at the start."""
    server = HTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    text = RIGHT.replace("source: folder, path: base", f"source: hub, path: owner/model, revision: {'a' * 40}")
    (study / "hub.yaml").write_text(text)

    def ask(status, port=server.server_port, token="", **about):
        Hub.status = status
        Hub.about = {"id": "owner/model", "sha": "b" * 40, "siblings": [{"rfilename": "model.safetensors"}]} | about
        environment = os.environ | {
            "HF_ENDPOINT": f"http://127.0.0.1:{port}", "HF_HOME": str(study / "home"), "no_proxy": "127.0.0.1",
        } | ({"HF_TOKEN": token} if token else {})  # fmt: skip
        environment.pop("HF_HUB_OFFLINE", None)
        command = [sys.executable, "-c", "import sys; from further.cli import main; sys.exit(main(sys.argv[1:]))"]
        done = subprocess.run([*command, "check", "hub.yaml"], env=environment, text=True, capture_output=True)
        assert "Traceback" not in done.stderr and "hf_secret" not in done.stdout + done.stderr
        return done.returncode, done.stdout + done.stderr

    yield ask
    server.shutdown()
    server.server_close()


def test_what_the_hub_says_of_a_model(hub):
    assert hub(200, gated=False)[0] == 0
    code, said = hub(200, gated="manual")
    assert code == 1 and tells(said, "owner/model", "gated", "hf auth login")
    code, said = hub(200, gated="manual", token="hf_secret")
    assert code == 0 and "let you in" in said.split("Not checked:")[1]
    code, said = hub(200, siblings=[{"rfilename": "pytorch_model.bin"}])
    assert code == 1 and tells(said, "owner/model", "safetensors")
    assert hub(404)[0] == 1
    code, said = hub(200, port=9)  # nobody answers there
    assert code == 0 and tells(said.split("Not checked:")[1], "owner/model", "login")
