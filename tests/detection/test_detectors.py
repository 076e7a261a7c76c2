"""Every face detector that is shipped is complete."""

from __future__ import annotations

import pytest

import photos
from genderlens.detection.confirm import LooksAgain, LooksTurned
from genderlens.detection.detectors import DEFAULT, DETECTORS, create_detector, find_detector
from genderlens.detection.upright import LooksCloser
from genderlens.errors import DetectorError


@pytest.mark.parametrize("name", sorted(DETECTORS))
def test_it_finds_a_face_and_looks_as_its_plan_says(name: str) -> None:
    known = find_detector(name)
    detector = create_detector(name)
    assert len(detector.detect(photos.portrait())) == 1
    for ability in (LooksAgain, LooksTurned, LooksCloser):
        assert isinstance(detector, ability)
    assert known.graph.is_file()
    assert known.graph.with_name("LICENSE").is_file()
    assert known.looks.coarse is not None
    assert len(known.digest("auto")) == 64


def test_the_default_is_one() -> None:
    assert find_detector() is DETECTORS[DEFAULT]


def test_a_name_that_is_none_is_answered_with_those_there_are() -> None:
    with pytest.raises(DetectorError, match=r"give one of centerface; did you mean 'centerface'"):
        create_detector("centreface")
