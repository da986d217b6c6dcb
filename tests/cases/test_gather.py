"""Every case, image and caption once in the ledger, with a reason that adds up."""

from collections import Counter

import pytest
from PIL import Image

from cases.conftest import gather, reasons
from cases.made import encode, medpix_case, medpix_image, picture, save_picture, write_medpix
from facts import naming


@pytest.fixture(scope="module")
def gathered(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cases")
    cases = [
        medpix_case("A", ["A_1", "A_2", "A_3"], topic="Cyst"),
        medpix_case("B", ["B_1"], topic="Mass"),
        medpix_case("C", ["C_1", "C_2"], topic="cyst "),
        medpix_case("D", ["D_1"], topic="Other"),
        medpix_case("E", ["E_1"], topic="Last"),
    ]
    images = [
        medpix_image("A", "A_1", "A lesion."),
        medpix_image("C", "C_1", "Some tumor here."),
        medpix_image("E", "E_1", "x"),
    ]
    images.append(medpix_image("D", "D_1", "A drawing of it.", modality="Drawing/Diagram"))
    write_medpix(folder, cases, images, {"train": ["A", "C", "D"], "test": ["B", "E"]})
    save_picture(folder / "images" / "A_1.png", 1)
    save_picture(folder / "images" / "A_2.png", 1)  # the same again
    (folder / "images" / "A_3.png").write_bytes(encode(picture(2))[:150])
    save_picture(folder / "images" / "B_1.png", 1)  # the same in a test case
    save_picture(folder / "images" / "C_1.jpg", 3, quality=70)
    save_picture(folder / "images" / "E_1.png", 3)  # C's before it was made a JPEG
    save_picture(folder / "images" / "D_1.png", 4)
    save_picture(folder / "images" / "nobody.png", 5)
    return gather(folder)


def test_each_image_has_its_reason(gathered):
    assert reasons(gathered, "image") == {
        "A_1": "twice", "A_2": "twice", "A_3": "cut off", "B_1": "kept", "C_1": "kept", "C_2": "missing",
        "D_1": "not a scan", "E_1": "kept", "images/nobody.png": "nobody's",
    }  # fmt: skip


def test_cases_without_an_image_are_dropped_and_the_rest_counts_its_images(gathered):
    assert reasons(gathered, "case") == {"A": "no image", "B": "kept", "C": "kept", "D": "no image", "E": "kept"}
    assert {line["case"]: line["num_images"] for line in gathered.cases.to_pylist()} == {"B": 1, "C": 1, "E": 1}
    assert gathered.images["image"].to_pylist() == ["B_1", "C_1", "E_1"]


def test_captions_have_theirs(gathered):
    assert reasons(gathered, "caption") == {
        "A_1": "image dropped", "A_2": "no caption", "A_3": "no caption", "B_1": "no caption",
        "C_1": "diagnosis in caption", "C_2": "no caption", "D_1": "image dropped", "E_1": "kept",
    }  # fmt: skip
    assert gathered.images["caption"].to_pylist() == [None, None, "x"]


def test_links_hold_equal_and_nearly_equal_images_and_topics(gathered):
    links = {(line["kind"], line["case"], line["other"]) for line in gathered.links.to_pylist()}
    assert links == {("same image", "A", "B"), ("near-equal image", "C", "E"), ("same topic", "A", "C")}


def test_the_ledger_adds_up(gathered):
    assert Counter(line["unit"] for line in gathered.ledger.to_pylist()) == {"case": 5, "image": 9, "caption": 8}


def test_nothing_readable_at_all_is_refused(tmp_path):
    write_medpix(tmp_path, [medpix_case("A", ["a"])], [medpix_image("A", "a", "x")])
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(ValueError, match=naming("cases.folder", 1, "1 empty file")):
        gather(tmp_path)


def test_a_caption_of_an_image_that_is_missing_is_counted(tmp_path):
    described = [medpix_image("A", "a", "N/A"), medpix_image("B", "b", "A mass.")]
    write_medpix(tmp_path, [medpix_case("A", ["a"]), medpix_case("B", ["b"])], described)
    save_picture(tmp_path / "a.png")
    assert reasons(gather(tmp_path), "caption") == {"a": "no caption", "b": "image dropped"}


def test_equal_pictures_of_one_gray_but_for_a_corner_are_linked(tmp_path):
    """Their hash has too few bits to be compared."""
    dark = Image.new("L", (48, 48))
    dark.putpixel((0, 0), 200)
    write_medpix(tmp_path, [medpix_case(name, [name], topic=name) for name in "ABC"], [medpix_image("A", "A", "x")])
    for name in "ABC":
        dark.save(tmp_path / f"{name}.png")
    links = [(line["kind"], line["case"], line["other"]) for line in gather(tmp_path).links.to_pylist()]
    assert links == [("same image", "A", "B"), ("same image", "A", "C")]
