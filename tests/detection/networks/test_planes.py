"""Cells to faces, whatever a network says."""

from __future__ import annotations

import numpy as np
import pytest

from genderlens.detection.networks.planes import decode, suppress


def _planes(size: tuple[float, float], cell: tuple[int, int] = (1, 2)) -> list[np.ndarray]:
    heat = np.zeros((1, 4, 4), np.float32)
    heat[0, *cell] = 0.9
    sizes = np.asarray(size, np.float32)[:, None, None] + np.zeros((2, 4, 4), np.float32)
    return [heat, sizes, np.zeros((2, 4, 4), np.float32), np.zeros((10, 4, 4), np.float32)]


@pytest.mark.parametrize("cell_px", [4, 8])
def test_lengths_are_in_cells(cell_px: int) -> None:
    found = decode(_planes((np.log(2.0), np.log(1.0))), 0.5, cell_px)
    x, y = 2.5 * cell_px, 1.5 * cell_px
    across, down = cell_px / 2, cell_px
    assert found.boxes.tolist() == [[x - across, y - down, x + across, y + down]]
    assert found.points[0].tolist() == [[x - across, y - down]] * 5


@pytest.mark.parametrize("size", [(-20.0, 1.0), (1.0, -20.0), (-9.0, -9.0)])
def test_a_box_of_no_pixels_is_none(size: tuple[float, float]) -> None:
    found = decode(_planes(size), 0.5)
    assert found.boxes.shape == (0, 4)
    assert found.points.shape == (0, 5, 2)
    assert suppress(found.boxes, found.scores, 0.3) == []
