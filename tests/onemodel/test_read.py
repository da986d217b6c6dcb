"""Cases that a study cannot be made of are refused by name."""

import pytest

from facts import naming
from further.models.one import ENCODER_DECODER
from further.onemodel.read import check_lines
from onemodel.made import draw_cases, make_study


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_a_split_without_questions_is_refused(split):
    lines, _ = draw_cases(8)
    check_lines(lines)
    with pytest.raises(ValueError, match=naming(f"{split} split")):
        check_lines([line for line in lines if line["split"] != split or line["task"] == "caption"])


def test_pre_training_without_captions_is_refused(tmp_path):
    study = make_study(tmp_path, number=8)
    study.lines[:] = [line for line in study.lines if line["task"] == "answer"]
    with pytest.raises(ValueError, match="no captions"):
        study.pretraining(study.untrained(ENCODER_DECODER, 0), "captions", 2, 0)
