"""What a model is shown with a question: its image, or what tells how much the image was worth."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from further.shards import hash_rank
from further.vision.batches import Images
from further.vision.images import Held

Line = Mapping[str, Any]


def show(
    lines: Sequence[Line], images: Images, view: str, black: Callable[[], Any]
) -> tuple[list[dict[str, Any]], Images]:
    """Questions with the images of a view.

    Args:
        lines: Of QUESTIONS.
        view: image, the question's own; black; other, another case's.
        black: What a black image is to the model, made when it is needed.

    Raises:
        ValueError: If there is no other case.
    """
    if view == "image":
        return [dict(line) for line in lines], images
    if view == "black":
        names = [name for line in lines for name in line["images"]]
        return [dict(line) for line in lines], Held(images.key, dict.fromkeys(names, black()))
    assert view == "other"
    return show_others(lines), images


def show_others(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Questions with the images of another case, as many as they had; cases follow each other in the order of a hash.

    Raises:
        ValueError: If all are about one case.
    """
    shown: dict[str, list[str]] = {}
    for line in lines:
        own = shown.setdefault(line["case"], [])
        own += [name for name in line["images"] if name not in own]
    # A ring in an order that no name or label shapes: every case is shown once as another's.
    cases = sorted(shown, key=lambda case: hash_rank("other", case))
    if len(cases) < 2:
        raise ValueError(f"answers: {len(cases)} case: another case's image needs at least 2")
    other = dict(zip(cases, [*cases[1:], cases[0]], strict=True))
    return [{**line, "images": _repeat(shown[other[line["case"]]], len(line["images"]))} for line in lines]


def _repeat(names: Sequence[str], number: int) -> list[str]:
    return [names[place % len(names)] for place in range(number)]
