"""What frames say together, and how much each of them says."""

from __future__ import annotations

import pytest
from PIL import Image, ImageFilter

import photos
from genderlens.heads.default import GENDER
from genderlens.types import Box, Outcome
from genderlens.video.evidence import ENOUGH_FRAMES, Evidence, weigh
from genderlens.video.motion import Motion
from genderlens.video.tracker import MOST_GAP_S, MOST_UNSEEN_S, Tracker

FACE = Box(178, 55, 271, 179)


def answer_of(*frames: tuple[float, float], abstain_below: float = 0.8) -> Outcome:
    evidence = Evidence()
    for log_odds, weight in frames:
        evidence.add([log_odds], weight)
    return evidence.answer(GENDER, abstain_below).outcome


def test_it_is_the_weighted_mean_of_log_odds() -> None:
    evidence = Evidence()
    evidence.add([4.0], 1.0)
    evidence.add([-2.0], 0.5)
    assert evidence.answer(GENDER, 0.5).positive_share == pytest.approx(
        1 / (1 + 2.718281828**-2), 1e-6
    )


def test_more_frames_of_the_same_doubt_are_no_certainty() -> None:
    assert answer_of(*[(1.0, 1.0)] * 1000) is Outcome.UNCERTAIN
    assert answer_of(*[(3.0, 1.0)] * 3) is Outcome.CLASSIFIED


def test_few_frames_are_not_enough_however_sure_they_are() -> None:
    assert ENOUGH_FRAMES > 2
    assert answer_of((20.0, 1.0), (20.0, 1.0)) is Outcome.UNCERTAIN
    assert answer_of((20.0, 1.0), *[(20.0, 0.01)] * 5) is Outcome.UNCERTAIN


def test_small_and_blurred_faces_say_less() -> None:
    sharp = photos.portrait()
    blurred = sharp.filter(ImageFilter.GaussianBlur(4))
    small = sharp.resize((128, 128), Image.Resampling.BOX)
    whole = weigh(sharp, FACE)
    assert 0.9 < whole <= 1.0
    assert 0.0 < weigh(blurred, FACE) < 0.5 * whole
    corners = (FACE.left, FACE.top, FACE.right, FACE.bottom)
    assert 0.0 < weigh(small, Box(*(x / 4 for x in corners))) < 0.5 * whole
    assert weigh(sharp, Box(600, 600, 700, 700)) == pytest.approx(0.0, abs=0.06)


def test_a_face_is_expected_where_it_is_going() -> None:
    motion = Motion.start(Box(0, 0, 50, 60))
    for step in range(1, 6):
        motion = motion.after(0.2).seen(Box(20 * step, 0, 20 * step + 50, 60))
    assert motion.after(0.2).box.left == pytest.approx(120, abs=8)
    assert motion.after(0.2).box.width == pytest.approx(50, abs=2)


def test_a_face_that_is_hidden_for_a_moment_keeps_its_track() -> None:
    tracker = Tracker()
    for time_s in (0.0, 0.2, 0.4, 0.4 + 0.9 * MOST_GAP_S):
        box = Box(100 * time_s, 10, 100 * time_s + 60, 90)
        ((face,), _) = tracker.update(time_s, [box])
        assert face.number == 1
    tracker.update(face.end_s + 0.2, [])
    found, ended = tracker.update(face.end_s + 1.1 * MOST_GAP_S, [box])
    assert [one.number for one in found] == [2]
    assert [one.number for one in ended] == [1]


def test_looks_that_are_far_apart_break_no_track_until_nobody_could_tell() -> None:
    """Who was there at the last look, whenever that was, may be there still."""
    tracker, box = Tracker(), Box(10, 10, 70, 90)
    times = [2 * MOST_GAP_S * step for step in range(4)]
    assert [tracker.update(time_s, [box])[0][0].number for time_s in times] == [1, 1, 1, 1]
    tracker.update(times[-1] + 0.1, [])
    found, ended = tracker.update(times[-1] + 1.1 * MOST_GAP_S, [box])
    assert ([one.number for one in found], [one.number for one in ended]) == ([2], [1])
    found, _ = tracker.update(times[-1] + 1.1 * MOST_GAP_S + 1.1 * MOST_UNSEEN_S, [box])
    assert [one.number for one in found] == [3]
