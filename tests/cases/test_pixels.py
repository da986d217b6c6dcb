"""Pictures of every kind to 8 bits, and why some are refused."""

import io
import struct
import zlib

import imagehash
import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset

from cases.made import encode, picture, write_dicom
from facts import tells
from further.cases.dicom import count_readable_frames, stretch
from further.cases.pixels import Limits, Refused, prepare

LIMITS = Limits(max_pixels=1_000_000)
RAMP = np.linspace(0, 255, 64, dtype=np.uint8).reshape(8, 8)


def show(data, part=0, limits=LIMITS):
    """What is prepared, as gray values or colors."""
    return np.asarray(Image.open(io.BytesIO(prepare(data, part, limits)["png"])))


def refuse(data, limits=LIMITS):
    with pytest.raises(Refused) as error:
        prepare(data, 0, limits)
    return error.value.reason


def test_gray_pictures_stay_as_they_are_in_any_mode_and_format():
    image = Image.fromarray(RAMP)
    for kind in ("PNG", "BMP", "TIFF", "GIF"):
        assert np.array_equal(show(encode(image, kind)), RAMP)
    for mode in ("RGB", "RGBA", "P"):
        found = prepare(encode(image.convert(mode)), 0, LIMITS)
        assert (found["mode"], found["channels"], found["width"], found["height"]) == (mode, 1, 8, 8)
        assert np.array_equal(show(encode(image.convert(mode))), RAMP)


@pytest.mark.parametrize("kind", ["TIFF", "GIF", "PNG", "WEBP"])
def test_of_several_pages_the_first_is_shown_and_the_number_is_told(kind):
    pages = [Image.fromarray(RAMP), Image.fromarray(RAMP.T.copy()), Image.fromarray(255 - RAMP)]
    exact = {"lossless": True} if kind == "WEBP" else {}
    data = encode(pages[0], kind, save_all=True, append_images=pages[1:], **exact)
    assert np.array_equal(show(data), RAMP)
    assert tells(prepare(data, 0, LIMITS)["detail"], "first", 3)
    assert prepare(encode(pages[0], kind), 0, LIMITS)["detail"] == ""


def test_sixteen_bits_are_scaled_and_not_cut_off_at_255():
    deep = np.linspace(0, 4000, 64).astype(np.uint16).reshape(8, 8)
    shown = show(encode(Image.fromarray(deep)))
    assert (shown.min(), shown.max()) == (0, 255)
    assert np.corrcoef(shown.ravel(), deep.ravel())[0, 1] > 0.999
    assert np.array_equal(show(encode(Image.fromarray(RAMP.astype(np.uint16)))), RAMP)  # it fills 8 bits


def test_what_is_transparent_is_black_and_colors_stay():
    image = Image.new("RGBA", (2, 1), (200, 10, 0, 255))
    image.putpixel((1, 0), (255, 255, 255, 0))
    assert show(encode(image)).tolist() == [[[200, 10, 0], [0, 0, 0]]]


def test_cmyk_is_shown_in_its_colors():
    image = Image.fromarray(np.stack([RAMP, RAMP[::-1], RAMP.T], axis=-1)).convert("CMYK")
    shown = show(encode(image, "JPEG", quality=100))
    assert np.abs(shown.astype(int) - np.asarray(image.convert("RGB")).astype(int)).mean() < 12


def test_a_photograph_is_turned_upright_and_loses_its_metadata():
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "DOE^JANE"  # to be turned by 90 degrees; a description
    data = encode(Image.fromarray(np.kron(RAMP[:4], np.ones((8, 8), np.uint8))), "JPEG", exif=exif)
    found = prepare(data, 0, LIMITS)
    assert (found["width"], found["height"]) == (32, 64)
    assert b"DOE" in data and b"DOE" not in found["png"]


def test_the_hash_is_that_of_the_library_on_the_prepared_picture():
    assert prepare(encode(picture(1)), 0, LIMITS)["dhash"] == str(imagehash.dhash(picture(1), 16))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_file_that_is_cut_off(kind):
    data = encode(picture(1, side=480), kind)
    assert refuse(data[: len(data) * 2 // 3]) == "cut off"


def test_files_that_are_no_picture():
    assert refuse(b"") == "empty file"
    assert refuse(b"hello" * 100) == "not an image"
    assert refuse(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n") == "not an image"
    assert refuse(encode(Image.new("L", (9, 9), 7))) == "blank"
    data = bytearray(encode(picture(1)))
    data[60:70] = b"\0" * 10
    assert refuse(bytes(data)) == "damaged"


def test_a_bomb_is_refused_by_its_header():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 10_000)) + chunk(b"IEND", b"")
    assert len(bomb) < 200
    assert refuse(bomb) == "bomb"
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 100_000_000))
    small = encode(picture(1))
    assert refuse(small[:33] + text + small[33:]) == "bomb"


def dicom(tmp_path, values, **header):
    write_dicom(tmp_path / "a.dcm", values, **header)
    return (tmp_path / "a.dcm").read_bytes()


UNITS = np.array([[-1000, -160, 40, 240, 3000]] * 5, dtype=np.int16)


