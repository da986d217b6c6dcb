"""Split of the cases: what belongs together stays together. A given split is checked, and its leaks are told."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

import pyarrow as pa
from scipy.cluster.hierarchy import DisjointSet

from further.cases.fields import SPLITS
from further.cases.schemas import LEAKS, SPLIT
from further.shards import hash_rank

HELD_OUT = ("test", "validation")
HOW = ("own", "given", "repaired")
"""Own: by groups of cases, whatever split was given. Given: as it is, leaks and all. Repaired: the given test and
validation, and of the training what no case of theirs belongs to."""

Line = Mapping[str, Any]
Groups = Mapping[str, str]
"""By case, the first of its group."""


class Splitting(NamedTuple):
    """A split (SPLIT), the leaks of the given split (LEAKS), and both in numbers for JSON."""

    split: pa.Table
    leaks: pa.Table
    summary: dict[str, Any]


def split_cases(
    found: pa.Table,
    cases: pa.Table,
    links: pa.Table,
    *,
    how: str,
    test_fraction: float,
    validation_fraction: float,
    seed: int,
) -> Splitting:
    """Split cases into training, validation and test.

    Args:
        found: FOUND_CASES, in which leaks are looked for: those of the given split as it came.
        cases: CASES, which are split.
        how: One of HOW.
        test_fraction: Fraction of cases in the test of an own split, in (0, 1).
        validation_fraction: The same for the validation; taken from the given training where there is none.

    Returns:
        The split. In a given one, a case whose questions stand on several sides is listed with each.

    Raises:
        ValueError: If `how` is unknown, no split is given, or the groups are too few to be split.
    """
    if how not in HOW:
        raise ValueError(f"cases.split: {how} is none of {', '.join(HOW)}")
    lines = cases.to_pylist()
    given = {line["case"]: list(line["given_split"]) for line in lines}
    names, linked = list(given), links.to_pylist()
    # Two cases belong together through a third one that was dropped, too.
    groups = group_names(names, _ends(linked))
    came = {line["case"]: list(line["given_split"]) for line in found.select(["case", "given_split"]).to_pylist()}
    leaks = find_leaks(came, linked)
    if how == "own":
        dealt = deal_out(names, groups, test_fraction, validation_fraction, seed)
        sides = {case: [side] for case, side in dealt.items()}
    else:
        sides = _take_given(names, given, groups, validation_fraction, seed)
        if how == "repaired":
            sides = _repair(sides, groups)
    rows = [{"case": case, "split": side, "group": groups[case]} for case in names for side in sides[case]]
    return Splitting(
        pa.Table.from_pylist(rows, SPLIT),
        pa.Table.from_pylist(leaks, LEAKS),
        {"how": how, "cases": dict(Counter(row["split"] for row in rows)), "given": _summarize(came, leaks)}
        | {"groups": len(set(map(groups.get, names))), "links": dict(Counter(links["kind"].to_pylist()))},
    )


def _ends(links: Iterable[Line]) -> list[tuple[str, str]]:
    return [(link["case"], link["other"]) for link in links]


def group_names(names: Iterable[str], pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """First name, by the alphabet, of each name's group: those joined by pairs, directly or through others.

    >>> group_names("ae", [("d", "c"), ("a", "b"), ("b", "d")])["c"]
    'a'
    """
    joined = list(pairs)
    groups = DisjointSet(dict.fromkeys([*names, *chain.from_iterable(joined)]))
    for one, other in joined:
        groups.merge(one, other)
    return {name: first for group in groups.subsets() for first in [min(group)] for name in group}


def deal_out(
    names: Sequence[str], groups: Groups, test_fraction: float, validation_fraction: float, seed: int
) -> dict[str, str]:
    """Give whole groups to the test, then to the validation, in the order of hashes of the seed and their cases.

    A group that would overshoot by more than half of it is passed over, so that one large topic does not become the
    test; where all would, the smallest is taken. A case that comes or goes moves few others.

    Raises:
        ValueError: If there are fewer than three groups.
    """
    waiting = _shuffle_groups(names, groups, seed)
    split: dict[str, str] = dict.fromkeys(names, "train")
    if len(waiting) < len(SPLITS):
        largest = max(map(len, waiting), default=0)
        raise ValueError(
            f"cases.split: cases of one topic, one patient or with equal images stay together. The {len(names)} here "
            f"make {len(waiting)} groups of up to {largest}: at least {len(SPLITS)} groups are needed to split them. "
            "Where no column tells the patients, names of folders and images do (docs/cases.md)"
        )
    for side, fraction, others in (("test", test_fraction, 2), ("validation", validation_fraction, 1)):
        taken = _take_groups(waiting, max(1, round(fraction * len(names))), len(waiting) - others)
        split |= {case: side for cases in taken for case in cases}
        waiting = [cases for cases in waiting if split[cases[0]] == "train"]
    return split


def _take_groups(waiting: Sequence[list[str]], wanted: int, most: int) -> list[list[str]]:
    """Groups for a side of so many cases, at least one and at most `most`."""
    taken: list[list[str]] = []
    number = 0
    for cases in waiting:
        if number < wanted and len(taken) < most and (number + len(cases) - wanted) * 2 <= len(cases):
            taken.append(cases)
            number += len(cases)
    return taken or [min(waiting, key=len)]


def _take_given(
    names: Sequence[str],
    given: Mapping[str, list[str]],
    groups: Groups,
    validation_fraction: float,
    seed: int,
) -> dict[str, list[str]]:
    """The given split; where it has no validation, whole groups of the training that lie in no test become one.

    The fraction is of all training cases, but at most half of those that are free. In VQA-RAD two of three images
    stand in training and test: a tenth of the others would leave the guard a dozen images to choose its thresholds on.
    """
    if not any(given.values()):
        raise ValueError("cases.split: the folder gives no split; set cases.split to own")
    sides = {case: given[case] or ["train"] for case in names}
    if missing := [side for side in ("train", "test") if not any(side in own for own in sides.values())]:
        raise ValueError(f"cases.split: the folder gives a split without a {missing[0]}; set cases.split to own")
    if any("validation" in own for own in sides.values()):
        return sides
    tested = {groups[case] for case in names if "test" in sides[case]}
    free = [case for case in names if groups[case] not in tested]
    wanted = min(round(validation_fraction * sum("train" in own for own in sides.values())), len(free) // 2)
    waiting = _shuffle_groups(free, groups, seed)
    taken = _take_groups(waiting, max(1, wanted), len(waiting) - 1) if len(waiting) > 1 else []
    return sides | {case: ["validation"] for cases in taken for case in cases}


def _shuffle_groups(names: Iterable[str], groups: Groups, seed: int) -> list[list[str]]:
    """Cases by group, in the order of hashes of the seed and their cases."""
    return sorted(_members(names, groups), key=lambda cases: min(hash_rank(seed, case) for case in cases))


def _members(names: Iterable[str], groups: Groups) -> list[list[str]]:
    members: dict[str, list[str]] = defaultdict(list)
    for case in names:
        members[groups[case]].append(case)
    return list(members.values())


def _repair(sides: Mapping[str, list[str]], groups: Groups) -> dict[str, list[str]]:
    """Each case on the most held-out side of its group that it stands on itself; none where others hold it out.

    A test case keeps its place. A training or validation case of a group that the test holds has no side: its
    questions are dropped.
    """
    best: dict[str, str] = {}
    for case, own in sides.items():
        best[groups[case]] = max(best.get(groups[case], "train"), *own, key=SPLITS.index)
    return {case: [best[groups[case]]] if best[groups[case]] in own else [] for case, own in sides.items()}


def find_leaks(given: Mapping[str, list[str]], links: Sequence[Line]) -> list[dict[str, Any]]:
    """Held-out cases of a given split that are known from its training, or a test case from the validation.

    Args:
        links: Lines of CASE_LINKS, those of cases that were dropped too.

    Returns:
        One line for each kind and held-out case (LEAKS): one case of the other side stands for all.
    """
    leaks = [leak for case in sorted(given) for leak in _leaks_among("same case", [case], given, "")]
    for kind in dict.fromkeys(link["kind"] for link in links):
        own = [link for link in links if link["kind"] == kind]
        groups = group_names([], _ends(own))
        told = {groups[link["case"]]: link["detail"] or "" for link in own}
        for cases in _members(sorted(groups), groups):
            leaks += _leaks_among(kind, cases, given, told[groups[cases[0]]])
    return leaks


def _leaks_among(
    kind: str, cases: Sequence[str], given: Mapping[str, list[str]], detail: str
) -> Iterator[dict[str, Any]]:
    """Held-out cases among some that belong together, each with the first that it is known from: a lone one, itself."""
    for case in cases:
        others = [other for other in cases if other != case] or cases
        for side in (side for side in HELD_OUT if side in given.get(case, [])):
            before = [(other, one) for one in SPLITS[: SPLITS.index(side)] for other in others]
            for other, known_from in [pair for pair in before if pair[1] in given.get(pair[0], [])][:1]:
                line = {"kind": kind, "case": case, "split": side, "other": other, "other_split": known_from}
                yield line | {"detail": detail}


def _summarize(given: Mapping[str, list[str]], leaks: Sequence[Line]) -> dict[str, Any] | None:
    """The given split in numbers: cases of each side, held-out cases that leak, by side and kind; None without one."""
    if not any(given.values()):
        return None
    cases = {side: sum(side in own for own in given.values()) for side in SPLITS}
    leaking = {side: len({leak["case"] for leak in leaks if leak["split"] == side}) for side in HELD_OUT}
    kinds = Counter(f"{leak['split']}: {leak['kind']}" for leak in leaks)
    return {"cases": cases, "leaking": leaking, "kinds": dict(sorted(kinds.items()))}
