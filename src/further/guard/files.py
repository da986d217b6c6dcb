"""The files of the guard that a clinic may edit: in the study's folder, or else those that come with Further."""

from pathlib import Path


def find_file(key: str, named: str | None, project: Path) -> tuple[Path | None, bool]:
    """A file that key `key` of section `guard` names, and whether it is the study's own; None: no such file is read.

    The file of Further (in `project`) is not the study's, where the study lies in its folder: moved elsewhere, the
    study reads the same file.

    Raises:
        ValueError: If it is in neither folder.
    """
    if named is None:
        return None, False
    own, bundled = Path(named), project / named  # own: beside the study, which is the working folder
    if own.is_file() and not (bundled.is_file() and own.samefile(bundled)):
        return own, True
    if not bundled.is_file():
        places = " or ".join(dict.fromkeys((str(Path.cwd()), str(project))))
        raise ValueError(f"guard.{key}: there is no file {named} in {places}")
    return bundled, False
