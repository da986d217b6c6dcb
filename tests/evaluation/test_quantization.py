import pandas as pd
import pytest

from evaluation.conftest import BOOTSTRAP, make_scores
from facts import naming
from further.evaluation.quantization import split_quantization

TOKENS = [100, 100, 100, 100]


def table(nats, **columns):
    return make_scores(nats, TOKENS, **columns)


def test_the_way_from_base_to_merged_by_hand():
    full = table([300.0, 300.0, 298.0, 302.0], quantization="none")
    base = {"none": full, "nf4": table([310.0, 306.0, 301.0, 307.0])}
    runs = {
        "default": table([280.0, 290.0, 281.0, 289.0], subject="adapted", run="default"),
        "quantization-none": table([272.0, 284.0, 277.0, 283.0], subject="adapted", run="full", quantization="none"),
    }
    merged = {"default": table([276.0, 288.0, 281.0, 287.0], subject="merged", run="default", quantization="none")}
    split = split_quantization(base, runs, merged, {"none": "quantization-none", "nf4": "default"}, BOOTSTRAP)
    differences = {name: value.estimate for name, value in split["nf4"] if name.endswith("_nats")}
    assert differences == {
        "base_cost_nats": pytest.approx(24 / 400),  # 1224 against 1200
        "adaptation_nats": pytest.approx(-84 / 400),  # 1140 against 1224
        "merging_nats": pytest.approx(-8 / 400),  # 1132 against 1140
        "total_nats": pytest.approx(-68 / 400),  # 1132 against 1200
        "adapted_cost_nats": pytest.approx(24 / 400),  # 1140 against 1116
    }
    parts = [differences[name] for name in ("base_cost_nats", "adaptation_nats", "merging_nats")]
    assert differences["total_nats"] == pytest.approx(sum(parts))
    assert all(getattr(split["nf4"], name).is_open for name in differences)  # four papers have no interval
    assert split["nf4"].full_base.nats_per_token == 3.0
    assert split["none"].merged is None and split["none"].merging_nats is None
    assert split["none"].base_cost_nats.estimate == 0


def test_without_a_run_at_full_precision_there_is_no_cost_of_the_adapted_model():
    base = {"none": table([3.0, 3.0, 3.0, 3.0], quantization="none"), "nf4": table([3.0, 3.0, 3.0, 3.0])}
    split = split_quantization(base, {"default": base["nf4"]}, {}, {"nf4": "default"}, BOOTSTRAP)
    assert split["nf4"].adapted_cost_nats is None
    assert set(split) == {"nf4"}


def test_a_merged_model_scored_on_other_text_is_refused():
    base = {"none": table([3.0, 3.0, 3.0, 3.0], quantization="none"), "nf4": table([3.0, 3.0, 3.0, 3.0])}
    merged = pd.DataFrame(base["none"]).assign(subject="merged", run="default", sha256="another")
    with pytest.raises(
        ValueError, match=naming("sha256", "paper-0", "hash of paper-0", "base at nf4", "another", "merged")
    ):
        split_quantization(base, {"default": base["nf4"]}, {"default": merged}, {"nf4": "default"}, BOOTSTRAP)
