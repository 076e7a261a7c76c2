"""Squares that teach: drawn alike each time, and never of what is held out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tools.proposals.tiles import Tiles

from genderlens.data.manifest import Manifest
from genderlens.errors import DataError

SIDE = 64


def test_tiles_are_drawn_alike_each_time(crops: Manifest, scenes: Path) -> None:
    one, other = (Tiles(crops, scenes, side=SIDE, seed=4) for _ in range(2))
    first = one.draw(12)
    assert first.shape == (12, SIDE, SIDE, 3)
    assert first.dtype == np.uint8
    assert np.array_equal(first, other.draw(12))
    assert not np.array_equal(first, one.draw(12))


def test_what_is_held_out_is_never_taught(crops: Manifest, scenes: Path) -> None:
    taught, held_out = (Tiles(crops, scenes, share=share) for share in ("taught", "held out"))
    assert not {*taught._faces} & {*held_out._faces}
    assert len(taught._faces) + len(held_out._faces) == len(crops)
    scenes_of = [{scene.tobytes() for scene in one._scenes} for one in (taught, held_out)]
    assert not scenes_of[0] & scenes_of[1]


def test_a_folder_without_scenes_is_told(crops: Manifest, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no file \*\.jpg; give a folder"):
        Tiles(crops, tmp_path)
