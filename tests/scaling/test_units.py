"""Units of a loss, by hand: e nats is perplexity e to the power; a bit is ln 2 nats."""

from math import e, log

import pytest

from facts import naming
from further.scaling.units import make_target, parse_target, to_nats


def test_conversions_by_hand():
    assert to_nats(2.5, "nats") == 2.5
    assert to_nats(e, "perplexity") == pytest.approx(1.0)
    assert to_nats(e, "ppl") == pytest.approx(1.0)
    assert to_nats(0.5, "bpb", bytes_per_token=4.0) == pytest.approx(2 * log(2))


def test_a_published_model():
    """Llama-3.1-8B on wikitext: bits per byte 0.5453 is a perplexity of 1.4593 per byte."""
    assert to_nats(0.5453, "bpb", 1.0) == pytest.approx(to_nats(1.4593, "ppl"), rel=1e-3)


@pytest.mark.parametrize(
    ("text", "nats"), [("2.1nats", 2.1), (" 2.1 nats", 2.1), ("1e1ppl", log(10)), ("8.0 ppl", log(8))]
)
def test_targets_are_read_with_their_unit(text, nats):
    assert parse_target(text).loss_nats == pytest.approx(nats)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2.1", naming("'2.1'", "2.1nats")),
        ("nats", naming("'nats'")),
        ("2.1bits", naming("'bits'")),
        ("0.5bpb", naming("bytes per token", 0, "None")),
        ("1ppl", naming("perplexity", 1)),
        ("-2nats", naming("-2.0 nats", 0)),
        ("0nats", naming("0.0 nats", 0)),
    ],
)
def test_bad_targets_say_what_to_write(text, message):
    with pytest.raises(ValueError, match=message):
        parse_target(text)


def test_a_target_keeps_what_was_asked():
    target = make_target(8.0, "ppl")
    assert (target.value, target.unit) == (8.0, "perplexity")
