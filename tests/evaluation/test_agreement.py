"""The nats agree with lm-evaluation-harness 0.4.13 and with the strided recipe of the transformers documentation.

What the other two do differently is written here as tests of its own, so that a reader who compares figures knows why
they differ.
"""

import math
from itertools import product

import pytest
import torch

from evaluation.styles import STYLES, TEXT, save_style
from further.evaluation.scoring import score_documents
from further.evaluation.windows import cut_windows
from further.models import Precision, load
from further.tokens.streams import Document, encode_documents
from further.tokens.tokenizer import load_tokenizer, special_tokens

RELATIVE = 1e-4
WINDOWS = [4, 16, 64]
LENGTHS = [1, 3, 4, 5, 15, 16, 17, 33, 64, 65, 90]  # shorter than the windows, equal, one longer, several times longer


@pytest.fixture(scope="module", params=STYLES)
def folder(request, tmp_path_factory):
    return save_style(request.param, tmp_path_factory.mktemp("style"))


@pytest.fixture(scope="module")
def texts(folder):
    tokenizer = load_tokenizer(folder)
    return ["", *(text_of(tokenizer, length) for length in LENGTHS)]


def text_of(tokenizer, length):
    """A text of so many tokens, wherever in `TEXT` it may be found."""
    pieces = ((TEXT * 2)[start : start + size] for start in range(40) for size in range(1, 8 * length + 2))
    return next(piece for piece in pieces if len(tokenizer.encode(piece, add_special_tokens=False).ids) == length)


def our_streams(folder, texts):
    documents = [Document(str(number), "test", text) for number, text in enumerate(texts)]
    return [row["ids"] for row in encode_documents(documents, load_tokenizer(folder))]


def our_nats(folder, texts, window, model=None, batch_tokens=200):
    loaded = model or load(folder, Precision("none", "float32"))
    begin = special_tokens(folder).begin
    return score_documents(loaded, our_streams(folder, texts), begin, window, window, batch_tokens)


def harness_nats(pretrained, texts, window, batch_size=8, **options):
    huggingface = pytest.importorskip("lm_eval.models.huggingface", reason="lm-eval is not installed")
    from lm_eval.api.instance import Instance

    harness = huggingface.HFLM(
        pretrained, device="cpu", dtype="float32", max_length=window, batch_size=batch_size, **options
    )
    requests = [Instance("loglikelihood_rolling", {}, (text,), number) for number, text in enumerate(texts)]
    return [-value for value in harness.loglikelihood_rolling(requests, disable_tqdm=True)]


@pytest.mark.parametrize("window", [1, 2, 5, 8])
def test_windows_of_any_stride_are_those_of_the_harness(window):
    """A window's context there is what it is fed before its first scored output, that output's own input counted."""
    utils = pytest.importorskip("lm_eval.utils", reason="lm-eval is not installed")
    for length, stride in product(range(25), range(1, window + 1)):
        ids = list(range(1, length + 1))
        ours = [(list(piece.inputs), list(piece.targets)) for piece in cut_windows(0, ids, 0, window, stride)]
        assert ours == list(utils.get_rolling_token_windows(ids, 0, window, window - stride + 1))


def begin_option(folder):
    """What the harness is told of BOS: something only where the one that is named is never put."""
    from transformers import AutoTokenizer

    named, begin = AutoTokenizer.from_pretrained(folder).bos_token_id, special_tokens(folder).begin
    return {} if named in (None, begin) else {"prefix_token_id": begin}


@pytest.mark.parametrize("window", WINDOWS)
def test_every_document_has_the_nats_of_the_harness(folder, texts, window):
    theirs = harness_nats(str(folder), texts, window, add_bos_token=False, **begin_option(folder))
    assert our_nats(folder, texts, window) == pytest.approx(theirs, rel=RELATIVE)
    assert theirs[0] == 0  # the empty document


def test_a_begin_mark_that_is_named_and_never_put_stands_before_texts_in_the_harness_alone(tmp_path):
    """The harness puts BLOOM's <s>, which its tokenizer leaves out; so do we, and the first token's nats differ."""
    folder = save_style("bloom", tmp_path)
    assert begin_option(folder) == {"prefix_token_id": 1}
    texts, ours = [TEXT[:60]], our_nats(folder, [TEXT[:60]], 64)
    assert ours == pytest.approx(
        harness_nats(str(folder), texts, 64, add_bos_token=False, prefix_token_id=1), rel=RELATIVE
    )
    named = harness_nats(str(folder), texts, 64, add_bos_token=False)
    special, streams = special_tokens(folder), our_streams(folder, texts)
    assert (special.begin, special.begin_rule) == (1, "EOS")
    assert named == pytest.approx(
        score_documents(load(folder, Precision("none", "float32")), streams, 0, 64, 64, 200), rel=RELATIVE
    )
    assert named != pytest.approx(ours, rel=RELATIVE)


