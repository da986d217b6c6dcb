"""Pictures of a shard, opened in a child process."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from cases.conftest import LIMITS
from cases.made import encode, picture, save_picture, write_dicom
from further.cases.found import key_of
from further.cases.kept_pictures import load_pictures
from further.cases.pictures import read_pictures, write_pictures
from further.cases.schemas import PICTURES


def test_each_file_gives_its_pictures_or_a_reason(tmp_path):
    save_picture(tmp_path / "a.png", 1)
    (tmp_path / "b.png").write_bytes(encode(picture(2))[:200])
    frames = np.stack([np.asarray(picture(seed)) for seed in (3, 4)]).astype(np.uint16)
    write_dicom(tmp_path / "c.dcm", frames, Modality="US")
    table = pa.table({"image": [{"bytes": encode(picture(seed))} for seed in (5, 5, 6)]})
    pq.write_table(table, tmp_path / "d.parquet")
    counts = write_pictures(tmp_path / "shard.parquet", tmp_path, ["a.png", "b.png", "c.dcm", "d.parquet"], LIMITS)
    assert counts == {"kept": 5, "cut off": 1}
    found = pq.read_table(tmp_path / "shard.parquet")
    assert found.schema == PICTURES
    reason = {line["key"]: line["reason"] for line in found.to_pylist()}
    kept = [
        key_of("a.png"),
        *(key_of("c.dcm", frame) for frame in (0, 1)),
        *(key_of("d.parquet", row) for row in (0, 2)),
    ]
    assert reason == dict.fromkeys(kept, "kept") | {key_of("b.png"): "cut off"}
    loaded = dict(load_pictures([tmp_path / "shard.parquet"], [key_of("c.dcm", 1)]))
    assert list(loaded) == [key_of("c.dcm", 1)]
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(loaded[key_of("c.dcm", 1)]))), frames[1])


def test_a_picture_larger_than_the_memory_is_a_reason_and_the_next_one_is_read(tmp_path):
    Image.new("RGB", (9_000, 9_000), (1, 2, 3)).save(tmp_path / "a.png")
    save_picture(tmp_path / "b.png", 1)
    found = read_pictures(tmp_path, ["a.png", "b.png"], LIMITS | {"memory_mb": 150, "max_megapixels": 100})
    assert {line["key"]: line["reason"] for line in found} == {
        key_of("a.png"): "too large", key_of("b.png"): "kept",
    }  # fmt: skip


def test_more_pixels_than_the_limit_are_a_bomb(tmp_path):
    save_picture(tmp_path / "a.png", 1)
    found = read_pictures(tmp_path, ["a.png"], LIMITS | {"max_megapixels": 0.002})
    assert [line["reason"] for line in found] == ["bomb"]


def test_limits_are_positive(tmp_path):
    with pytest.raises(ValueError, match="max_megapixels"):
        list(read_pictures(tmp_path, [], LIMITS | {"max_megapixels": 0}))
