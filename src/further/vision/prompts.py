"""A question as the tokens that a model family was trained on, and its answer with the mark that ends it.

Read with the tokenizer alone: what a study asks is counted before any model is loaded.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment

from further.cases.prompts import make_messages, prompt_chat, prompt_paligemma
from further.io import read_json
from further.model_folder import IMAGE_FAMILIES
from further.tokens.tokenizer import load_tokenizer, special_tokens
from further.vision.demands import count_image_tokens

Line = Mapping[str, Any]
ANSWER = "ANSWER"  # stands for one while a chat is laid out
BOUNDS = {"boi_token_index": 255_999, "eoi_token_index": 256_000}  # of Gemma 3's images, where config.json names none


@dataclass(frozen=True)
class Prompt:
    """All that stands before an answer.

    Attributes:
        ids: Tokens; an image's own token in each place of its features.
        blocks: Of each token, as `further.models.masks` has them.
        shared: Tokens, from the first on, that are the same for every question about these images and do not see it.
        num_image_tokens: Of `ids`.
    """

    ids: tuple[int, ...]
    blocks: tuple[int, ...]
    shared: int
    num_image_tokens: int


class Prompter(ABC):
    """Makes a family's prompts.

    Attributes:
        tokens_per_image: Places of one image.
        end: The token that ends an answer.
        pad: What rows are filled up with; nothing sees it.
    """

    def __init__(self, folder: Path, config: Mapping[str, Any], tokens_per_image: int) -> None:
        """Read the tokenizer of a model's folder."""
        self.tokenizer = load_tokenizer(folder)
        self.config, self.tokens_per_image, self.pad = config, tokens_per_image, 0
        self.image: int = config["image_token_index"]
        self.end = special_tokens(folder).eos
        added = self.tokenizer.get_added_tokens_decoder().values()
        special = sorted((token.content for token in added if token.special), key=len, reverse=True)
        # The longest first, as one name may begin another.
        self._special = re.compile("|".join(map(re.escape, special)))
        self._begin = _read_bos(folder)

    @abstractmethod
    def prompt(self, line: Line) -> Prompt:
        """The prompt of a question (a line of QUESTIONS) about the images that it lists."""

    def answer(self, text: str) -> list[int]:
        """Tokens of an answer, without its end."""
        return self._encode(self._plain(text))

    def count(self, text: str) -> int:
        """Number of tokens of an answer, without its end."""
        return len(self.answer(text))

    def decode(self, ids: Sequence[int]) -> str:
        """The text of an answer."""
        return str(self.tokenizer.decode(list(ids))).strip()

    def _encode(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def _plain(self, text: str) -> str:
        """A text from outside without the names of special tokens: `<image>` in a question is no image."""
        while (plain := self._special.sub("", text)) != text:  # a name may stand within another: <im<image>age>
            text = plain
        return text

    def _ask(self, line: Line) -> Line:
        return {**line, "question": self._plain(line["question"])}


class PaliGemmaPrompter(Prompter):
    """Images, BOS, prefix, and a line's end; images see the prefix, so that no two questions share one."""

    def prompt(self, line: Line) -> Prompt:
        """As transformers' PaliGemmaProcessor lays it out."""
        shown = self._show(line)
        ids = [*shown, *self._encode(self._begin), *self._ask_in(line)]
        return Prompt(tuple(ids), (0,) * len(ids), 0, len(shown))

    def _show(self, line: Line) -> list[int]:
        return [self.image] * self.tokens_per_image * len(line["images"])

    def _ask_in(self, line: Line) -> list[int]:
        return self._encode(prompt_paligemma(self._ask(line)) + "\n")


class FlorencePrompter(PaliGemmaPrompter):
    """As PaliGemma's, with the question in place of Florence's own tasks and EOS after it; the encoder sees all."""

    def _ask_in(self, line: Line) -> list[int]:
        return [*self._encode(prompt_paligemma(self._ask(line))), self.end]


class OnePrompter(PaliGemmaPrompter):
    """The small model's: what is shown in the places of its modality's own token, then as PaliGemma's."""

    def _show(self, line: Line) -> list[int]:
        """A line may name its `modality`; without one it shows images."""
        modality = self.config["modalities"][line.get("modality", "image")]
        return [modality["token"]] * modality["num_tokens"] * len(line["images"])


class Gemma3Prompter(Prompter):
    """A turn of a chat, as the model's own template has it; without a template, image and question on lines."""

    def __init__(self, folder: Path, config: Mapping[str, Any], tokens_per_image: int, template: str) -> None:
        """Read the tokenizer of a model's folder.

        Args:
            template: Of a chat; "" for none.
        """
        # 262,144: what transformers takes where config.json names no image token.
        super().__init__(folder, {"image_token_index": 262_144, **BOUNDS, **config}, tokens_per_image)
        self.template = template
        begin, place, end = (
            str(self.tokenizer.id_to_token(self.config[f"{name}_token_index"])) for name in ("boi", "image", "eoi")
        )
        self._image_start, self._image_text = begin, f"\n\n{begin}{place * tokens_per_image}{end}\n\n"
        if self.template:
            asked = make_messages({"images": [], "question": "", "task": "answer"})
            said = [*asked, {"role": "assistant", "content": [{"type": "text", "text": ANSWER}]}]
            after = self._encode(self._render(said, answered=True).split(ANSWER)[-1])
            self.end = after[0] if after else self.end

    def prompt(self, line: Line) -> Prompt:
        """As transformers' Gemma3Processor lays it out."""
        asked = self._ask(line)
        if self.template:
            text = self._render(make_messages(asked), answered=False)
        else:
            text = self._begin + self._image_start * len(line["images"]) + prompt_chat(asked) + "\n"
        ids = self._encode(text.replace(self._image_start, self._image_text))
        blocks = _number_runs([token == self.image for token in ids])
        # What stands up to the last image's end mark is the same for all questions about these images.
        last = max((place for place, block in enumerate(blocks) if block >= 0), default=-2)
        return Prompt(tuple(ids), blocks, last + 2, sum(block >= 0 for block in blocks))

    def _render(self, messages: list[dict[str, Any]], answered: bool) -> str:
        # Sandboxed, as a template is code from the model's folder; with the options that transformers renders it with.
        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
        environment.globals["raise_exception"] = _refuse
        template = environment.from_string(self.template)
        return template.render(messages=messages, bos_token=self._begin, add_generation_prompt=not answered)


class T5Gemma2Prompter(Gemma3Prompter):
    """Of the encoder that Gemma 3 became: image and question on lines, all of which it sees."""

    def prompt(self, line: Line) -> Prompt:
        """As transformers' Gemma3Processor lays it out, which is this family's, too."""
        prompt = super().prompt(line)
        return replace(prompt, blocks=(0,) * len(prompt.ids), shared=0)


def make_prompter(folder: Path) -> Prompter:
    """The prompts of the model in a local Hugging Face folder.

    Raises:
        ValueError: If its family is not known here.
    """
    config = read_json(folder / "config.json")
    kind = config.get("model_type")
    if kind not in (*IMAGE_FAMILIES, "further_one"):
        known = ", ".join(IMAGE_FAMILIES)
        raise ValueError(f"{folder}: no prompts are known for models of the family {kind!r}; known: {known}")
    tokens = count_image_tokens(folder)
    if kind == "gemma3":
        return Gemma3Prompter(folder, config, tokens, _read_template(folder))
    if kind == "t5gemma2":
        return T5Gemma2Prompter(folder, config | config["encoder"], tokens, "")
    if kind == "florence2":
        return FlorencePrompter(folder, config | {"image_token_index": config["image_token_id"]}, tokens)
    return (OnePrompter if kind == "further_one" else PaliGemmaPrompter)(folder, config, tokens)


def _number_runs(marked: Sequence[bool]) -> tuple[int, ...]:
    """Each run of marked places by its number, -1 for the others.

    >>> _number_runs([False, True, True, False, True])
    (-1, 0, 0, -1, 1)
    """
    numbers, number = [], -1
    for before, here in pairwise([False, *marked]):
        number += here and not before
        numbers.append(number if here else -1)
    return tuple(numbers)


def _read_bos(folder: Path) -> str:
    named = read_json(folder / "tokenizer_config.json").get("bos_token")
    text = named["content"] if isinstance(named, dict) else named
    if text is None:
        raise ValueError(f"{folder}: tokenizer_config.json names no bos_token")
    return str(text)


def _read_template(folder: Path) -> str:
    """A chat's template, "" without one: a file of its own, or an entry of the tokenizer's or the processor's."""
    if (folder / "chat_template.jinja").is_file():
        return (folder / "chat_template.jinja").read_text(encoding="utf-8")
    for file in ("chat_template.json", "tokenizer_config.json", "processor_config.json"):
        found = read_json(folder / file).get("chat_template") if (folder / file).is_file() else None
        if isinstance(found, str):
            return found
    return ""


def _refuse(message: str) -> str:
    raise ValueError(f"the model's chat template refuses the question: {message}")
