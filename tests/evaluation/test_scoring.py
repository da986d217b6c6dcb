import pytest
import torch

from facts import naming
from further.evaluation import memorization, scoring
from further.evaluation.memorization import Passage, match_lengths
from further.evaluation.scoring import batch_windows, score_documents
from further.evaluation.windows import cut_windows
from further.models import Precision, load

DOCUMENTS = [[5, 9, 200, 31, 7], [], list(range(10, 60)), [299], [8] * 33]
BEGIN = 0


@pytest.fixture(scope="module")
def model(model_folder):
    return load(model_folder, Precision("none", "float32"))


def naive_nats(model, ids, window, stride):
    """Token by token: the log-softmax of transformers' own logits, one window at a time, no batches, no chunks."""
    total = 0.0
    for piece in cut_windows(0, ids, BEGIN, window, stride):
        logits = (
            model.network(input_ids=torch.tensor([piece.inputs]), use_cache=False).logits[0].double().log_softmax(-1)
        )
        known = len(piece.inputs) - len(piece.targets)
        total -= sum(float(logits[known + place, token]) for place, token in enumerate(piece.targets))
    return total


@pytest.mark.parametrize(("window", "stride"), [(64, 64), (16, 16), (16, 5), (33, 1)])
def test_nats_equal_the_models_own_logits_token_by_token(model, window, stride):
    scored = score_documents(model, DOCUMENTS, BEGIN, window, stride, batch_tokens=100)
    expected = [naive_nats(model, ids, window, stride) for ids in DOCUMENTS]
    assert scored == pytest.approx(expected, rel=1e-5)
    assert scored[1] == 0


def test_a_window_beyond_the_models_positions_is_refused(model):
    with pytest.raises(ValueError, match=naming("evaluation.window", 129, 128)):
        score_documents(model, DOCUMENTS, BEGIN, 129, 129, batch_tokens=200)


def test_the_batch_size_and_the_chunk_do_not_matter(model, monkeypatch):
    alone = score_documents(model, DOCUMENTS, BEGIN, 16, 8, batch_tokens=1)
    monkeypatch.setattr(scoring, "CHUNK", 7)
    assert score_documents(model, DOCUMENTS, BEGIN, 16, 8, batch_tokens=10_000) == pytest.approx(alone, rel=1e-5)


@pytest.mark.parametrize("measure", ["score_documents", "match_lengths"])
def test_the_head_never_sees_more_positions_than_a_chunk(model, monkeypatch, measure):
    """All logits at once would be 2 GiB for 4,096 tokens of a Llama-3.1."""
    rows = []
    monkeypatch.setattr(scoring, "CHUNK", 7)
    monkeypatch.setattr(memorization, "CHUNK", 7)
    hook = model.head.register_forward_pre_hook(lambda head, inputs: rows.append(inputs[0].shape[:-1].numel()))
    if measure == "score_documents":
        score_documents(model, DOCUMENTS, BEGIN, 16, 8, batch_tokens=10_000)
    else:
        passages = [Passage("paper", row, tuple(range(row, row + 20))) for row in range(5)]
        match_lengths(model, passages, BEGIN, 4, batch_tokens=10_000)
    hook.remove()
    positions = sum(map(len, DOCUMENTS)) if measure == "score_documents" else 5 * 16
    assert max(rows) == 7 and sum(rows) == positions


def test_more_context_is_used(model):
    long = DOCUMENTS[2]
    assert score_documents(model, [long], BEGIN, 4, 4, 100)[0] != pytest.approx(
        score_documents(model, [long], BEGIN, 64, 64, 100)[0], rel=1e-3
    )


def test_batches_hold_windows_of_one_length():
    windows = [piece for n, ids in enumerate(DOCUMENTS) for piece in cut_windows(n, ids, BEGIN, 16, 16)]
    batches = list(batch_windows(windows, batch_tokens=32))
    # lengths 1 and 5 alone; 50 tokens make four windows of 16 inputs and 33 make three: seven by twos
    assert sorted(map(len, batches)) == [1, 1, 1, 2, 2, 2]
