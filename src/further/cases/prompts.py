"""What a model is asked, in the words that its family was trained on."""

from collections.abc import Mapping
from typing import Any

Line = Mapping[str, Any]

DESCRIBE = "Describe this image."


def prompt_paligemma(line: Line) -> str:
    """Task, language and question in lower case: `answer en what modality is used?`, `caption en`.

    The processor puts image tokens and BOS before it and a line's end after it.

    Source:
        Beyer et al. 2024, PaliGemma, section 3.2.1: prefixes of the pre-training tasks.
    """
    return " ".join(part for part in (line["task"], line["language"], _uncapitalize(line["question"])) if part)


def prompt_chat(line: Line) -> str:
    """A sentence for a model that was trained on chats: `What modality is used?`."""
    question = line["question"].strip()
    return question[:1].upper() + question[1:] if question else DESCRIBE


def _uncapitalize(question: str) -> str:
    """A question without the capital of its first word, unless that is an abbreviation: CT."""
    first = question.split(" ", 1)[0]
    return question if sum(map(str.isupper, first)) > 1 else question[:1].lower() + question[1:]


def make_messages(line: Line) -> list[dict[str, Any]]:
    """The turns of a chat up to the answer, for a processor's chat template.

    Returns:
        One turn of the user: the images, then the text.
    """
    images = [{"type": "image"} for _ in line["images"]]
    return [{"role": "user", "content": [*images, {"type": "text", "text": prompt_chat(line)}]}]