def test_a_ct_is_shown_through_its_headers_first_window(tmp_path):
    header = {"Modality": "CT", "RescaleSlope": 2, "RescaleIntercept": -1000}
    stored = ((UNITS + 1000) // 2).astype(np.uint16)
    one = dicom(tmp_path, stored, **header, WindowCenter=40, WindowWidth=400)
    assert show(one)[0].tolist() == [0, 0, 128, 255, 255]  # PS3.3 C.11.2.1.2.1: (x - 39.5) / 399 + .5
    two = dicom(tmp_path, stored, **header, WindowCenter=[1000, 40], WindowWidth=[4000, 400])
    assert show(two)[0].tolist() == [0, 54, 66, 79, 255]
    bare = dicom(tmp_path, stored, **header)
    assert show(bare)[0].tolist() == [0, 0, 128, 255, 255]  # soft tissue: 40 ± 200
    assert np.array_equal(show(dicom(tmp_path, UNITS, Modality="CT")), show(bare))  # signed, without a slope


def test_a_ct_in_three_windows(tmp_path):
    data = dicom(tmp_path, UNITS, Modality="CT", WindowCenter=40, WindowWidth=400)
    shown = show(data, limits=Limits(10**6, "three"))
    assert shown[0, 2].tolist() == [132, 128, 128]  # (40 + 1024) / 2048, (40 + 135) / 350, 40 / 80 of 255
    assert shown[0, 1].tolist() == [108, 0, 0]


def test_monochrome1_is_turned_upright(tmp_path):
    stored = np.kron(RAMP, np.ones((2, 2), np.uint8)).astype(np.uint16)
    data = dicom(tmp_path, stored, PhotometricInterpretation="MONOCHROME1", Modality="CR")
    assert np.array_equal(show(data), 255 - stored)


def test_mr_without_a_window_is_stretched_between_percentiles(tmp_path):
    stored = np.arange(10_000, dtype=np.uint16).reshape(100, 100)
    stored[0, 0] = 65_535  # one bright point does not darken the rest
    shown = show(dicom(tmp_path, stored, Modality="MR"))
    assert shown[50, 0] in range(126, 130)


def test_pixels_that_may_name_the_patient_are_refused(tmp_path):
    assert refuse(dicom(tmp_path, UNITS, Modality="US", BurnedInAnnotation="YES")) == "burned-in text"


def test_each_frame_is_a_picture(tmp_path):
    data = dicom(tmp_path, np.stack([RAMP, RAMP.T, 255 - RAMP]).astype(np.uint16), Modality="US")
    found = [prepare(data, part, LIMITS) for part in range(3)]
    assert [line["parts"] for line in found] == [3, 3, 3]
    assert len({line["sha256"] for line in found}) == 3
    assert np.array_equal(show(data, 1), RAMP.T)


def test_dicom_files_that_are_refused_tell_no_value_of_the_header(tmp_path):
    whole = dicom(tmp_path, UNITS, Modality="CT", PatientName="DOE^JANE")
    assert refuse(whole[:-4]) == "cut off"
    huge = dicom(tmp_path, UNITS, Modality="CT")
    huge = huge.replace(
        struct.pack("<HHHHHH", 0x28, 0x10, 0x5355, 2, 5, 0x28),
        struct.pack("<HHHHHH", 0x28, 0x10, 0x5355, 2, 60000, 0x28),
    )
    huge = huge.replace(
        struct.pack("<HHHHHH", 0x28, 0x11, 0x5355, 2, 5, 0x28),
        struct.pack("<HHHHHH", 0x28, 0x11, 0x5355, 2, 60000, 0x28),
    )
    assert refuse(huge) == "bomb"
    with pytest.raises(Refused) as error:
        prepare(dicom(tmp_path, UNITS, Modality="CT", PatientName="DOE^JANE", BitsAllocated=13), 0, LIMITS)
    assert error.value.reason == "damaged" and "DOE" not in error.value.detail
    report = dicom(tmp_path, UNITS)
    import pydicom

    without = pydicom.dcmread(io.BytesIO(report))
    del without.Rows, without.PixelData
    without.save_as(tmp_path / "b.dcm")
    assert refuse((tmp_path / "b.dcm").read_bytes()) == "not an image"


def test_values_without_a_window_are_cut_at_half_a_percent_on_both_sides():
    """Of 1000 to 2000 the percentiles are 1005 and 1995: 1010 is 5/990 of the way, 1.3 of 255."""
    shown = dict(zip(range(1000, 2001), stretch(np.arange(1000, 2001)).tolist(), strict=True))
    assert [shown[value] for value in (1000, 1005, 1010, 1500, 1990, 1995, 2000)] == [0, 0, 1, 128, 254, 255, 255]


@pytest.mark.parametrize(("claimed", "read"), [(None, 1), (0, 1), (1000, 1000), (1001, 1)])
def test_a_header_that_claims_too_many_frames_is_read_as_one(claimed, read):
    data = Dataset()
    data.NumberOfFrames = claimed
    assert count_readable_frames(data) == read
