"""Real training steps of tiny models, through the project's own loss, with torch's own measures of them."""

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.profiler import ProfilerActivity, profile
from torch.utils.flop_counter import FlopCounterMode
from transformers import Gemma2Config, Gemma2ForCausalLM, LlamaConfig, LlamaForCausalLM

from further.models import Precision, load
from further.settings import Run
from further.training.adapters import train_adapter
from further.training.rows import TextRows

RUN = Run() | {
    "quantization": "none",
    "compute_dtype": "float32",
    "gradient_checkpointing": False,
    "optimizer": "adamw_torch",
    "rank": 4,
    "alpha": 8,
    "context": 64,
    "batch_tokens": 256,
    "gradient_accumulation_steps": 1,
    "learning_rate": 1e-3,
    "epochs": 2,
}


def save_llama(folder, width, inner, layers, heads, key_heads, vocabulary, tied=False):
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=width,
        intermediate_size=inner,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=key_heads,
        max_position_embeddings=4096,
        tie_word_embeddings=tied,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def save_gemma2(folder, width, inner, layers, heads, key_heads, vocabulary):
    torch.manual_seed(0)
    config = Gemma2Config(
        vocab_size=vocabulary,
        hidden_size=width,
        intermediate_size=inner,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=key_heads,
        head_dim=width // heads,
        max_position_embeddings=4096,
    )
    Gemma2ForCausalLM(config).save_pretrained(folder)
    return folder


class Step:
    """Forward, backward and optimizer step of one micro-batch of packed rows, two documents in each."""

    def __init__(self, folder, run, rows, vocabulary):
        torch.manual_seed(0)
        self.model = load(folder, Precision(run.quantization, run.compute_dtype, run.attention))
        train_adapter(self.model, run, folder)
        self.network, device = self.model.network.train(), self.model.device
        ids = torch.randint(0, vocabulary, (2, rows, run.context), device=device)
        positions = (torch.arange(run.context, device=device) % (run.context // 2)).repeat(rows, 1)
        self.batch = {"input_ids": ids[0], "labels": ids[1], "position_ids": positions}
        trained = [parameter for parameter in self.network.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.AdamW(trained)
        self.take()  # makes the optimizer's state

    def take(self):
        TextRows.sum_loss(self.model, self.batch).backward()
        self.optimizer.step()
        self.optimizer.zero_grad()

    def flops(self):
        """Counted operation by operation; attention by products of matrices, as the counter knows no CPU kernel."""
        with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
            self.take()
        return counter.get_total_flops()

    def peak_bytes(self):
        """Most bytes that torch's allocator held at once during a step, beyond what it held before."""
        return peak_bytes_of(self.take)

    def of_lengths(self, lengths):
        """The same step on rows that are not packed, of so many tokens each."""
        self.batch |= {"length": torch.tensor(lengths)}
        self.take()
        return self

    def resting_bytes(self):
        """Weights with the constants of their quantization, adapter, optimizer's state: each storage once."""
        states = [value for state in self.optimizer.state.values() for value in state.values()]
        tensors = [*self.network.parameters(), *self.network.buffers(), *states]
        for module in self.network.modules():
            tensors += constants_of(module)
        storages = [tensor.untyped_storage() for tensor in tensors]
        return sum({storage.data_ptr(): storage.nbytes() for storage in storages}.values())


def peak_bytes_of(action):
    """Most bytes that torch's allocator held at once during a call, beyond what it held before."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        action()
    events = [event for event in profiler.profiler.kineto_results.events() if event.name() == "[memory]"]
    held = peak = 0
    for event in sorted(events, key=lambda event: event.start_ns()):
        held += event.nbytes()
        peak = max(peak, held)
    return peak


def constants_of(layer):
    """Tensors that bitsandbytes keeps beside a quantized weight; int8's are the layer's once it has computed."""
    state = getattr(getattr(layer, "weight", None), "quant_state", None)
    if state is not None:
        return [state.absmax, state.code, state.offset, state.state2.absmax, state.state2.code]
    scale = getattr(getattr(layer, "state", None), "SCB", None)
    return [] if scale is None else [scale]
