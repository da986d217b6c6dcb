"""Validation within a pass, and ending a run that has stopped learning."""

import logging

import numpy as np
import pytest
import torch
from transformers import TrainerControl, TrainerState

from further.training.history import History, is_due
from further.training.stopping import EarlyStopping


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


@pytest.mark.parametrize(
    ("step", "settings"),
    [
        (3, {}),
        (4, {}),
        (4, {"initialization": "pissa"}),
        (4, {"train_embeddings": True, "dora": True}),
        (4, {"initialization": "loftq", "quantization": "nf4"}),
    ],
)
def test_a_killed_run_ends_as_an_undisturbed_one(train, monkeypatch, step, settings, caplog):
    """Validation losses stand in the checkpoint of their own step, at the end of a pass too."""
    settings = OVERFITS | {"validations_per_epoch": 1, "patience": 1} | settings
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


def validate(folder, validations, seen=()):
    """One start of a run: steps and losses that it validates with, after those that its checkpoint has `seen`.

    The weight is the step's number.
    """
    stopping, model = EarlyStopping(5, folder / "best"), torch.nn.Linear(1, 1, bias=False)
    state = TrainerState(global_step=seen[-1][0] if seen else 0)
    state.log_history = [{"step": step, "validation_loss": loss} for step, loss in seen]
    stopping.on_train_begin(None, state, TrainerControl())
    for step, loss in validations:
        state.global_step = step
        state.log_history.append({"step": step, "validation_loss": loss})
        torch.nn.init.constant_(model.weight, step)
        stopping.on_step_end(None, state, TrainerControl(), model=model)
    stopping.restore(model, state)
    return float(model.weight.detach())


def best_kept(folder):
    return sorted(int(file.stem.removeprefix("best-")) for file in (folder / "best").iterdir())


def test_what_a_killed_start_found_after_its_checkpoint_does_not_count(tmp_path):
    """Killed after step 40, resumed from step 10, on a GPU that adds in another order: only step 20 is lower now."""
    (tmp_path / "checkpoint-10").mkdir()
    assert validate(tmp_path, [(10, 5.0), (20, 4.9), (30, 4.89), (40, 4.88)]) == 40
    again = [(20, 4.9), (30, 4.901), (40, 4.902), (50, 4.91)]
    assert validate(tmp_path, again, seen=[(10, 5.0)]) == 20
    assert best_kept(tmp_path) == [10, 20]


def test_the_best_of_each_checkpoint_is_kept_however_many_are_found_later(tmp_path):
    for step in (15, 25):
        (tmp_path / f"checkpoint-{step}").mkdir()
    first = [(10, 5.0), (20, 4.9), (30, 4.8), (40, 4.7), (50, 4.6)]
    assert validate(tmp_path, first) == 50
    assert best_kept(tmp_path) == [10, 20, 50]
    assert validate(tmp_path, [(30, 4.95), (40, 4.96)], seen=first[:2]) == 20
    assert validate(tmp_path, [(20, 5.1), (30, 5.2)], seen=first[:1]) == 10


def test_the_loss_that_stops_a_run_is_per_token_whatever_the_batch(train):
    """A mean of batch means is not (transformers #39241)."""
    one, four = (
        train(f"m{size}", micro_batch=size, gradient_accumulation_steps=4 // size, validations_per_epoch=2)[1]
        for size in (1, 4)
    )
    assert [loss for _, loss in validations(one)] == pytest.approx([loss for _, loss in validations(four)], rel=1e-4)
