from __future__ import annotations

import numpy as np
from PIL import Image

from genderlens.inference.heat import PANEL_PX, colour, draw_panel, overlay, spread


def test_colours_grow_lighter_with_the_heat() -> None:
    light = colour(np.linspace(0.0, 1.0, 64)[None]).astype(float) @ [0.299, 0.587, 0.114]
    assert (np.diff(light[0]) >= -0.5).all()
    assert light[0, -1] - light[0, 0] > 150


def test_the_strongest_place_counts_as_one() -> None:
    heat = np.zeros((4, 4))
    heat[0, 3] = 0.02
    even = spread(heat, (64, 32))
    assert even.shape == (32, 64)
    assert even.max() > 0.95
    assert np.unravel_index(even.argmax(), even.shape)[1] > 40
    assert even[16:, :32].max() < 0.05


def test_no_heat_at_all_stays_none() -> None:
    assert spread(np.zeros((3, 3)), (9, 9)).max() == 0.0


def test_only_hot_places_change_colour() -> None:
    crop, heat = Image.new("RGB", (80, 80), (120, 120, 120)), np.zeros((4, 4))
    heat[:2, :2] = 1.0
    drawn = np.asarray(overlay(crop, heat)).astype(int)
    assert np.abs(drawn[60:, 60:] - 120).max() <= 6
    assert np.abs(drawn[:20, :20] - 120).max() > 60


def test_a_panel_has_both_pictures_and_its_lines() -> None:
    crop = Image.new("RGB", (PANEL_PX // 2, PANEL_PX), (90, 60, 30))
    panel = np.asarray(draw_panel(crop, np.ones((2, 2)), ("male 98.0%", "right: what spoke")))
    assert panel.shape[1] > 2 * crop.width
    assert (panel[20, 20] == (90, 60, 30)).all()
    assert (panel[20, crop.width + 30] != (90, 60, 30)).any()
    assert (panel[crop.height + 10 :] < 100).any()