@pytest.mark.parametrize("quantization", ["int8", "nf4"])
def test_a_quantized_model_has_the_nats_of_the_harness(tmp_path, quantization):
    """One window at a time: LLM.int8 picks its outlier columns over a whole batch, so its nats depend on the batch."""
    from transformers import AutoTokenizer

    folder = save_style("llama 3", tmp_path)
    texts, tokenizer = [TEXT[:30], "", TEXT[30:150]], AutoTokenizer.from_pretrained(folder)
    model = load(folder, Precision(quantization, "float32"))
    theirs = harness_nats(model.network, texts, 16, batch_size=1, tokenizer=tokenizer, add_bos_token=False)
    assert our_nats(folder, texts, 16, model=model, batch_tokens=1) == pytest.approx(theirs, rel=RELATIVE)


def test_by_default_the_harness_doubles_the_begin_mark_and_scores_it(folder, texts):
    """Where a tokenizer adds a BOS, lm-eval's rolling windows put another before it and predict the first."""
    theirs = harness_nats(str(folder), texts[1:], 16, **begin_option(folder))
    special, streams = special_tokens(folder), our_streams(folder, texts[1:])
    doubled = [ids if special.bos is None else [special.bos, *ids] for ids in streams]
    ours = score_documents(load(folder, Precision("none", "float32")), doubled, special.begin, 16, 16, batch_tokens=200)
    assert ours == pytest.approx(theirs, rel=RELATIVE)


def strided_recipe(model, ids, window, stride):
    """The recipe of transformers' "Perplexity of fixed-length models": each window's mean loss and its new tokens.

    A window holds `window` tokens and starts `stride` after the one before; labels of known tokens are -100.
    """
    means, news, known = [], [], 0
    for start in range(0, len(ids), stride):
        end = min(start + window, len(ids))
        inputs = torch.tensor([ids[start:end]])
        labels = inputs.clone()
        labels[:, : known - start] = -100
        means.append(float(model.network(inputs, labels=labels, use_cache=False).loss))
        news.append(end - known)
        known = end
        if end == len(ids):
            return means, news
    raise AssertionError("the last window reaches the end")


@pytest.fixture(scope="module")
def stream(folder):
    """BOS, or the first token where there is none, and 72 tokens after it."""
    special, ids = special_tokens(folder), our_streams(folder, [TEXT])[0]
    return (ids if special.bos is None else [special.bos, *ids])[:73]


@pytest.mark.parametrize(("window", "stride"), [(17, 8), (33, 4), (25, 12), (73, 9)])
def test_the_strided_recipe_has_the_same_nats_where_its_windows_end_with_the_text(folder, stream, window, stride):
    """Its first token is only context, as BOS is here; its windows hold one token more, the last target."""
    assert (len(stream) - window) % stride == 0
    model = load(folder, Precision("none", "float32"))
    means, news = strided_recipe(model, stream, window, stride)
    scored = [news[0] - 1, *news[1:]]  # transformers shifts the labels: only the very first token has no prediction
    nats = score_documents(model, [stream[1:]], stream[0], window - 1, stride, batch_tokens=200)[0]
    assert nats == pytest.approx(sum(mean * count for mean, count in zip(means, scored, strict=True)), rel=RELATIVE)
    assert sum(scored) == len(stream) - 1


def test_the_recipes_own_figure_weights_every_later_window_one_token_short(folder, stream):
    """It counts `labels - 1` for each window, but only the first loses a token to the shift.

    Its perplexity is that of 64 of 72 scored tokens: near ours, not the same.
    """
    window, stride = 17, 7
    model = load(folder, Precision("none", "float32"))
    means, news = strided_recipe(model, stream, window, stride)
    counts = [new - 1 for new in news]
    theirs = math.exp(sum(mean * count for mean, count in zip(means, counts, strict=True)) / sum(counts))
    ours = math.exp(score_documents(model, [stream[1:]], stream[0], window - 1, stride, 200)[0] / (len(stream) - 1))
    assert sum(counts) == len(stream) - len(news) == 64
    assert theirs == pytest.approx(ours, rel=0.2)
    assert theirs != pytest.approx(ours, rel=RELATIVE / 10)  # by chance the two are close


def test_a_last_window_that_would_be_short_reaches_back_here_and_not_in_the_recipe(folder, stream):
    """All windows but the last agree; the last has up to `stride - 1` tokens more of context here."""
    window, stride = 17, 9
    model = load(folder, Precision("none", "float32"))
    means, news = strided_recipe(model, stream, window, stride)
    whole = sum(news[:-1])
    before = score_documents(model, [stream[1:whole]], stream[0], window - 1, stride, 200)[0]
    scored = [news[0] - 1, *news[1:-1]]
    assert before == pytest.approx(sum(a * b for a, b in zip(means, scored, strict=False)), rel=RELATIVE)
    all_of_it = score_documents(model, [stream[1:]], stream[0], window - 1, stride, 200)[0]
    assert all_of_it - before != pytest.approx(means[-1] * news[-1], rel=RELATIVE)
