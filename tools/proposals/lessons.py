"""Tiles, and what CenterFace sees in them, in cells of 8 pixels; computed once and kept."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from genderlens.detection.faces import CENTERFACE
from genderlens.detection.planes import STRIDE as FINE_PX
from genderlens.detection.proposals import STRIDE
from genderlens.detection.sound import read_graph
from genderlens.graphs.runtime import Session
from tools.proposals.tiles import Pixels, Tiles

_BATCH: Final = 8
_FINER: Final = STRIDE // FINE_PX

Cells = NDArray[np.float16]


class Lessons:
    """``pixels`` N×S×S×3 and ``cells`` N×2×s×s: score 0..1, and log of the face's side in pixels.

    Where CenterFace sees several faces in a cell, it is the one that scores most.
    """

    def __init__(self, pixels: Pixels, cells: Cells) -> None:
        self.pixels, self.cells = pixels, cells

    def __len__(self) -> int:
        return len(self.pixels)


def prepare_lessons(tiles: Tiles, count: int, folder: Path, name: str) -> Lessons:
    """So many lessons; those that ``folder`` holds under the name already are taken as they are."""
    paths = [folder / f"{name}.{part}.npy" for part in ("pixels", "cells")]
    if not all(path.is_file() for path in paths):
        made = _draw(tiles, count)
        np.save(paths[0], made.pixels)
        np.save(paths[1], made.cells)
    return Lessons(*(np.load(path) for path in paths))


def _draw(tiles: Tiles, count: int) -> Lessons:
    session = Session(read_graph(CENTERFACE), threads=1, name=str(CENTERFACE))
    pixels, cells = [], []
    for start in tqdm(range(0, count, _BATCH), desc="lessons", unit="batch"):
        drawn = tiles.draw(min(_BATCH, count - start))
        heat, size = session.run({session.input_name: drawn})[:2]
        pixels.append(drawn)
        cells.append(_coarser(heat, size))
    return Lessons(np.concatenate(pixels), np.concatenate(cells))


def _coarser(heat: NDArray[np.float32], size: NDArray[np.float32]) -> Cells:
    """N×1×h×w and N×2×h×w of fine cells → N×2×h/2×w/2, of the best of each four."""
    side = size.mean(1, keepdims=True) + np.log(FINE_PX)
    scores, sides = _fours(heat), _fours(side)
    best = scores.argmax(-1)[..., None]
    chosen = [np.take_along_axis(one, best, -1)[..., 0] for one in (scores, sides)]
    return np.concatenate(chosen, 1).astype(np.float16)


def _fours(values: NDArray[np.float32]) -> NDArray[np.float32]:
    count, _, rows, columns = values.shape
    shape = (count, 1, rows // _FINER, _FINER, columns // _FINER, _FINER)
    blocks = values.reshape(shape).transpose(0, 1, 2, 4, 3, 5)
    return blocks.reshape(*blocks.shape[:4], -1)
