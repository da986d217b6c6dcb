"""Training, scoring, generation and merging on CUDA. A processor skips them: pytest -m gpu."""

import gc

import pytest
import torch
from bitsandbytes import optim
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM

from further.evaluation.scoring import score_documents
from further.models import Precision, load, load_adapted, load_merged
from further.models.fused import find_loss
from further.plan.memory import ON_GPU
from further.training.adapters import train_adapter
from further.training.graphs import Graphs
from further.training.kernels import speed_up
from further.training.loss import sum_cross_entropy
from further.training.optimizer import make_optimizer
from further.training.rows import TextRows
from training.settings import RUN

pytestmark = pytest.mark.gpu
PLAIN = {"kernels": [], "deterministic": False, "compute_dtype": "bfloat16"}
FAST = {"kernels": RUN.kernels, "deterministic": True, "compute_dtype": "bfloat16"}


def losses(outcome):
    return torch.tensor([row["loss_nats"] for row in outcome.history])


@pytest.mark.parametrize("quantization", ["none", "nf4", "int8"])
def test_faster_paths_train_as_the_plain_ones_do(train, quantization):
    _, plain = train("plain", quantization=quantization, **PLAIN)
    _, fast = train("fast", quantization=quantization, **FAST)
    expected = {"adapters", "documents"} | ({"graphs"} if quantization != "int8" else set())
    assert expected <= set(fast.timing.kernels) <= expected | {"fused"}  # two layers are too few for offload
    assert fast.history[-1]["loss_nats"] < fast.history[0]["loss_nats"]
    # bitsandbytes multiplies few rows by quantized weights in kernels of its own, which round otherwise
    torch.testing.assert_close(losses(fast), losses(plain), atol=0.01 if quantization == "none" else 0.1, rtol=0)


@pytest.mark.parametrize("kernel", RUN.kernels)
def test_each_path_alone_trains_as_the_plain_one_does(train, kernel):
    _, plain = train("plain", **PLAIN)
    _, fast = train("fast", **PLAIN | {"kernels": [kernel]})
    torch.testing.assert_close(losses(fast), losses(plain), atol=0.01, rtol=0)


def test_inputs_of_layers_wait_in_the_hosts_memory(tmp_path):
    config = LlamaConfig(vocab_size=64, hidden_size=256, intermediate_size=64, num_hidden_layers=12, head_dim=64)
    LlamaForCausalLM(config).to(torch.bfloat16).save_pretrained(tmp_path)
    ids = torch.randint(0, 64, (4, 1024), generator=torch.Generator().manual_seed(0)).cuda()
    found = []
    for kernels in (["adapters"], ["adapters", "offload"], ["adapters", "graphs", "offload"]):
        torch.manual_seed(0)
        model = load(tmp_path, Precision("none", "bfloat16"))
        run = RUN | {"kernels": kernels, "compute_dtype": "bfloat16", "gradient_checkpointing": True}
        train_adapter(model, run, tmp_path)
        model.network.train()
        assert speed_up(model, run) == kernels
        trained = [parameter for parameter in model.network.parameters() if parameter.requires_grad]
        graphs = Graphs(lambda batch, model=model: model.encode(batch).float().pow(2).sum(), trained)
        batch = {"input_ids": ids, "scale": torch.tensor(1.0, device="cuda")}
        gc.collect()
        torch.cuda.reset_peak_memory_stats()
        for _ in range(4):
            graphs(batch, record="graphs" in kernels)
        torch.cuda.synchronize()
        assert bool(graphs.recorded) == ("graphs" in kernels)
        found.append(([place.clone() for place in graphs.places], torch.cuda.max_memory_allocated()))
    for gradients, _ in found[1:]:  # attention's backward pass adds up in any order
        for values, expected in zip(gradients, found[0][0], strict=True):
            torch.testing.assert_close(values, expected, rtol=0, atol=0.02 * float(expected.abs().max()))
    per_input = 4 * 1024 * 256 * 2
    assert found[0][1] - found[1][1] > 0.5 * (12 - ON_GPU) * per_input


def test_fp32_gives_the_losses_of_any_cut_into_micro_batches(train):
    how = {"kernels": RUN.kernels, "compute_dtype": "float32", "quantization": "none"}
    _, whole = train("whole", micro_batch=4, gradient_accumulation_steps=1, **how)
    _, cut = train("cut", micro_batch=1, gradient_accumulation_steps=4, **how)
    torch.testing.assert_close(losses(cut), losses(whole), atol=1e-4, rtol=0)


@pytest.mark.parametrize("quantization", ["none", "nf4"])
def test_the_same_run_gives_the_same_bits(train, quantization):
    one, _ = train("one", quantization=quantization, epochs=4, **FAST)
    other, _ = train("other", quantization=quantization, epochs=4, **FAST)
    assert all(torch.equal(one[name], other[name]) for name in one)


class StoppedRows(TextRows):
    """Rows on which a run ends by itself, once."""

    calls_left = None

    def sum_loss(self, model, batch):
        if model.network.training and StoppedRows.calls_left is not None:
            StoppedRows.calls_left -= 1
            if StoppedRows.calls_left == 0:
                StoppedRows.calls_left = None
                raise KeyboardInterrupt
        return TextRows.sum_loss(model, batch)


