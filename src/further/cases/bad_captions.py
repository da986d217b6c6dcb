"""Captions that must not be asked for: the entry form's, those that give the diagnosis away, those said twice."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from further.cases.fields import KEPT
from further.cases.text import contains_phrase, is_form, words

# Shorter words (the, of, mm) say nothing of what a sentence is about.
MIN_LETTERS = 4
# Topics, and kinds and places of images, that a form's sentence has in all: two of each, or one more topic.
UNRELATED = 4
# A form's sentence shares no word with the records of at least so many of its cases.
MOSTLY = 2 / 3

Line = Mapping[str, Any]


def judge_captions(images: Sequence[Line], cases: Mapping[str, Line]) -> dict[str, tuple[str, str]]:
    """What becomes of each image's caption.

    Args:
        images: Lines of FOUND_IMAGES, of kept images.
        cases: Lines of FOUND_CASES by name.

    Returns:
        By image: kept, or why it is not asked for (docs/cases.md), and a detail.
    """
    forms, said, judged = find_form_captions(images, cases), dict[tuple[str, str], str](), {}
    for image in images:
        reason, detail = _judge(image, cases[image["case"]], forms)
        if reason == KEPT:
            first = said.setdefault((image["case"], plain(image["caption"])), image["image"])
            if first != image["image"]:
                reason, detail = "same caption", f"that of {first}"
        judged[image["image"]] = (reason, detail)
    return judged


def _judge(image: Line, case: Line, forms: set[str]) -> tuple[str, str]:
    caption, diagnosis = image["caption"], case["diagnosis"]
    if caption is None:
        return "no caption", ""
    if is_form(caption) or plain(caption) in forms:
        return "placeholder caption", caption[:100]
    if diagnosis is not None and contains_phrase(caption, diagnosis):
        return "diagnosis in caption", diagnosis[:100]
    return KEPT, ""


def find_form_captions(images: Sequence[Line], cases: Mapping[str, Line]) -> set[str]:
    """Captions that stand in unrelated cases and speak of none of them: the entry form's own sentence.

    A sentence that describes an image shares a word with the image's modality, plane or place, or with the case's
    diagnosis, findings or title. "No abnormality is seen" in many cases does so where their records say the same. A
    sentence is judged only where it stands in cases of three topics, or of two with images of different modality or
    place, and only by cases whose record has a text.

    Returns:
        The captions as `plain` gives them.
    """
    by_caption: dict[str, list[Line]] = defaultdict(list)
    for image in images:
        if image["caption"] is not None:
            by_caption[plain(image["caption"])].append(image)
    return {caption for caption, among in by_caption.items() if _is_of_form(caption, among, cases)}


def _is_of_form(caption: str, images: Sequence[Line], cases: Mapping[str, Line]) -> bool:
    records = {image["case"]: cases[image["case"]] for image in images}
    topics = {record["topic"] or name for name, record in records.items()}
    kinds = {(image["modality"], image["region"] or image["location"]) for image in images}
    if len(topics) < 2 or len(topics) + len(kinds) < UNRELATED:
        return False
    told = set(caption.split())
    own = [_words_of(image, records[image["case"]]) for image in images]
    strange = [not told & about for about in own if about]
    return bool(strange) and sum(strange) >= MOSTLY * len(strange)


def _words_of(image: Line, case: Line) -> set[str]:
    """Words of four letters or more by which a record tells its subject; none where it has no text."""
    texts = [case[name] for name in ("title", "diagnosis", "findings", "topic", "category") if case[name]]
    about = [image[name] for name in ("modality", "sequence", "plane", "location", "region") if image[name]]
    return {word for text in [*texts, *about] for word in words(text) if len(word) >= MIN_LETTERS} if texts else set()


def plain(text: str) -> str:
    """A text by its words alone, to compare it."""
    return " ".join(words(text))
