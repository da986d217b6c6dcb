"""Records and pictures joined: what is kept, what is dropped and why, and which cases belong together."""

import logging
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from further.cases.bad_captions import judge_captions
from further.cases.fields import KEPT, SPLITS
from further.cases.near_equal import find_near_pairs
from further.cases.schemas import CASE_LINKS, CASES, IMAGES, LEDGER
from further.cases.synonyms import is_scan

log = logging.getLogger(__name__)

Line = dict[str, Any]
HELD_OUT_FIRST = tuple(reversed(SPLITS))


class Gathered(NamedTuple):
    """The stage's tables before the split: CASES, IMAGES, LEDGER and CASE_LINKS."""

    cases: pa.Table
    images: pa.Table
    ledger: pa.Table
    links: pa.Table


def gather_cases(
    found_cases: pa.Table, found_images: pa.Table, pictures: Mapping[str, pa.Table], near_equal_bits: int
) -> Gathered:
    """Join what records say with what the pictures are.

    Args:
        pictures: PICTURES by shard, without the pictures themselves.
        near_equal_bits: Bits of the perceptual hash that may differ, see `find_near_pairs`.

    Returns:
        Every case, image and caption once in the ledger.

    Raises:
        ValueError: If not one image can be read.
    """
    cases = {line["case"]: line for line in found_cases.to_pylist()}
    shown = {line["key"]: line | {"shard": shard} for shard, table in pictures.items() for line in table.to_pylist()}
    images = [_join(line, shown) for line in found_images.to_pylist()]
    links = [*link_images(images, near_equal_bits), *link_records(cases), *link_headers(images, cases)]
    _drop_twice(images, cases)
    kept = [line for line in images if line["reason"] == KEPT]
    if not kept:
        reasons = Counter(line["reason"] for line in images)
        raise ValueError(f"cases.folder: none of {len(images):,} images can be used: {_count(reasons)}")
    judged = judge_captions(kept, cases)
    for line in kept:
        line["caption"] = line["caption"] if judged[line["image"]][0] == KEPT else None
    number = Counter(line["case"] for line in kept)
    ledger = [*_case_lines(cases, number), *_image_lines(images), *_caption_lines(images, judged)]
    for unit in ("case", "image", "caption"):
        log.info("%ss: %s", unit, _count(Counter(line["reason"] for line in ledger if line["unit"] == unit)))
    left = [line | {"num_images": number[line["case"]]} for line in cases.values() if number[line["case"]]]
    return Gathered(
        pa.Table.from_pylist(sorted(left, key=lambda line: str(line["case"])), CASES),
        pa.Table.from_pylist(sorted(kept, key=lambda line: str(line["image"])), IMAGES),
        pa.Table.from_pylist(ledger, LEDGER),
        pa.Table.from_pylist(links, CASE_LINKS),
    )


def _join(line: Line, shown: Mapping[str, Line]) -> Line:
    """An image with its picture, or with the reason why there is none; `why` keeps the record's own detail."""
    line = line | {"why": line.pop("detail")}
    if line["case"] is None:
        return line | {"reason": "nobody's", "detail": "no case names it"}
    if line["key"] is None:
        return line | {"reason": "missing", "detail": line["why"]}
    picture = shown.get(line["key"], {"reason": "damaged", "detail": "the file has no such frame", "shard": None})
    if picture["reason"] == KEPT and not is_scan(line["sequence"]):
        return line | picture | {"reason": "not a scan", "detail": line["sequence"]}
    return line | picture


def _drop_twice(images: Sequence[Line], cases: Mapping[str, Line]) -> None:
    """Give every image whose pixels were kept before the reason "twice"; held-out cases keep theirs."""
    first: dict[str, str] = {}
    for line in sorted(images, key=lambda line: (_rank(cases.get(line["case"])), str(line["image"]))):
        if line["reason"] == KEPT:
            kept = first.setdefault(line["pixels"], line["image"])
            if kept != line["image"]:
                line |= {"reason": "twice", "detail": f"the pixels of {kept}"}


