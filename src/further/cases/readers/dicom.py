"""DICOM files: a case is a study, whatever folders its files lie in. Only fields that name no one are read.

Names, dates, identifiers and paths do not leave this module: cases and images are called by digests.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from further.cases.files import IMAGE_SUFFIXES, Folder, remembered
from further.cases.found import Found, key_of
from further.cases.readers.base import Reader
from further.children import Child, ChildError

TIMEOUT_S, MEMORY_MB = 60.0, 1_000  # for one header, which takes milliseconds
Header = dict[str, Any]
# Headers read before any job, which takes some seconds; the first job reads all.
MAX_EARLY = 2_000


class Dicom(Reader):
    """Studies of DICOM files without a table beside them."""

    name = "dicom"
    holds = "DICOM files, and no table of cases"

    def find_tables(self, folder: Folder) -> list[str]:
        """The files themselves."""
        return find_files(folder)

    def find_units(self, folder: Folder) -> dict[str, str]:
        """Files with their folder, which holds one series in most archives."""
        return {file: str(PurePosixPath(file).parent) for file in find_files(folder)}

    def read(self, folder: Folder) -> Found:
        """Cases named by a digest of their study."""
        return self.add_images(list(read_headers(folder, find_files(folder))), {})

    def add_images(self, headers: Sequence[tuple[str, Header]], told: Mapping[str, Mapping[str, object]]) -> Found:
        """Cases with their images.

        Args:
            headers: Of each file.
            told: Fields by study.
        """
        found = Found()
        patients = _find_patients(header for _, header in headers)
        first = {patient: study for study, patient in sorted(patients.items(), reverse=True)}
        for file, header in headers:
            study, about = header["study"], told.get(header["study"], {})
            # The table's patient first: headers may number each study anew. `link_headers` joins those of headers, too.
            patient = found.first_of(about.get("patient"), study) or first.get(patients.get(study, ""))
            found.add_case(study, about, topic=about.get("topic"), patient=patient)
            for frame in range(header["frames"]):
                found.add_image(f"dicom-{key_of(file, frame)}", study, (file, frame, ""), header)
        for line in found.images.values():
            line["file"] = None  # its key finds it
        return found

    def check_ids(self, folder: Folder) -> None:
        """Refuse a study of two patients, as far as the first files show one; `read` looks at all."""
        _find_patients(header for _, header in read_headers(folder, find_files(folder)[:MAX_EARLY]))


def _find_patients(headers: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Digest of the patient by study, where a file of it tells.

    Raises:
        ValueError: If the files of a study name two patients; without their names.
    """
    patients: dict[str, str] = {}
    for header in headers:
        study, patient = header["study"], header["patient"]
        if patient is not None and patients.setdefault(study, patient) != patient:
            raise ValueError(f"cases.folder: two cases of one id, {study}: its files have two values of PatientID")
    return patients


@remembered
def find_files(folder: Folder) -> list[str]:
    """DICOM files of a folder."""
    return [file for file in folder.files if _is_dicom(folder, file)]


def read_headers(folder: Folder, files: list[str]) -> Iterator[tuple[str, Header]]:
    """Each file with what its header tells; a file that cannot be read is a case of its own, for the ledger."""
    from further.cases import worker

    with Child(worker.__name__, TIMEOUT_S, MEMORY_MB) as child:
        for file in files:
            task = {
                "do": "header",
                "path": str((folder.path / file).absolute()),
                "folder": str(PurePosixPath(file).parent),
            }
            try:
                header = child.ask(task)
            except ChildError:
                header = {}
            nothing: Header = {"study": f"file-{key_of(file)}", "patient": None, "frames": 1, "ids": []}
            yield file, header if "study" in header else nothing


def _is_dicom(folder: Folder, file: str) -> bool:
    """Whether a file is DICOM by its suffix, or by its start where its suffix is none of an image."""
    name = PurePosixPath(file).name.lower()
    if name == "dicomdir" or name.endswith((".dcm", ".dicom")):
        return name != "dicomdir"
    if name.endswith(IMAGE_SUFFIXES):
        return False
    with (folder.path / file).open("rb") as stream:
        return stream.read(132)[128:] == b"DICM"  # not by `cases.dicom`, which loads pydicom
