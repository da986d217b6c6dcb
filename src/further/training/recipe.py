"""What a run is made of, how it is carried out, and what it leaves."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from further.digests import digest_sampled
from further.models import Model
from further.records.training import Parameters, Timing
from further.settings import Run
from further.tracking import TRACKERS
from further.training.adapters import Save, train_adapter
from further.training.examples import Examples
from further.training.walltime import Walltime, find_walltime

Prepare = Callable[[Model, Run, Path], Save]


@dataclass(frozen=True)
class Recipe:
    """What a run is made of: all that shapes its result.

    Attributes:
        micro_batch: Examples per forward pass of one process alone.
        validation: Examples that the validation loss is measured on.
        prepare: Makes of a frozen model what is trained (an adapter in it, or all of it), and says how that is saved.
    """

    model_folder: Path
    run: Run
    micro_batch: int
    training: Examples
    validation: Examples
    prepare: Prepare = train_adapter

    @property
    def steps_per_epoch(self) -> int:
        """Optimizer steps of an epoch."""
        # Rounded up: an epoch's last step has what is left.
        return -(-len(self.training) // (self.micro_batch * self.run.gradient_accumulation_steps))

    @property
    def num_steps(self) -> int:
        """Optimizer steps of the whole run, unless it ends early."""
        return self.run.epochs * self.steps_per_epoch

    def digest_inputs(self) -> dict[str, Any]:
        """Of its examples and of every file that shapes the base's weights, 16 hexadecimal digits each."""
        files = [self.model_folder / "config.json", *sorted(self.model_folder.glob("*.safetensors"))]
        return {
            "training_rows": self.training.digest(),
            "validation_rows": self.validation.digest(),
            "base_model": {file.name: digest_sampled(file) for file in files if file.is_file()},
        }


@dataclass(frozen=True)
class Task:
    """How a run is carried out; none of it shapes the result.

    Attributes:
        adapter: Folder to save what was trained in.
        checkpoints: Where checkpoints are kept until the run has ended.
        checkpoint_minutes: Time between checkpoints; 0: one after every step.
        identity: Settings, versions and code that a checkpoint depends on, beside data and base model; one made with
            another is not used.
        walltime: When the job will be killed, None where nothing kills it.
        world_size: Processes that train it together, one per GPU; `further.training.launch` starts them.
        sharded: Whether each keeps its part of the base's frozen weights only.
        report_to: Tools that get the metrics of each step.
    """

    name: str
    adapter: Path
    checkpoints: Path
    checkpoint_minutes: float
    identity: dict[str, Any]
    threads: int
    walltime: Walltime | None = None
    world_size: int = 1
    sharded: bool = False
    report_to: tuple[str, ...] = ()

    @classmethod
    def of_job(
        cls,
        name: str,
        adapter: Path,
        checkpoints: Path,
        identity: dict[str, Any],
        threads: int,
        resources: Mapping[str, Any],
    ) -> "Task":
        """The task of a training job; of its rule's resources, Snakemake leaves out one that is None."""
        return cls(
            name=name,
            adapter=adapter,
            checkpoints=checkpoints,
            checkpoint_minutes=resources["checkpoint_minutes"],
            identity=identity,
            threads=threads,
            walltime=find_walltime(resources["runtime"], resources.get("walltime_margin_minutes"), os.environ),
            world_size=resources["gpus_per_run"],
            sharded=resources["sharding"] == "fsdp",
            # A resource is a number or a text: the rule joins the names.
            report_to=tuple(name for name in TRACKERS if name in resources["report_to"]),
        )


@dataclass(frozen=True)
class Outcome:
    """What a run leaves: numbers that depend on the seed alone, its history, and the times it took."""

    parameters: Parameters
    packing_efficiency: float
    num_steps: int
    stopped_early: bool
    num_trained_tokens: int
    final_train_loss_nats: float
    validation_loss_nats: float
    history: list[dict[str, Any]]
    timing: Timing

    @property
    def metrics(self) -> dict[str, Any]:
        """The fields that the metrics of all kinds of runs share. No times: those vary."""
        return {name: value for name, value in vars(self).items() if name not in ("history", "timing")}
