import pytest
import torch

from further.evaluation.before_after import before_and_after
from further.evaluation.scoring import score_continuation, score_documents, score_tokens
from further.models import Precision, load, load_adapted

DOCUMENTS = [[5, 9, 200, 31, 7], [], list(range(10, 60))]


@pytest.mark.parametrize("quantization", ["none", "nf4"])
def test_an_adapter_switched_off_leaves_the_base_to_the_bit(model_folder, adapter, quantization):
    """So one model in memory stands for both."""
    model = load_adapted(model_folder, adapter, Precision(quantization, "float32"))
    before, after = before_and_after(model, score_documents, DOCUMENTS, 0, 16, 8, 100)
    assert before == score_documents(load(model_folder, Precision(quantization, "float32")), DOCUMENTS, 0, 16, 8, 100)
    assert after != before
    assert after == score_documents(model, DOCUMENTS, 0, 16, 8, 100)


def test_nats_by_token_sum_to_nats_by_document_and_stand_in_the_text_s_order(adapted):
    by_token = score_tokens(adapted, DOCUMENTS, 0, 16, 8, 100)
    assert [len(nats) for nats in by_token] == [5, 0, 50]
    assert [nats.sum() for nats in by_token] == pytest.approx(score_documents(adapted, DOCUMENTS, 0, 16, 8, 100))
    ids = DOCUMENTS[0]
    with torch.no_grad():
        logits = adapted.network(input_ids=torch.tensor([[0, *ids]])).logits[0].double().log_softmax(-1)
    assert by_token[0] == pytest.approx([-float(logits[place, token]) for place, token in enumerate(ids)], rel=1e-5)


def test_a_continuation_is_scored_after_what_was_given(adapted):
    whole, given = (score_documents(adapted, [ids], 0, 64, 64, 100)[0] for ids in ([5, 9, 200, 31], [5, 9]))
    assert score_continuation(adapted, [0, 5, 9], [200, 31]) == pytest.approx(whole - given, rel=1e-5)
