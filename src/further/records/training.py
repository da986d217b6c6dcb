"""Records of a training run: `metrics.json`, which is the same on every machine, and `timing.json`, which is not."""

from further.records.base import Record
from further.settings import Run


class Parameters(Record):
    """Parameters of a model with its adapter; `share` is the fraction that is trained."""

    trainable: int
    total: int
    share: float
    names: tuple[str, ...]


class RunMetrics(Record):
    """What came of a run, whatever it was trained on; losses in nats per token."""

    run: str
    settings: Run
    num_unique_tokens: int
    num_trained_tokens: int
    num_steps: int
    stopped_early: bool
    packing_efficiency: float
    final_train_loss_nats: float
    validation_loss_nats: float | None
    parameters: Parameters


class Metrics(RunMetrics):
    """What a run on papers was trained on, and what came of it."""

    papers: tuple[str, ...]
    num_papers: int
    num_replay_tokens: int
    num_dropped_tokens: int


class CaseMetrics(RunMetrics):
    """What a run on questions about images was trained on, and what came of it.

    Attributes:
        cases: Their names, in the order in which growing fractions take them.
        num_cut: Answers that were longer than their window.
        num_without_end: Answers that were left without an EOS.
        num_asked_twice: Questions left out as the same was asked and answered about the same images.
        num_too_long: Questions left out as the context holds no answer.
    """

    cases: tuple[str, ...]
    num_cases: int
    num_questions: int
    num_cut: int
    num_without_end: int
    num_asked_twice: int
    num_too_long: int


class Hardware(Record):
    """A machine; `gpu` is None without one."""

    cpu: str
    gpu: str | None
    threads: int


class Timing(Record):
    """What a run took; seconds are those of all its starts."""

    devices: int
    hardware: Hardware
    memory_before_mb: float
    memory_loaded_mb: float
    peak_memory_mb: float
    seconds_total: float
    seconds_train: float
    starts: int
    tokens_per_second: float
    kernels: tuple[str, ...] = ()
