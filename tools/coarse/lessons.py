"""Pictures, and what CenterFace sees in them, or in the same twice as large as well."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from genderlens.detection.faces import CENTERFACE
from genderlens.detection.networks.face import COARSE_CELL_PX
from genderlens.detection.networks.planes import STRIDE as FINE_PX
from genderlens.detection.sound import read_graph
from genderlens.graphs.runtime import Session
from tools.coarse.design import Design
from tools.coarse.tiles import CoarseTiles
from tools.spoiling import Pixels

_LARGE_PX: Final = 64.0
_UPRIGHT: Final = 60.0
"""Degrees up to which a face stands."""
_LEAST_SCORE: Final = 0.3
_BATCH: Final = 8

Cells = NDArray[np.float16]
_Values = NDArray[np.float32]


class CoarseLessons:
    """``pixels`` N×S×S×3, ``cells`` N×15×S/8×S/8, and N times whether a face lies in the picture.

    Channels: score; logarithms of the box's height and width in cells; its centre's offsets down
    and across in cells; five points, each down and across in shares of the box from its upper left.
    Where CenterFace sees several faces in a cell, it is the one that scores most.
    """

    def __init__(self, pixels: Pixels, cells: Cells, *, standing: bool = True) -> None:
        """``standing``: faces that lie are none, though CenterFace often takes them for upright."""
        self.pixels, self.standing = pixels, standing
        self.cells, self.lying = cells, np.zeros(len(cells), np.bool_)
        if standing:
            self.cells, self.lying = _without_lying(cells)

    def __len__(self) -> int:
        return len(self.pixels)


def prepare_lessons(
    tiles: CoarseTiles, design: Design, count: int, folder: Path, name: str
) -> CoarseLessons:
    """So many lessons; those that ``folder`` holds under the name already are taken as they are.

    ``tiles`` are ``design.larger`` times as large as what is taught.
    """
    paths = [folder / f"{name}.{part}.npy" for part in ("pixels", "cells")]
    if not all(path.is_file() for path in paths):
        pixels, cells = _draw(tiles, count, design.larger)
        np.save(paths[0], pixels)
        np.save(paths[1], cells)
    return CoarseLessons(*(np.load(path) for path in paths), standing=design.standing)


def _without_lying(cells: Cells) -> tuple[Cells, NDArray[np.bool_]]:
    """The cells of faces that lean by less than ``_UPRIGHT``, and which pictures had others."""
    values = cells.astype(np.float32)
    eyes, mouth = ((values[:, row : row + 2] + values[:, row + 2 : row + 4]) / 2 for row in (5, 11))
    down, across = np.moveaxis((mouth - eyes) * np.exp(values[:, 1:3]), 1, 0)
    lies = np.degrees(np.abs(np.arctan2(across, down))) > _UPRIGHT
    kept = cells.copy()
    kept[:, 0][lies] = 0.0
    return kept, ((values[:, 0] > _LEAST_SCORE) & lies).any((1, 2))


def _draw(tiles: CoarseTiles, count: int, larger: int) -> tuple[Pixels, Cells]:
    """Pictures and cells, lying faces among them."""
    session = Session(read_graph(CENTERFACE), threads=1, name=str(CENTERFACE))
    pixels, cells = [], []
    for start in tqdm(range(0, count, _BATCH), desc="lessons", unit="batch", mininterval=10):
        drawn = tiles.draw(min(_BATCH, count - start))
        small = _shrink(drawn, larger)
        seen = _coarser(session.run({session.input_name: small})[:4], 1)
        if larger > 1:
            fine = _coarser(session.run({session.input_name: drawn})[:4], larger)
            seen = _best_of(fine, seen)
        pixels.append(small)
        cells.append(seen.astype(np.float16))
    return np.concatenate(pixels), np.concatenate(cells)


def _shrink(pixels: Pixels, times: int) -> Pixels:
    """The means of squares of so many pixels."""
    count, side = pixels.shape[:2]
    shape = (count, side // times, times, side // times, times, 3)
    means = pixels.reshape(shape).astype(np.float32).mean((2, 4))
    shrunk: Pixels = np.round(means).astype(np.uint8)
    return shrunk


def _best_of(fine: _Values, near: _Values) -> _Values:
    """Of cells N×15×h×w seen at twice the size and as they are: what is sure of large faces."""
    side = COARSE_CELL_PX * np.exp(near[:, 1:3].mean(1, keepdims=True))
    taken = (side >= _LARGE_PX) & (near[:, :1] > fine[:, :1])
    return np.where(taken, near, fine)


def _coarser(planes: list[_Values], larger: int) -> _Values:
    """CenterFace's planes of a picture ``larger`` times as large → N×15×h×w of cells of 8 px."""
    heat, size, offset, points = planes
    times = larger * COARSE_CELL_PX // FINE_PX
    rows, columns = heat.shape[2:]
    places = _middles(rows, columns) + offset
    scores = _blocks(heat, times)
    best = scores.argmax(-1)[..., None]
    chosen = [
        np.take_along_axis(_blocks(one, times), best, -1)[..., 0] for one in (places, size, points)
    ]
    moved = chosen[0] / times - _middles(rows // times, columns // times)
    top = np.take_along_axis(scores, best, -1)[..., 0]
    return np.concatenate([top, chosen[1] - np.log(times), moved, chosen[2]], 1)


def _middles(rows: int, columns: int) -> _Values:
    """1×2×h×w: how far down and across the middle of each cell lies, in cells."""
    down, across = np.meshgrid(np.arange(rows) + 0.5, np.arange(columns) + 0.5, indexing="ij")
    middles: _Values = np.stack([down, across])[None].astype(np.float32)
    return middles


def _blocks(values: _Values, times: int) -> _Values:
    """N×C×H×W → N×C×H/t×W/t×t²."""
    count, channels, rows, columns = values.shape
    shape = (count, channels, rows // times, times, columns // times, times)
    blocks = values.reshape(shape).transpose(0, 1, 2, 4, 3, 5)
    return blocks.reshape(*blocks.shape[:4], -1)
