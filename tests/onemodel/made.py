"""A tiny base model's folder, cases drawn in memory, and the study of a job made of them."""

import io

from PIL import Image

from further.demo.clinics import FIRST
from further.demo.phantom_questions import QUESTIONS, answer_phantom, save_tokenizer
from further.demo.phantoms import draw_phantoms
from further.io import write_json
from further.onemodel.shared import Shared
from further.settings import OneModelSettings, Run
from further.training.recipe import Task

RUN = {
    "quantization": "none", "packing": False, "context": 64, "batch_tokens": 512, "gradient_accumulation_steps": 1,
    "epochs": 1, "learning_rate": 3e-3, "compute_dtype": "float32", "gradient_checkpointing": False,
    "optimizer": "adamw_torch", "rank": 4, "validations_per_epoch": 4,
}  # fmt: skip
SMALL = {"width": 32, "layers": 2, "seeds": 2, "steps": 8, "question_steps": 3, "pretraining_steps": 4,
         "addition_steps": 3, "signals": 24}  # fmt: skip


def make_base(folder):
    """What small models need of a base: its tokenizer."""
    save_tokenizer(folder)
    write_json(folder / "config.json", {"image_token_index": 3})
    return folder


def draw_cases(number):
    """Lines of QUESTIONS and pictures; every fourth case is the test's, every fourth the validation's."""
    lines, pictures = [], {}
    for place, (phantom, picture) in enumerate(draw_phantoms(number, FIRST, 0)):
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "PNG")
        pictures[f"image{place}"] = file.getvalue()
        about = {"case": f"case{place}", "images": [f"image{place}"], "language": "en", "kind": "choice"}
        about["split"] = {0: "test", 1: "validation"}.get(place % 4, "train")
        for kind, answer in answer_phantom(phantom).items():
            if kind != "findings":
                asked = {"question_id": f"{place}-{kind}", "question_type": kind, "question": QUESTIONS[kind]}
                lines.append(about | asked | {"task": "answer" if kind != "caption" else "caption", "answer": answer})
    return lines, pictures


def make_study(folder, number=40, **settings):
    """The study of a job, in a folder."""
    lines, pictures = draw_cases(number)
    return Shared(
        settings=OneModelSettings(**SMALL | settings),
        run=Run(**RUN),
        rates={},
        base=make_base(folder / "base"),
        lines=lines,
        pictures=pictures,
        limits={"new_tokens": 4, "batch_size": 32},
        task=Task("test", folder / "arm", folder / "checkpoints", 20, {"made": "here"}, 1),
        work=folder / "work",
    )
