"""Small folders of cases in every layout, made here: pictures of squares, invented sentences."""

import csv
import io
import json

import numpy as np
import pydicom
from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid


def picture(seed=0, side=48):
    """A gray picture of squares, unlike that of any other seed."""
    generator = np.random.default_rng(seed)
    small = generator.integers(0, 256, (8, 8), dtype=np.uint8)
    return Image.fromarray(np.kron(small, np.ones((side // 8, side // 8), dtype=np.uint8)))


def save_picture(path, seed=0, **how):
    path.parent.mkdir(parents=True, exist_ok=True)
    picture(seed).save(path, **how)


def encode(image, kind="PNG", **how):
    data = io.BytesIO()
    image.save(data, kind, **how)
    return data.getvalue()


def write_json(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data), encoding="utf-8")


def write_jsonl(path, records):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def write_csv(path, rows, mark=","):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, delimiter=mark).writerows(rows)


def medpix_case(name, images=(), *, topic="Topic", **about):
    """A record of Case_topic.json."""
    case = {
        "Title": "Finding",
        "History": "Pain.",
        "Exam": "N/A",
        "Findings": "A mass.",
        "Case Diagnosis": "Some tumor",
    }
    return {"U_id": name, "TAC": list(images), "MRI": [], "Case": case | about, "Topic": {"Title": topic}}


def medpix_image(name, image, caption, *, location="Head", modality="CT - noncontrast"):
    """A record of Descriptions.json."""
    about = {"Caption": caption, "Modality": modality, "Plane": "Axial", "Age": "40", "Sex": "female"}
    place = {"Location": location, "Location Category": location}
    return {"Type": "CT", "U_id": name, "image": image, "Description": about, **place}


def write_medpix(folder, cases, images, splits=None):
    """A folder in the layout of MedPix 2.0, without its pictures."""
    write_json(folder / "Case_topic.json", cases)
    write_json(folder / "Descriptions.json", images)
    if splits:
        write_json(folder / "splitted_dataset" / "uid_list.json", splits)


def write_dicom(path, values, **header):
    """A DICOM file of 16-bit values, (rows, columns) or (frames, rows, columns)."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    data = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    data.Rows, data.Columns = values.shape[-2:]
    if values.ndim == 3:
        data.NumberOfFrames = len(values)
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated = data.BitsStored = 16
    data.HighBit, data.PixelRepresentation = 15, int(values.dtype == np.int16)
    for name, value in header.items():
        setattr(data, name, value)
    data.PixelData = values.tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    pydicom.dcmwrite(path, data)