def _rank(case: Line | None) -> int:
    splits = case["given_split"] if case else []
    return min((HELD_OUT_FIRST.index(split) for split in splits), default=len(SPLITS))


def link_images(images: Sequence[Line], near_equal_bits: int) -> list[Line]:
    """Cases that share a picture: its pixels, or nearly (CASE_LINKS)."""
    readable = sorted((line for line in images if line["reason"] == KEPT), key=lambda line: str(line["image"]))
    links: dict[tuple[str, str, str], Line] = {}
    near = find_near_pairs([line["dhash"] for line in readable], near_equal_bits)
    # A dark picture's hash is too even to be compared: its equals are found by their pixels alone.
    for one, two, distance in [*near, *_find_equal(readable)]:
        first, second = readable[one], readable[two]
        if first["case"] == second["case"]:
            continue
        kind = "same image" if first["pixels"] == second["pixels"] else "near-equal image"
        line = {"kind": kind, "case": first["case"], "other": second["case"], "image": first["image"]}
        line |= {"other_image": second["image"], "distance": distance}
        links.setdefault((kind, first["case"], second["case"]), line)
    return list(links.values())


def _find_equal(images: Sequence[Line]) -> list[tuple[int, int, int]]:
    """Each image whose pixels an earlier one has, as `find_near_pairs` gives pairs."""
    first: dict[str, int] = {}
    places = [(first.setdefault(line["pixels"], place), place) for place, line in enumerate(images)]
    return [(one, two, 0) for one, two in places if one != two]


def link_records(cases: Mapping[str, Line]) -> list[Line]:
    """Cases of one topic or one patient, each linked to the first of them (CASE_LINKS)."""
    links = []
    for kind, name in (("same topic", "topic"), ("same patient", "patient")):
        among: dict[str, list[str]] = defaultdict(list)
        for case in sorted(cases):
            if cases[case][name] is not None:
                among[" ".join(cases[case][name].casefold().split())].append(case)
        for first, *others in among.values():
            about = {"kind": kind, "case": first, "detail": cases[first]["topic"] if name == "topic" else None}
            links += [about | {"other": other} for other in others]
    return links


def link_headers(images: Sequence[Line], cases: Mapping[str, Line]) -> list[Line]:
    """Cases whose DICOM files name one patient, where a table tells the cases (CASE_LINKS).

    One number in all files is what is left where an archive took the patients out, and links none.
    """
    among: dict[str, set[str]] = defaultdict(set)
    for line in images:
        if line.get("patient") is not None:
            among[line["patient"]].add(line["case"])
    pairs = [(first, other) for own in among.values() for first, *others in [sorted(own)] for other in others]
    known = {case: line["patient"] or case for case, line in cases.items()}
    told = [pair for pair in pairs if len(among) > 1 and known[pair[0]] != known[pair[1]]]
    return [{"kind": "same patient", "case": first, "other": other} for first, other in told]


def _case_lines(cases: Mapping[str, Line], number: Mapping[str, int]) -> list[Line]:
    return [
        {"unit": "case", "case": case, "name": case, "reason": KEPT if number[case] else "no image", "detail": ""}
        for case in sorted(cases)
    ]


def _image_lines(images: Sequence[Line]) -> list[Line]:
    return [
        {"unit": "image", "name": line["image"]} | {name: line[name] for name in ("case", "reason", "detail")}
        for line in images
    ]


def _caption_lines(images: Sequence[Line], judged: Mapping[str, tuple[str, str]]) -> list[Line]:
    """A line for every image that a case names; none where no record has a caption at all."""
    lines: list[Line] = []
    for line in (line for line in images if line["case"] is not None):
        reason, detail = judged.get(line["image"], ("image dropped", line["reason"]))
        reason = "no caption" if line["caption"] is None and reason == "image dropped" else reason
        about = {"unit": "caption", "case": line["case"], "name": line["image"]}
        lines.append(about | {"reason": reason, "detail": detail})
    return [] if all(line["reason"] == "no caption" for line in lines) else lines


def _count(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {reason}" for reason, number in sorted(reasons.items(), key=lambda item: -item[1]))
