from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from genderlens.training.gpu.parts import PackedAttribute, PackedPicture, read_parts, write_parts

AGE = PackedAttribute("age", ("old", "young"), 0.2)


def encode(colour: int, size: tuple[int, int] = (24, 24)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, (colour, 10, 200)).save(stream, "PNG")
    return stream.getvalue()


def pictures(count: int) -> list[PackedPicture]:
    return [
        PackedPicture(
            f"faces/{i}.png",
            encode(i),
            i % 2,
            (i % 3 - 1,),
            ("train", "calibration")[i % 4 == 0],
        )
        for i in range(count)
    ]


def test_parts_give_back_what_was_packed(tmp_path: Path) -> None:
    paths = write_parts(pictures(20), [AGE], tmp_path, most_bytes=700)
    assert len(paths) > 2
    faces = read_parts(tmp_path, 16, workers=2)
    assert faces.pixels.shape == (20, 3, 16, 16)
    assert faces.pixels[:, 0, 3, 5].tolist() == list(range(20))
    assert faces.labels.tolist() == [i % 2 for i in range(20)]
    assert faces.classes[:, 0].tolist() == [i % 3 - 1 for i in range(20)]
    assert faces.rows("calibration").tolist() == [0, 4, 8, 12, 16]
    assert len(faces.rows("train")) == 15
    assert faces.uris[7] == "faces/7.png"
    assert faces.attributes == (AGE,)


def test_a_part_is_no_larger_than_asked(tmp_path: Path) -> None:
    for path in write_parts(pictures(40), [AGE], tmp_path, most_bytes=2000):
        assert path.stat().st_size < 2000 + 4096  # the names of an archive's arrays


def test_a_missing_part_is_an_error(tmp_path: Path) -> None:
    paths = write_parts(pictures(20), [AGE], tmp_path, most_bytes=700)
    paths[1].unlink()
    with pytest.raises(ValueError, match=f"of {len(paths)} parts; carry the rest"):
        read_parts(tmp_path, 16)


def test_pictures_of_any_shape_become_squares(tmp_path: Path) -> None:
    wide = PackedPicture("wide.png", encode(9, (50, 20)), 1, (0,), "train")
    write_parts([wide], [AGE], tmp_path, most_bytes=10**6)
    pixels = read_parts(tmp_path, 16).pixels
    assert pixels.dtype == np.uint8
    assert pixels.shape == (1, 3, 16, 16)
