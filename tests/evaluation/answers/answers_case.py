"""Answers of known scores, and the record that is gathered from them."""

import pandas as pd
import pyarrow as pa

from further.evaluation.answers.gather import gather_answers, score_generated
from further.evaluation.answers.schemas import ANSWERS, FLOOR_SCORES, GENERATED
from further.evaluation.answers.score import score_answers
from further.records.training import CaseMetrics, Parameters
from further.settings import BootstrapSettings, Run

CASES = 30


def answers_of(right, question_type="modality", split="test", reference="ct", wrong="mri", **more):
    """As many cases as CASES, the first ones answered rightly; two nats for each reference of two tokens."""
    return [
        {
            "question_id": f"{question_type}-{place}", "case": f"case-{place}", "split": split,
            "question_type": question_type,
            "kind": "open", "task": "answer", "question": "what modality is used?", "images": [f"image-{place}"],
            "reference": reference, "answer": reference if place < right else wrong, "ended": True, "num_tokens": 2,
            "mean_logprob": -0.1, "min_logprob": -0.1, "entropy": 0.1, "longest_run": 1, "rep_4": 0.0,
            "reference_nats": 2.0, "reference_tokens": 2,
        } | more
        for place in range(CASES)
    ]  # fmt: skip


def table(lines):
    return pa.Table.from_pylist(lines, GENERATED).to_pandas()


def floors(lines):
    scored = score_answers(pa.Table.from_pandas(table(lines)[ANSWERS.names], ANSWERS, preserve_index=False))
    return scored.to_pandas().assign(floor="majority")[FLOOR_SCORES.names]


def metrics(**changes):
    about = {
        "run": "default", "settings": Run(quantization="none"), "cases": ("case-0",), "num_cases": 90,
        "num_questions": 180, "num_cut": 45, "num_without_end": 45, "num_asked_twice": 0, "num_too_long": 0,
        "num_unique_tokens": 360, "num_trained_tokens": 720, "num_steps": 10, "stopped_early": False,
        "packing_efficiency": 1.0, "final_train_loss_nats": 1.0, "validation_loss_nats": 1.0,
        "parameters": Parameters(trainable=1, total=100, share=0.01, names=("lora",)),
    }  # fmt: skip
    return CaseMetrics(**about | changes)


def gather(before, after, **changes):
    history = pd.DataFrame({"validation_loss_nats": [1.0, 0.8]})
    return gather_answers(
        {"none": score_generated(table(before))}, {"default": score_generated(table(after))}, {},
        floors(before), {"default": metrics(**changes)}, {"default": history}, BootstrapSettings(bootstrap=200, seed=0),
    )  # fmt: skip
