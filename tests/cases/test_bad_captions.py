"""Captions that are not asked for."""

from further.cases.bad_captions import judge_captions


def record(topic, diagnosis, findings):
    return {"topic": topic, "diagnosis": diagnosis, "findings": findings, "title": None, "category": None}


def image(case, number, caption, modality="ct", location="Head"):
    about = {"modality": modality, "sequence": modality, "plane": "axial", "location": location, "region": location}
    return {"image": f"{case}_{number}", "case": case, "caption": caption} | about


def judge(images, cases):
    return {name: reason for name, (reason, _) in judge_captions(images, cases).items()}


def test_the_diagnosis_in_a_caption_gives_the_answer_away():
    cases = {"A": record("T", "Simple cyst", None), "B": record("U", "cyst of the abdomen", None)}
    images = [
        image("A", 1, "Renal lesion: SIMPLE CYST."),
        image("A", 2, "A cyst that is simple"),
        image("B", 1, "Axial MRI of the abdomen shows a cyst."),
        image("B", 2, None),
    ]
    assert judge(images, cases) == {"A_1": "diagnosis in caption", "A_2": "kept", "B_1": "kept", "B_2": "no caption"}


def test_a_caption_said_of_several_images_of_one_case_is_asked_for_once():
    cases = {"A": record("T", None, None), "B": record("U", None, None)}
    images = [image("A", 1, "Large mass."), image("A", 2, "large  mass"), image("B", 1, "Large mass.")]
    assert judge(images, cases) == {"A_1": "kept", "A_2": "same caption", "B_1": "kept"}


def test_the_entry_forms_sentence_is_found_by_standing_in_unrelated_cases():
    form = "Kindly summarize salient radiographic observations"
    cases = {
        "A": record("Stroke", "Infarction", "Low density of the left hemisphere."),
        "B": record("Fracture", "Broken rib", "Cortical break."),
        "C": record("Cyst", "Renal cyst", "Round fluid collection."),
    }
    places = {"A": ("ct", "Head"), "B": ("x-ray", "Thorax"), "C": ("mri", "Abdomen")}
    images = [image(case, 1, form, *places[case]) for case in cases]
    assert set(judge(images, cases).values()) == {"placeholder caption"}
    assert judge(images[:1], cases) == {"A_1": "kept"}  # once, it may be anything
    alike = [image(case, 1, form) for case in cases]
    assert set(judge(alike, cases).values()) == {"placeholder caption"}
    assert set(judge(alike[:2], cases).values()) == {"kept"}  # two heads on CT may look alike


def test_a_sentence_that_many_records_bear_out_is_no_form():
    cases = {name: record(name, "none", "No abnormality is seen.") for name in "ABC"}
    images = [image(case, 1, "No abnormality is seen.", *place) for case, place in
              zip("ABC", [("ct", "Head"), ("mri", "Thorax"), ("ct", "Abdomen")], strict=True)]  # fmt: skip
    assert set(judge(images, cases).values()) == {"kept"}


def test_records_without_a_text_judge_nothing():
    cases = {name: record(None, None, None) for name in "ABC"}
    images = [image(case, 1, "normal", *place) for case, place in
              zip("ABC", [("ct", "Head"), ("mri", "Thorax"), ("ct", "Abdomen")], strict=True)]  # fmt: skip
    assert set(judge(images, cases).values()) == {"kept"}


def test_a_sentence_is_the_forms_where_two_of_three_records_do_not_bear_it_out():
    places = {"A": ("ct", "Head"), "B": ("mri", "Thorax"), "C": ("ct", "Abdomen")}
    for borne_out, reason in (("A", "placeholder caption"), ("AB", "kept")):
        findings = {name: "Density falls." if name in borne_out else "Cortex broken." for name in "ABC"}
        cases = {name: record(name, "none", findings[name]) for name in "ABC"}
        images = [image(case, 1, "Density noted", *places[case]) for case in cases]
        assert set(judge(images, cases).values()) == {reason}
