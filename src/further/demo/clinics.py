"""The clinics of the embedded image study, and the names of their cases: what is needed before any is drawn."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Clinic:
    """How a clinic's pictures differ.

    Attributes:
        name: Part of its cases' names.
        noise: Standard deviation in gray values.
        mirrored: Whether pictures are stored with the patient's left on the image's left.
        lesion: Factor on a lesion's radius.
        contrast: Factor on a gray value's distance from the middle, 128.
    """

    name: str
    noise: float = 7.0
    mirrored: bool = False
    lesion: float = 1.0
    contrast: float = 1.0


FIRST = Clinic("first")
SECOND = Clinic("second", noise=14.0, mirrored=True, lesion=0.85)
THIRD = Clinic("third", noise=14.0, mirrored=True, lesion=0.85, contrast=0.5)
"""As the second, with a scanner of half the contrast. No model is trained on it; the guard is tried on it."""
CLINICS = {clinic.name: clinic for clinic in (FIRST, SECOND, THIRD)}


def name_case(clinic: str, place: int) -> str:
    """Name of a phantom's case, and of its image."""
    return f"{clinic}-{place:05d}"


def list_files(clinic: str, number: int) -> list[str]:
    """Files of a folder that `write_phantoms` writes, for rules that need them before it does."""
    return ["cases.jsonl", *(f"images/{name_case(clinic, place)}.png" for place in range(number))]
