from pathlib import Path

import pytest

from facts import naming
from further.guard.contradictions import find_contradictions, read_contradictions

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture(scope="module")
def bundled():
    return read_contradictions(CONFIG / "contradictions.yaml")


@pytest.mark.parametrize(
    "answers, contradicting",
    [
        ({"abnormal": "no", "side": "left", "kind": "none"}, {"abnormal", "side"}),
        ({"abnormal": "No.", "side": "None", "kind": "none", "size": "none"}, set()),
        ({"abnormal": "yes", "kind": "none", "side": "left"}, {"abnormal", "kind"}),
        ({"abnormal": "yes", "kind": "mass", "side": "left"}, set()),
        ({"abnormal": "no abnormality", "kind": "cyst"}, {"abnormal", "kind"}),
        ({"abnormal": "normal", "side": "left"}, set()),  # neither yes nor no: nothing is known
        ({"abnormal": "no"}, set()),
        ({"side": "left"}, set()),
        ({"abnormal": "no", "side": ""}, set()),  # an empty answer says nothing
    ],
)
def test_the_list_that_comes_with_further(bundled, answers, contradicting):
    found = find_contradictions({name: [answer] for name, answer in answers.items()}, bundled)
    assert found == contradicting


def test_three_types_contradict_only_together(tmp_path):
    file = tmp_path / "rules.yaml"
    file.write_text('- {organ: [chest], sex: ["male"], finding: [pregnant]}\n')
    rules = read_contradictions(file)
    answers = {"organ": ["chest x-ray"], "sex": ["male"], "finding": ["pregnant"]}
    assert find_contradictions(answers, rules) == {"organ", "sex", "finding"}
    assert find_contradictions(answers | {"sex": ["female"]}, rules) == set()


def test_an_empty_file_has_no_contradictions(tmp_path):
    (tmp_path / "rules.yaml").write_text("# none\n")
    assert read_contradictions(tmp_path / "rules.yaml") == ()


@pytest.mark.parametrize(
    "text, facts",
    [
        ("abnormal: [a]", ["rules.yaml", "dict"]),
        ("- {abnormal: [a]}", ["rules.yaml", "entry 1", {"abnormal": ["a"]}]),
        ("- {abnormal: [no], side: [left]}", ["entry 1", "abnormal", [False], "quotes"]),
        ("- {abnormal: no, side: [left]}", ["entry 1", "abnormal", False]),
        ("- {a: [x], b: {besides: [y]}}", ["entry 1", "b", "besides"]),
        ("- {a: [x], b: []}", ["entry 1", "b", []]),
    ],
)
def test_what_is_no_contradiction_is_refused(tmp_path, text, facts):
    (tmp_path / "rules.yaml").write_text(text + "\n")
    with pytest.raises(ValueError, match=naming(*facts)):
        read_contradictions(tmp_path / "rules.yaml")


def test_contradictions_of_a_tiny_model(shared_vision, bundled):
    """Those of 14 and 3 cases, as `yes` with nothing or `no` with something; none of a case without an error."""
    import pandas as pd

    answers = pd.read_csv(shared_vision / "guard_answers.csv", keep_default_na=False)
    cases = [
        (bool(find_contradictions({n: [a] for n, a in zip(rows["question"], rows["answer"], strict=True)}, bundled)),
         bool((rows["correct"] == 0).any()))
        for _, rows in answers.groupby("case")
    ]  # fmt: skip
    found = [wrong for contradicted, wrong in cases if contradicted]
    assert len(found) >= 0.11 * sum(wrong for _, wrong in cases) and all(found)
