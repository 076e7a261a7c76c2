"""The rule that an INT8 graph must hold."""

from __future__ import annotations

import time

import numpy as np
import pytest

from genderlens.bundle import InputSpec
from genderlens.calibration import Calibration
from genderlens.export.int8.verify import JudgedFaces, Loss, create_groups, interleave, measure_loss

SPEC = InputSpec(size_px=16, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))
COUNT = 400


def judged() -> JudgedFaces:
    """Half positive; the first hundred are group a, the others b."""
    groups = create_groups({"group": ["a"] * 100 + ["b"] * (COUNT - 100)})
    codes = (np.arange(COUNT) + 1) % 2
    return JudgedFaces(np.zeros((COUNT, 16, 16, 3), np.uint8), SPEC, codes, groups, Calibration())


def logits(wrong: int = 0) -> np.ndarray:
    """Right but for the first so many rows."""
    right = np.where(judged().codes == 1, 5.0, -5.0)
    right[:wrong] *= -1
    return right[:, None]


def test_the_same_answers_lose_nothing() -> None:
    loss = measure_loss(judged(), logits(), logits())
    assert loss.accuracy == loss.worst_group_lost == 0.0
    assert loss.broken_rules() == []


def test_losses_are_told_by_group() -> None:
    loss = measure_loss(judged(), logits(), logits(wrong=4))
    assert loss.accuracy == pytest.approx(0.01)
    assert (loss.worst_group, loss.worst_group_lost) == ("group=a", pytest.approx(0.04))
    clauses = " ".join(loss.broken_rules())
    assert "accuracy falls by 1.00%" in clauses
    assert "accuracy of group=a falls by 4.00%" in clauses
    assert "calibration error rises" in clauses


def test_a_loss_in_one_group_alone_breaks_the_rule() -> None:
    loss = measure_loss(judged(), logits(), logits(wrong=1))
    assert loss.accuracy < 0.003
    assert "accuracy of group=a falls by 1.00%" in loss.broken_rules()[0]


@pytest.mark.parametrize(
    ("loss", "broken"),
    [
        (Loss(0.003, "a", 0.007, 0.02, 0.02), 0),
        (Loss(0.0031, "a", 0.0, 0.02, 0.02), 1),
        (Loss(0.0, "a", 0.0071, 0.02, 0.02), 1),
        (Loss(0.0, "a", 0.0, 0.0204, 0.02), 0),
        (Loss(0.0, "a", 0.0, 0.021, 0.02), 1),
        (Loss(-0.01, "a", -0.01, 0.01, 0.02), 0),
    ],
)
def test_the_limits_are_those_documented(loss: Loss, broken: int) -> None:
    assert len(loss.broken_rules()) == broken


def test_small_groups_and_missing_values_judge_nothing() -> None:
    groups = create_groups({"age": ["young"] * 100 + ["old"] * 99 + [None] * 300})
    assert list(groups) == ["age=young"]
    assert groups["age=young"].sum() == 100


def test_calls_take_turns() -> None:
    order: list[str] = []
    calls = [lambda: order.append("a"), lambda: order.append("b")]
    first, second = interleave(calls, rounds=20, warm_up=2, clock=time.thread_time)
    assert len(first) == len(second) == 20
    assert order.count("a") == order.count("b") == 22
    assert {order[i : i + 2] == ["a", "b"] for i in range(0, 44, 2)} == {True, False}
