"""Windows over a document: every token is scored once, with as much text before it as the window allows."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Window(NamedTuple):
    """One input of the model: `inputs` are fed, the last `len(targets)` outputs are scored against `targets`.

    `first` is the place of the first target among the document's tokens.
    """

    document: int
    inputs: Sequence[int]
    targets: Sequence[int]
    first: int


def cut_windows(document: int, ids: Sequence[int], begin: int, window: int, stride: int) -> Iterator[Window]:
    """Cut a document into windows.

    Window 6, stride 3, BOS B, tokens a to j; what is scored is in capitals:

        inputs   B a b c d e        c d e f g h      d e f g h i
        outputs  A B C D E F        d e f G H I      e f g h i J

    The first window scores all it can see; every further one scores at most `stride` new tokens after at least
    `window - stride` known ones. With `stride` equal to `window` the windows are disjoint, and the last one still
    reaches back over known tokens to its full length.

    Args:
        begin: The token before the first: BOS, or EOS where a model has none.
        window: Inputs per window, at least 1.
        stride: Newly scored tokens per window, 1 to `window`.

    Yields:
        Windows in the order of the text; none for an empty document.
    """
    stream = [begin, *ids]
    scored = 0
    while scored < len(ids):
        end = min(len(ids), scored + (stride if scored else window))
        start = max(0, end - window)
        yield Window(document, stream[start:end], ids[scored:end], scored)
        scored = end
