"""What `further check` found, in its own words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Check = tuple[Callable[..., object], Sequence[object]]  # with its arguments


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


def collect(found: Findings, *checks: Check) -> None:
    """Faults of all checks, each in its own words."""
    for check, arguments in checks:
        try:
            check(*arguments)
        except ValueError as error:
            found.faults += str(error).splitlines()
