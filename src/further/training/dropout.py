"""Dropout where several processes train one run: each drops elsewhere, and a resumed run where it would have."""

from typing import Any

import numpy as np
import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from further.training import group


class SeedEachStep(TrainerCallback):
    """Seeds each step of each process by run, step and process: a checkpoint holds the first one's generators only."""

    def __init__(self, seed: int) -> None:
        """Keep the run's seed."""
        self.seed = seed

    def on_step_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Seed; a process alone goes on with the generator it has."""
        if group.num_processes() > 1:
            words = np.random.SeedSequence([self.seed, state.global_step, group.process_number()]).generate_state(2)
            torch.manual_seed(int(words[0]) << 31 | int(words[1]) >> 1)
