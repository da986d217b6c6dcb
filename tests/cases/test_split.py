"""What belongs together stays together; a given split is checked."""

import pyarrow as pa
import pytest

from facts import naming
from further.cases.schemas import CASE_LINKS, CASES, FOUND_CASES
from further.cases.split import group_names, split_cases


def table(given, schema=CASES):
    return pa.Table.from_pylist([{"case": case, "given_split": splits} for case, splits in given.items()], schema)


def link(kind, case, other):
    return {"kind": kind, "case": case, "other": other, "detail": "Topic" if kind == "same topic" else None}


def split(given, links=(), how="own", test=0.2, validation=0.1, seed=0, dropped=()):
    left = {case: splits for case, splits in given.items() if case not in dropped}
    made = split_cases(
        table(given, FOUND_CASES), table(left), pa.Table.from_pylist(list(links), CASE_LINKS), how=how,
        test_fraction=test, validation_fraction=validation, seed=seed,
    )  # fmt: skip
    sides = {}
    for line in made.split.to_pylist():
        sides.setdefault(line["case"], []).append(line["split"])
    return sides, made


def cases(number, splits=()):
    return {f"case{place:03d}": list(splits) for place in range(number)}


def test_an_own_split_has_the_fractions_and_the_seed_moves_it():
    sides, made = split(cases(100))
    assert made.summary["cases"] == {"train": 70, "test": 20, "validation": 10}
    assert split(cases(100))[0] == sides
    assert split(cases(100), seed=1)[0] != sides
    assert made.summary["given"] is None and made.leaks.num_rows == 0


def test_a_case_more_moves_few_others():
    before, after = split(cases(200))[0], split(cases(201))[0]
    assert sum(before[case] != after[case] for case in before) <= 2


@pytest.mark.parametrize("seed", range(5))
def test_linked_cases_are_on_one_side_through_any_chain(seed):
    names = list(cases(60))
    chain = [link("same topic", names[0], names[1]), link("near-equal image", names[1], names[2])]
    chain += [link("same patient", names[place], names[place + 1]) for place in range(10, 16)]
    sides, made = split(cases(60), chain, seed=seed)
    assert len({tuple(sides[name]) for name in names[:3]}) == 1
    assert len({tuple(sides[name]) for name in names[10:17]}) == 1
    assert made.summary["groups"] == 60 - 2 - 6


def test_cases_belong_together_through_one_that_was_dropped():
    names = list(cases(30))
    star = [link("same topic", names[0], other) for other in names[1:4]]
    for seed in range(5):
        sides, _ = split(cases(30), star, seed=seed, dropped=[names[0]])
        assert len({tuple(sides[name]) for name in names[1:4]}) == 1


def test_a_large_group_does_not_become_the_test():
    names = list(cases(20))
    star = [link("same topic", names[0], other) for other in names[1:12]]
    sides, _ = split(cases(20), star)
    assert {tuple(sides[name]) for name in names[:12]} == {("train",)}
    assert sum(side == ["test"] for side in sides.values()) == 4


def test_large_groups_alone_are_split_all_the_same_and_training_keeps_one():
    names = list(cases(12))
    pairs = [link("same topic", names[place], names[place + way]) for place in (0, 4, 8) for way in (1, 2, 3)]
    _, made = split(cases(12), pairs, test=0.05, validation=0.05)
    assert made.summary["cases"] == {"train": 4, "validation": 4, "test": 4}
    assert split(cases(3), test=0.9, validation=0.9)[1].summary["cases"] == {"train": 1, "validation": 1, "test": 1}


def test_too_few_groups_are_refused_with_their_size():
    names = list(cases(6))
    with pytest.raises(ValueError, match=naming(6, 1, 6)):
        split(cases(6), [link("same topic", names[0], other) for other in names[1:]])
    with pytest.raises(ValueError, match=naming(2, "2 groups", "at least 3")):
        split(cases(2))
    with pytest.raises(ValueError, match=naming("cases.split", "half", "own, given, repaired")):
        split(cases(9), how="half")


GIVEN = {"A": ["train"], "B": ["train"], "C": ["validation"], "D": ["test"], "E": ["train", "test"], "F": ["test"]}
LINKS = [
    link("same image", "A", "C"), link("same topic", "B", "D"), link("same topic", "B", "F"),
    link("near-equal image", "C", "F"),
]  # fmt: skip


def test_leaks_of_a_given_split_are_told_once_for_each_held_out_case():
    _, made = split(GIVEN, LINKS, how="given")
    assert [tuple(line.values()) for line in made.leaks.to_pylist()] == [
        ("same case", "E", "test", "E", "train", ""),
        ("same image", "C", "validation", "A", "train", ""),
        ("same topic", "D", "test", "B", "train", "Topic"),
        ("same topic", "F", "test", "B", "train", "Topic"),
        ("near-equal image", "F", "test", "C", "validation", ""),
    ]
    assert made.summary["given"] == {
        "cases": {"train": 3, "validation": 1, "test": 3},
        "leaking": {"test": 3, "validation": 1},
        "kinds": {
            "test: near-equal image": 1,
            "test: same case": 1,
            "test: same topic": 2,
            "validation: same image": 1,
        },
    }


def test_leaks_are_those_of_the_split_as_it_came_even_of_cases_that_were_dropped():
    assert split(GIVEN, LINKS, how="given", dropped=["A"])[1].leaks.num_rows == 5


def test_a_given_split_is_taken_as_it_is():
    assert split(GIVEN, LINKS, how="given")[0] == GIVEN


def test_a_repaired_split_keeps_the_test_and_drops_what_is_known_from_it():
    sides, _ = split(GIVEN, LINKS, how="repaired")
    assert sides == {"D": ["test"], "E": ["test"], "F": ["test"]}  # A, B and C hang on D and F


def test_a_given_split_without_validation_gets_one_of_untested_groups():
    given = cases(20, ["train"]) | {"x": ["test"]}
    links = [link("same topic", "case000", "x"), link("same topic", "case001", "case002")]
    sides, _ = split(given, links, how="given", validation=0.1)
    taken = [case for case, side in sides.items() if side == ["validation"]]
    assert 2 <= len(taken) <= 3 and "case000" not in taken and ("case001" in taken) == ("case002" in taken)


def test_the_fraction_is_of_all_training_cases_where_most_are_tested_too():
    """The shape of VQA-RAD: 20 of 30 training images stand in the test as well."""
    given = cases(30, ["train"]) | {case: ["train", "test"] for case in list(cases(30))[:20]}
    for how in ("given", "repaired"):
        counts = split(given, how=how, validation=0.1)[1].summary["cases"]
        assert counts["validation"] == 3  # a tenth of 30, not of the 10 that no test holds
    assert counts == {"test": 20, "validation": 3, "train": 7}
    assert split(given, how="given", validation=0.9)[1].summary["cases"]["validation"] == 5  # half of the free ones


def test_a_given_split_without_a_test_is_refused():
    with pytest.raises(ValueError, match=r"without a test.*own"):
        split({"A": ["train"], "B": ["validation"], "C": ["train"]}, how="given")


def test_without_a_given_split_there_is_none_to_take():
    with pytest.raises(ValueError, match="gives no split"):
        split(cases(9), how="given")


def test_groups_join_through_others():
    groups = group_names("ae", [("d", "c"), ("a", "b"), ("b", "d")])
    assert [groups[name] for name in "abcde"] == ["a", "a", "a", "a", "e"]
