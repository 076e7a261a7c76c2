"""Views are data: what they cut, and that the plain one changes nothing."""

from __future__ import annotations

import pytest

from genderlens.inference.classifiers import VIEWS, TtaView
from genderlens.pictures.regions import Region
from genderlens.types import TTA, Box

SQUARE = Region(Box(10.0, 20.0, 110.0, 120.0), 17.0)


def test_every_name_has_views_and_the_first_is_plain() -> None:
    assert tuple(VIEWS) == TTA
    assert {views[0] for views in VIEWS.values()} == {TtaView()}
    assert [len(VIEWS[name]) for name in TTA] == [1, 2, 6]
    for views in VIEWS.values():
        assert len(set(views)) == len(views)


def test_the_plain_view_cuts_what_the_bundle_says() -> None:
    assert TtaView().region(SQUARE) == SQUARE
    assert TtaView(flip=True).region(SQUARE) == SQUARE


@pytest.mark.parametrize("scale", [0.9, 1.1])
def test_scaling_keeps_the_centre(scale: float) -> None:
    region = TtaView(scale=scale).region(SQUARE)
    assert region.box.center == pytest.approx(SQUARE.box.center)
    assert region.box.width == pytest.approx(scale * SQUARE.box.width)
    assert region.box.height == pytest.approx(scale * SQUARE.box.height)
    assert region.roll == SQUARE.roll
