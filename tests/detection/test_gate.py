"""The gate decides from boxes and scores alone."""

from __future__ import annotations

import pytest

from genderlens.detection.gate import (
    Prominence,
    face_prominence,
    judge_faces,
    judge_people,
    person_prominence,
)
from genderlens.settings import Settings
from genderlens.types import Box, Detection, Outcome

SIZE = (1000, 500)
RULE = Prominence(
    min_score=0.5, min_side_px=20, min_area=0.001, min_height=0.05, min_relative_area=0.25
)


def face(side: float, score: float = 0.9, left: float = 0.0) -> Detection:
    return Detection(Box(left, 0.0, left + side, side), score)


def test_largest_comes_first() -> None:
    assert RULE.select([face(60), face(100), face(80)], SIZE) == [face(100), face(80), face(60)]


@pytest.mark.parametrize(
    "found",
    [
        face(100, score=0.49),
        Detection(Box(0, 0, 10, 100), 0.9),
        face(22),
        Detection(Box(0, 0, 100, 24), 0.9),
    ],
    ids=["score", "side", "area", "height"],
)
def test_each_threshold_excludes(found: Detection) -> None:
    rule = RULE if found.box.width != 22 else Prominence(0.5, 20, 0.01, 0.01, 0.25)
    assert rule.select([found], SIZE) == []


def test_faces_in_the_background_do_not_count() -> None:
    assert RULE.select([face(200), face(99), face(101)], SIZE) == [face(200), face(101)]


def test_a_small_face_counts_where_it_is_the_largest() -> None:
    assert RULE.select([face(30)], SIZE) == [face(30)]


@pytest.mark.parametrize("policy", ["single", "largest", "all"])
def test_nobody_is_refused_under_every_policy(policy: str) -> None:
    assert judge_faces([], policy).refusal is Outcome.NO_PERSON  # type: ignore[arg-type]


def test_single_refuses_several_and_counts_them() -> None:
    verdict = judge_faces([face(90), face(80), face(70)], "single")
    assert (verdict.refusal, verdict.person_count, verdict.faces) == (Outcome.MANY_PEOPLE, 3, ())


def test_largest_takes_one_and_all_takes_every_face() -> None:
    faces = [face(90), face(80)]
    assert judge_faces(faces, "largest").faces == (face(90),)
    assert judge_faces(faces, "all").faces == tuple(faces)
    assert judge_faces(faces, "all").person_count == 2


def test_people_refuse_before_faces_are_looked_at() -> None:
    assert judge_people([], "largest").refusal is Outcome.NO_PERSON  # type: ignore[union-attr]
    refused = judge_people([face(300), face(200)], "single")
    assert refused is not None
    assert refused.refusal is Outcome.MANY_PEOPLE
    assert judge_people([face(300)], "single") is None
    assert judge_people([face(300), face(200)], "all") is None


def test_settings_carry_the_thresholds() -> None:
    settings = Settings(face_min_score=0.6, face_min_side_px=33, person_min_area=0.2)
    assert face_prominence(settings).min_score == 0.6
    assert face_prominence(settings).min_side_px == 33
    assert person_prominence(settings).min_area == 0.2
