from __future__ import annotations

import dataclasses

import pytest
import torch
from torch.nn import functional

from genderlens.training.gpu.batches import mix
from genderlens.training.gpu.loss import Drawn, StageLoss
from genderlens.training.gpu.parts import PackedAttribute
from genderlens.training.gpu.plan import Stage

STAGE = Stage("one", "compact_resnet", 32, 1.0, smoothing=0.0, group_power=0.0)
AGE = PackedAttribute("age", ("old", "young"), 0.5)


def batch(groups: list[int] | None = None, classes: list[int] | None = None) -> Drawn:
    labels = torch.tensor([1.0, 0.0, 1.0, 0.0])
    return Drawn(
        torch.rand(4, 3, 8, 8),
        labels,
        torch.tensor(classes or [-1] * 4).view(4, 1),
        torch.tensor(groups or [0] * 4),
    )


def test_without_anything_else_it_is_binary_cross_entropy() -> None:
    logits = torch.tensor([[2.0], [-1.0], [0.5], [3.0]])
    drawn = batch()
    loss = StageLoss(STAGE, (), 1)(logits, drawn, None)
    plain = functional.binary_cross_entropy_with_logits(logits[:, 0], drawn.labels)
    assert float(loss) == pytest.approx(float(plain))


def test_a_teacher_counts_with_its_weight() -> None:
    stage = dataclasses.replace(STAGE, teacher_weight=1.0)
    logits = torch.tensor([[2.0], [-1.0], [0.5], [3.0]], requires_grad=True)
    StageLoss(stage, (), 1)(logits, batch(), logits.detach().clone()).backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert float(logits.grad.abs().max()) < 1e-6


def test_a_group_that_does_badly_weighs_more_with_time() -> None:
    stage = dataclasses.replace(STAGE, group_power=1.0)
    loss, logits = StageLoss(stage, (), 2), torch.tensor([[-3.0], [3.0], [3.0], [-3.0]])
    logits.requires_grad_()
    drawn = batch(groups=[0, 0, 1, 1])
    for _ in range(200):
        logits.grad = None
        loss(logits, drawn, None).backward()  # type: ignore[no-untyped-call]
    plain = torch.sigmoid(logits.detach()[:, 0]) - drawn.labels
    assert logits.grad is not None
    weights = logits.grad[:, 0] / plain * 4
    assert float(weights[0]) > 1.5 > 0.5 > float(weights[3])


def test_an_unknown_class_teaches_nothing() -> None:
    loss = StageLoss(STAGE, (AGE,), 1)
    outputs = torch.tensor([[0.0, 1.0, 4.0]] * 4)
    unknown = loss(outputs, batch(), None)
    known = loss(outputs, batch(classes=[0, -1, -1, -1]), None)
    assert float(unknown) == pytest.approx(0.6931, abs=1e-3)
    assert float(known) > float(unknown) + 0.5


def test_both_copies_of_a_face_are_mixed_with_the_same_other() -> None:
    torch.manual_seed(0)
    own = torch.arange(4.0).view(4, 1, 1, 1).expand(4, 3, 2, 2)
    drawn = Drawn(
        torch.cat([own, own]),
        torch.arange(4.0).repeat(2),
        torch.zeros(8, 1, dtype=torch.long),
        torch.zeros(8, dtype=torch.long),
    )
    mixed = mix(drawn, 0.7, copies=2)
    assert torch.equal(mixed.views[:4], mixed.views[4:])
    assert torch.allclose(mixed.views[:, 0, 0, 0], mixed.labels)
    assert not torch.equal(mixed.labels, drawn.labels)
    assert (mixed.classes == -1).all()
