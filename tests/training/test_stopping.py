"""Validation within a pass, and ending a run that has stopped learning."""

import logging

import numpy as np
import pytest
import torch

from further.training.history import History, is_due


def steps_due(num_steps, steps_per_pass, per_pass):
    return [step for step in range(1, num_steps + 1) if is_due(step, steps_per_pass, per_pass)]


@pytest.mark.parametrize(
    ("steps_per_pass", "per_pass", "expected"),
    [
        (5, 1, [5, 10]),
        (5, 2, [3, 5, 8, 10]),
        (4, 4, list(range(1, 9))),
        (3, 10, list(range(1, 7))),  # no more often than there are steps
    ],
)
def test_validations_are_even_and_end_each_pass(steps_per_pass, per_pass, expected):
    assert steps_due(2 * steps_per_pass, steps_per_pass, per_pass) == expected


OTHERS = np.random.default_rng(2).integers(2, 40, (4, 60)).tolist()
# Learns which tokens there are, then the training papers by heart: on the others it is lowest at step 6.
OVERFITS = {"learning_rate": 0.03, "warmup_share": 0.0, "passes": 8, "validations_per_pass": 3, "held_out": OTHERS}


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


@pytest.mark.parametrize(
    ("step", "settings"),
    [
        (3, {}),
        (4, {}),
        (4, {"initialisation": "pissa"}),
        (4, {"train_embeddings": True, "dora": True}),
        (4, {"initialisation": "loftq", "quantisation": "nf4"}),
    ],
)
def test_a_killed_run_ends_as_an_undisturbed_one(train, monkeypatch, step, settings, caplog):
    """Validation losses stand in the checkpoint of their own step, at the end of a pass too."""
    settings = OVERFITS | {"validations_per_pass": 1, "patience": 1} | settings
    expected_weights, expected = train("undisturbed", **settings)
    shown = History.on_log

    def die(self, args, state, control, **kwargs):
        shown(self, args, state, control, **kwargs)
        if state.global_step == step:
            raise Killed

    with monkeypatch.context() as context:
        context.setattr(History, "on_log", die)
        with pytest.raises(Killed):
            train("killed", minutes=0.0, **settings)
    with caplog.at_level(logging.INFO):
        weights, outcome = train("killed", minutes=0.0, **settings)
    assert "resuming from" in caplog.text
    assert expected.stopped_early
    assert outcome.history == expected.history
    assert all(torch.equal(weights[name], expected_weights[name]) for name in weights)


def test_the_loss_that_stops_a_run_is_per_token_whatever_the_batch(train):
    """A mean of batch means is not (transformers #39241)."""
    one, four = (
        train(f"m{size}", micro_batch=size, accumulation=4 // size, validations_per_pass=2)[1] for size in (1, 4)
    )
    assert [loss for _, loss in validations(one)] == pytest.approx([loss for _, loss in validations(four)], rel=1e-4)