def test_an_interrupted_run_goes_on_to_the_same_bits(train):
    how = {"quantization": "nf4", "epochs": 4, "minutes": 0.0, "micro_batch": 2} | FAST
    how["kernels"] = ["adapters", "documents", "fused"]  # recordings would not come back to the rows
    whole, outcome = train("whole", kind=StoppedRows, **how)
    StoppedRows.calls_left = outcome.num_steps // 2
    with pytest.raises(KeyboardInterrupt):
        train("stopped", kind=StoppedRows, **how)
    resumed, again = train("stopped", kind=StoppedRows, **how)
    assert again.timing.starts == 2
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_documents_of_a_row_do_not_see_each_other(model_folder):
    model = load(model_folder, Precision("nf4", "bfloat16"))
    assert model.attend_within_documents()
    model.check_packing()
    ids, positions = torch.arange(2, 42)[None], torch.cat([torch.arange(24), torch.arange(16)])[None]
    other = ids.clone()
    other[:, :24] += 50
    one, two = (
        model.encode(
            {key: values.cuda() for key, values in model.prepare({"input_ids": i, "position_ids": positions}).items()}
        )
        for i in (ids, other)
    )
    assert torch.equal(one[:, 24:], two[:, 24:])
    assert not torch.equal(one[:, :24], two[:, :24])


def test_scores_are_those_of_the_processor(model_folder):
    documents = [list(range(2, 60)), list(range(5, 25))]
    on_gpu = load(model_folder, Precision("none", "float32"))
    assert on_gpu.device.type == "cuda"
    found = score_documents(on_gpu, documents, 0, 32, 16, 64)
    on_gpu.network.cpu()
    torch.testing.assert_close(found, score_documents(on_gpu, documents, 0, 32, 16, 64), rtol=1e-4, atol=1e-3)


def test_continuations_are_those_of_the_processor(model_folder):
    model = load(model_folder, Precision("none", "float32"))
    config = GenerationConfig(max_new_tokens=8, do_sample=False, eos_token_id=1, pad_token_id=1)
    batch = {"input_ids": torch.arange(2, 12)[None], "attention_mask": torch.ones(1, 10, dtype=torch.long)}
    found = model.generate({key: values.cuda() for key, values in batch.items()}, config).cpu()
    model.network.cpu()
    assert torch.equal(found, model.generate(batch, config))


def test_a_merged_model_is_the_adapted_one(train, model_folder, tmp_path):
    train("run", quantization="none", **FAST)
    adapter = tmp_path / "run" / "adapter"
    batch = {"input_ids": torch.arange(2, 34, device="cuda")[None]}
    adapted = load_adapted(model_folder, adapter, Precision("none", "float32")).encode(batch)
    merged = load_merged(model_folder, adapter, "float32").encode(batch)
    torch.testing.assert_close(merged, adapted, rtol=1e-3, atol=1e-3)


def test_a_recording_that_fails_leaves_everything_as_it_was():
    """bitsandbytes' optimizers and quantization use the first stream, wherever torch is."""
    weight = torch.nn.Parameter(torch.ones(3, device="cuda"))

    def read_the_loss(batch):
        loss = (weight * batch["values"]).sum()
        return loss * float(loss)  # waits for the GPU, which a recording refuses

    graphs = Graphs(read_the_loss, [weight])
    batch = {"values": torch.ones(1, 3, device="cuda"), "scale": torch.tensor(1.0, device="cuda")}
    for _ in range(5):
        graphs(batch)
    assert graphs.given_up
    assert torch.cuda.current_stream() == torch.cuda.default_stream()
    assert weight.grad.tolist() == [15.0] * 3


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_loss_in_place_is_torchs(dtype):
    head = torch.nn.Linear(16, 1000, bias=False).cuda().to(dtype).requires_grad_(False)
    in_place = find_loss(head)
    assert in_place is not None
    labels = torch.randint(0, 1000, (1500,), device="cuda")
    labels[::7] = -100
    one, other = (torch.linspace(-2, 2, 1500 * 16).reshape(1500, 16).cuda().to(dtype).requires_grad_() for _ in "ab")
    expected, found = sum_cross_entropy(one, head, labels), sum_cross_entropy(other, head, labels, in_place)
    (expected / 1500).backward(), (found / 1500).backward()
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=0)
    torch.testing.assert_close(other.grad, one.grad, rtol=1e-2, atol=1e-5)


def test_a_paged_state_is_fetched_where_the_gpu_is_full(monkeypatch):
    fetched = []
    monkeypatch.setattr(optim.AdamW, "prefetch_state", lambda self, parameter: fetched.append(parameter))
    layer = torch.nn.Linear(64, 64, bias=False).cuda()
    optimizer = make_optimizer(layer, RUN | {"optimizer": "paged_adamw_8bit"})
    for free, expected in ((8 * 2**30, 1), (8 * 2**30, 1), (2**20, 2)):
        monkeypatch.setattr(torch.cuda, "mem_get_info", lambda free=free: (free, 80 * 2**30))
        layer.weight.grad = torch.ones_like(layer.weight)
        optimizer.step()
        assert len(fetched) == expected


def test_a_gpu_that_is_too_small_is_explained(train):
    gc.collect()
    torch.cuda.empty_cache()
    total = torch.cuda.get_device_properties(0).total_memory
    # Room for the model, cuBLAS (up to 64 MiB) and adapters of 136 MiB, none for their gradients of as many.
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + 256 * 2**20) / total)
    try:
        with pytest.raises(MemoryError, match="gradient_accumulation_steps"):
            train("small", rank=16384, alpha=16384, **PLAIN)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)


def test_memory_is_that_of_the_gpu(train):
    _, outcome = train("run", **FAST)
    timing = outcome.timing
    assert (
        0 < timing.memory_loaded_mb <= timing.peak_memory_mb <= torch.cuda.get_device_properties(0).total_memory / 2**20
    )
