"""What `further check` found, in its own words."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Findings:
    """What was found.

    Attributes:
        faults: What would stop the study, or waste it.
        notes: What its user should know before it starts.
        unchecked: What cannot be known here or now.
        num_papers: Of the study; 0 where they are not there.
    """

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    num_papers: int = 0

    def collect(self, check: Callable[..., object], *arguments: object) -> None:
        """Call a check, and keep the faults that it raises, a line each."""
        try:
            check(*arguments)
        except ValueError as error:
            self.faults += str(error).splitlines()
