"""What the phantoms of the first clinic are asked, as the tokens of the tiny image–text base model."""

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import Tensor

from further.demo.clinics import FIRST
from further.demo.phantoms import Phantom, draw_phantoms
from further.io import write_text
from further.vision.batches import collate, to_tensors
from further.vision.images import Held
from further.vision.prompts import Prompter
from further.vision.rows import ask, make_row

PAD, EOS, BOS, IMAGE = "<pad>", "<eos>", "<bos>", "<image>"
CONTEXT = 128  # longer than any question and answer here
QUESTIONS = {
    "modality": "what modality is used?",
    "location": "which part of the body is shown?",
    "abnormal": "is there an abnormality?",
    "abnormality": "what abnormalities does the patient have?",
    "side": "on which side is the abnormality?",
    "size": "how large is the abnormality?",
    "findings": "what are the findings?",
    "caption": "",
}
"""What a record is asked, in the words of `further.cases.questions`; kept apart, so that a study's questions may change
without its base being trained anew."""


def answer_phantom(phantom: Phantom) -> dict[str, str]:
    """What a record answers, by question."""
    none = "none" if phantom.kind is None else ""
    return {
        "modality": phantom.modality,
        "location": phantom.organ,
        "abnormal": "no" if none else "yes",
        "abnormality": none or str(phantom.kind),
        "side": none or str(phantom.side),
        "size": none or str(phantom.size),
        "findings": phantom.describe(),
        "caption": phantom.describe(),
    }


def save_tokenizer(folder: Path) -> int:
    """Write a tokenizer for which each word of the slices' questions and answers is one token; returns its size.

    All other words are made of their bytes, so that a study on other cases loses none.
    """
    texts = [*QUESTIONS.values(), "answer en", "caption en"]
    texts += [text for phantom, _ in draw_phantoms(400, FIRST, 0) for text in answer_phantom(phantom).values()]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)  # a word's first place is like any other
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    special = [PAD, EOS, BOS, IMAGE]
    trainer = trainers.BpeTrainer(
        vocab_size=2_000, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    named = {"bos_token": BOS, "eos_token": EOS, "pad_token": PAD, "extra_special_tokens": {"image_token": IMAGE}}
    write_text(
        folder / "tokenizer_config.json",
        json.dumps(named | {"tokenizer_class": "PreTrainedTokenizerFast"}, indent=2) + "\n",
    )
    return int(tokenizer.get_vocab_size())


def lay_out(phantoms: list[Phantom], prompter: Prompter) -> dict[str, Tensor]:
    """Every question about every slice as a row, all filled up to one length: (slices, questions, T)."""
    rows = []
    # Rows are laid out once without their image: each step of the training puts its own features there.
    image = Held("image_features", {"slice": torch.zeros(0)})
    for phantom in phantoms:
        for kind, answer in answer_phantom(phantom).items():
            task = "answer" if QUESTIONS[kind] else "caption"
            line = {"case": "", "images": ["slice"], "task": task, "language": "en", "question": QUESTIONS[kind]}
            rows.append(to_tensors(make_row([[ask(line | {"answer": answer}, prompter, CONTEXT)]]), image))
    batch = collate(rows)
    del batch["image_features"]
    return {name: values.view(len(phantoms), len(QUESTIONS), -1) for name, values in batch.items()}
