"""Tables on a terminal: columns of one width."""

from collections.abc import Collection, Sequence


def align(rows: Sequence[Sequence[str]], left: Collection[int]) -> list[str]:
    """A line per row, columns `left` (from 0) aligned on the left and all others on the right.

    >>> align([("run", "steps"), ("seed-1", "40")], left=[0])
    ['run     steps', 'seed-1     40']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
