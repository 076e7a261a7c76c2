from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from genderlens.training.inputs.classes import ClassIndex
from genderlens.training.loss import HeadsLoss, Targets, mix
from training.targets import plain_targets, with_teacher
from training.tiny import tiny

AGES = ClassIndex("age", ("young", "old", "very old"))
LABELS = torch.tensor([1.0, 0.0, 1.0])


def entropy(logits: Tensor, wanted: Tensor) -> Tensor:
    return functional.binary_cross_entropy_with_logits(logits, wanted)


@pytest.fixture
def outputs() -> Tensor:
    return torch.randn(3, 4, generator=torch.Generator().manual_seed(0))


def test_the_loss_is_smoothed_gender_plus_weighted_age(outputs: Tensor) -> None:
    recipe = tiny(data={"auxiliary": {"age": 0.5}}, optim={"label_smoothing": 0.1})
    targets = plain_targets(LABELS, torch.tensor([[0], [-1], [2]]))
    gender = entropy(outputs[:, 0], torch.tensor([0.9, 0.1, 0.9]))
    age = functional.cross_entropy(outputs[[0, 2], 1:], torch.tensor([0, 2]))
    torch.testing.assert_close(HeadsLoss(recipe, [AGES])(outputs, targets), gender + 0.5 * age)


def test_a_batch_without_any_known_class_has_a_loss_all_the_same() -> None:
    recipe = tiny(data={"auxiliary": {"age": 0.5}})
    targets = plain_targets(LABELS, torch.full((3, 1), -1))
    assert float(HeadsLoss(recipe, [AGES])(torch.zeros(3, 4), targets)) == pytest.approx(
        math.log(2)
    )


def test_rows_count_as_much_as_their_weight(outputs: Tensor) -> None:
    targets = plain_targets(LABELS)
    weighted = Targets(LABELS, targets.classes, torch.tensor([3.0, 0.0, 0.0]), targets.teacher)
    loss = HeadsLoss(tiny(), [])(outputs, weighted)
    torch.testing.assert_close(loss, entropy(outputs[:1, 0], LABELS[:1]))


def test_a_mixed_picture_has_both_labels(outputs: Tensor) -> None:
    order = torch.tensor([1, 2, 0])
    loss = HeadsLoss(tiny(), []).mixed(outputs, plain_targets(LABELS), order, 0.3)
    wanted = 0.3 * LABELS + 0.7 * LABELS[order]
    torch.testing.assert_close(loss, entropy(outputs[:, 0], wanted))


def test_mixing_keeps_the_share_of_the_first(outputs: Tensor) -> None:
    torch.manual_seed(0)
    pictures = torch.rand(8, 3, 4, 4)
    mixed, order, share = mix(pictures, 0.4)
    assert 0 <= share <= 1
    assert sorted(order.tolist()) == list(range(8))
    torch.testing.assert_close(mixed, share * pictures + (1 - share) * pictures[order])


def test_teachers_are_heard_with_their_weight_and_temperature(outputs: Tensor) -> None:
    recipe = tiny(teacher=["x"], distill={"weight": 0.25, "temperature": 2.0})
    log_odds = torch.tensor([4.0, -1.0, 0.0])
    loss = HeadsLoss(recipe, [])(outputs, with_teacher(plain_targets(LABELS), log_odds))
    hard = entropy(outputs[:, 0], LABELS)
    soft = entropy(outputs[:, 0] / 2, torch.sigmoid(log_odds / 2))
    torch.testing.assert_close(loss, 0.75 * hard + 0.25 * 4 * soft)


def test_a_student_that_agrees_with_its_teacher_has_no_gradient() -> None:
    recipe = tiny(teacher=["x"], distill={"weight": 1.0})
    outputs = torch.tensor([[2.0], [-1.0], [0.5]], requires_grad=True)
    targets = with_teacher(plain_targets(LABELS), outputs.detach()[:, 0])
    HeadsLoss(recipe, [])(outputs, targets).backward()
    assert outputs.grad is not None
    assert float(outputs.grad.abs().max()) < 1e-7
