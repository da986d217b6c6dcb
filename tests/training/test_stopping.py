"""Validation within a pass, and ending a run that has stopped learning."""

import logging

import numpy as np
import pytest
import torch

from further.training.rows import TextRows
from further.training.stopping import find_best, is_due, is_over


def steps_due(num_steps, steps_per_epoch, per_pass):
    return [step for step in range(1, num_steps + 1) if is_due(step, steps_per_epoch, per_pass)]


@pytest.mark.parametrize(
    ("steps_per_epoch", "per_pass", "expected"),
    [
        (5, 1, [5, 10]),
        (5, 2, [3, 5, 8, 10]),
        (4, 4, list(range(1, 9))),
        (3, 10, list(range(1, 7))),  # no more often than there are steps
    ],
)
def test_validations_are_even_and_end_each_pass(steps_per_epoch, per_pass, expected):
    assert steps_due(2 * steps_per_epoch, steps_per_epoch, per_pass) == expected


def history(*losses):
    """A row a step; None where nothing was measured."""
    return [{"step": step, "validation_loss_nats": loss} for step, loss in enumerate(losses, 1)]


def test_a_run_is_over_after_so_many_validations_without_a_lower_loss():
    losses = (
        None,
        5.0,
        None,
        4.0,
        4.5,
        4.0,
    )  # validations at steps 2, 4, 5 and 6: lowest at 4, and then twice not lower
    ends = [patience for patience in (1, 2, 3, None) if is_over(history(*losses), patience)]
    assert find_best(history(*losses)) == 4 and ends == [1, 2]
    assert find_best(history(None)) is None and not is_over(history(None), 1) and not is_over([], 1)
    assert not is_over(history(5.0, 5.5, None), 1)  # a resumed run, in the middle of an epoch


OTHERS = np.random.default_rng(2).integers(2, 40, (4, 60)).tolist()
# Learns which tokens there are, then the training papers by heart: on the others it is lowest at step 6.
OVERFITS = {"learning_rate": 0.03, "warmup_ratio": 0.0, "epochs": 8, "validations_per_epoch": 3, "held_out": OTHERS}


def validations(outcome):
    return [
        (row["step"], row["validation_loss_nats"]) for row in outcome.history if row["validation_loss_nats"] is not None
    ]


def test_without_patience_a_run_goes_its_length(train):
    _, outcome = train(**OVERFITS)
    assert not outcome.stopped_early
    assert len(validations(outcome)) == 8 * 3 and outcome.num_steps == outcome.history[-1]["step"] == 8 * 3


def test_with_patience_it_stops_and_keeps_the_best_adapter(train):
    whole, _ = train("whole", **OVERFITS)
    weights, outcome = train("stopped", patience=2, **OVERFITS)
    measured = validations(outcome)
    losses = [loss for _, loss in measured]
    best = losses.index(min(losses))
    assert outcome.stopped_early and outcome.num_steps < 8 * 3
    assert len(losses) == best + 1 + 2  # two in a row that were no lower
    assert all(b >= min(losses) for b in losses[best + 1 :])
    assert outcome.validation_loss_nats == pytest.approx(min(losses), rel=1e-6)
    assert any(not torch.equal(weights[name], whole[name]) for name in weights)


def test_patience_that_is_never_used_up_keeps_the_best_of_the_whole_run(train):
    _, outcome = train(patience=100, **OVERFITS)
    assert not outcome.stopped_early
    assert outcome.validation_loss_nats == pytest.approx(min(loss for _, loss in validations(outcome)), rel=1e-6)


class Killed(RuntimeError):
    pass


def rows_that_kill(step):
    """Rows with which a run dies in the step after this one, whose checkpoint is there."""

    class Rows(TextRows):
        batches = 0

        def sum_loss(self, model, batch):
            self.batches += 1
            if self.batches > step:
                raise Killed
            return TextRows.sum_loss(model, batch)

    return Rows


@pytest.mark.parametrize(
    ("step", "settings"),
    [
        (3, {}),
        (4, {}),
        (7, {}),  # after the lowest loss
        (4, {"initialization": "pissa"}),
        (4, {"train_embeddings": True, "dora": True}),
        (4, {"initialization": "loftq", "quantization": "nf4"}),
    ],
)
def test_a_killed_run_ends_as_an_undisturbed_one(train, step, settings, caplog):
    """Validation losses and the best weights stand in the checkpoint of their own step, at the end of a pass too."""
    settings = OVERFITS | {"validations_per_epoch": 1, "patience": 1} | settings
    expected_weights, expected = train("undisturbed", **settings)
    with pytest.raises(Killed):
        train("killed", minutes=0.0, kind=rows_that_kill(step), **settings)
    with caplog.at_level(logging.INFO):
        weights, outcome = train("killed", minutes=0.0, **settings)
    assert f"/checkpoint-{step}" in caplog.text
    assert expected.stopped_early
    assert outcome.history == expected.history
    assert all(torch.equal(weights[name], expected_weights[name]) for name in weights)


@pytest.mark.parametrize("patience", [None, 2])
def test_a_run_killed_after_its_last_step_trains_no_more(train, patience):
    weights, outcome = train(minutes=0.0, patience=patience, **OVERFITS)
    again, same = train(minutes=0.0, patience=patience, kind=rows_that_kill(0), **OVERFITS)
    assert same.history == outcome.history and same.stopped_early == (patience is not None)
    assert all(torch.equal(weights[name], again[name]) for name in weights)


def test_the_loss_that_stops_a_run_is_per_token_whatever_the_batch(train):
    """A mean of batch means is not (transformers #39241)."""
    one, four = (
        train(f"m{size}", micro_batch=size, gradient_accumulation_steps=4 // size, validations_per_epoch=2)[1]
        for size in (1, 4)
    )
    assert [loss for _, loss in validations(one)] == pytest.approx([loss for _, loss in validations(four)], rel=1e-4)
