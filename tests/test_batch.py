"""How a batch becomes micro-batches and the shares of processes."""

import pytest

from facts import naming
from further.batch import micro_batch, share_of_process
from further.settings import Run
from further.study import read_study


def batch(batch_tokens, context, accumulation):
    return Run(batch_tokens=batch_tokens, context=context, gradient_accumulation_steps=accumulation)


@pytest.mark.parametrize(
    ("batch_tokens", "context", "accumulation", "expected"),
    [(1024, 256, 1, 4), (1024, 256, 4, 1), (1024, 128, 2, 4)],
)
def test_rows_per_forward_pass(batch_tokens, context, accumulation, expected):
    assert micro_batch(batch(batch_tokens, context, accumulation)) == expected


@pytest.mark.parametrize(("batch_tokens", "context", "accumulation"), [(1000, 256, 1), (128, 256, 1), (1024, 256, 3)])
def test_a_batch_that_does_not_divide_names_all_three_numbers(batch_tokens, context, accumulation):
    with pytest.raises(ValueError, match=f"{batch_tokens}.*{context} × {accumulation}"):
        micro_batch(batch(batch_tokens, context, accumulation))


@pytest.mark.parametrize(
    ("accumulation", "processes", "share"),
    [(1, 1, (12, 1)), (1, 4, (3, 1)), (4, 2, (3, 2)), (2, 4, None), (6, 3, (2, 2)), (2, 3, (2, 2)), (3, 2, (2, 3))],
)
def test_a_step_is_dealt_out_to_the_processes_of_a_run(config, accumulation, processes, share):
    """Twelve rows a step; whole micro-batches where they divide, else the rows of each."""
    run = batch(12 * 32, 32, accumulation)
    if share:
        assert share_of_process(run, processes) == share
        rows, passes = share
        assert rows * passes * processes == 12
        return
    facts = naming("gpus_per_run", 4, "training.gradient_accumulation_steps", 2, 6, "training.batch_tokens", 128)
    with pytest.raises(ValueError, match=facts):
        share_of_process(run, processes)
    config["hardware"]["gpus_per_run"] = processes
    config["training"] |= run.model_dump(exclude_unset=True)
    config["sweeps"] = dict.fromkeys(config["sweeps"])
    with pytest.raises(ValueError, match=facts):
        read_study(config)
