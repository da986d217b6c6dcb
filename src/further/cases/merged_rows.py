"""What several rows tell of one case or one of its images, as one set of fields."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from further.cases.found import short
from further.cases.text import clean_text


class MergedRows:
    """Fields of cases and images, gathered from all their rows: one row may hold what others leave out.

    Attributes:
        fields: By case, or by case and image.
    """

    def __init__(self) -> None:
        """Start with nothing told."""
        self.fields: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
        self.unclear: set[tuple[tuple[str, ...], str]] = set()

    def add(
        self, whose: tuple[str, ...], names: Iterable[str], row: Mapping[str, Any], *, is_image: bool = False
    ) -> None:
        """Take what a row tells.

        Args:
            whose: The case, or case and image.
            is_image: Whether the case is an image: what two rows about it tell differently is then not known.

        Raises:
            ValueError: If another row tells otherwise.
        """
        own = self.fields[whose]
        for name in names:
            value = clean_text(row.get(name))
            if value is None or (whose, name) in self.unclear or own.setdefault(name, value) == value:
                continue
            if not is_image:
                said = _tell_apart(whose, name, own[name], value)
                raise ValueError(f"cases.folder: two cases of one id, {whose[0]}: {said}")
            self.unclear.add((whose, name))
            del own[name]


def _tell_apart(whose: tuple[str, ...], name: str, first: str, second: str) -> str:
    """What two rows tell differently; patients are not named."""
    if name == "patient":
        return "its rows name two patients"
    of_image = f" of {whose[1]}" if len(whose) > 1 else ""
    return f"their {name}{of_image} is {short(first)} and {short(second)}"
