"""The losses of one head."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional

from genderlens.recipe import Recipe
from genderlens.training.head_loss import distance_loss, is_right, label_loss, taught_loss
from genderlens.training.inputs.classes import ClassIndex, count_outputs, shipped_outputs
from genderlens.training.loss import HeadsLoss
from training.targets import plain_targets, with_teacher
from training.tiny import TINY, tiny

HEADS = {
    "look": {"labels": ["a", "b", "c"], "kind": "ordinal", "distance": 0.5, "weight": 2.0},
    "race": {"ship": False, "weight": 0.1},
    "age_group": {"labels": ["young", "old"], "column": "age", "weight": 0.3},
}
FURTHER = [ClassIndex("race", ("x", "y", "z")), ClassIndex("age_group", ("young", "old"), "binary")]


@pytest.fixture
def outputs() -> torch.Tensor:
    return torch.randn(4, 7, generator=torch.Generator().manual_seed(0))


def looks(**changes: object) -> Recipe:
    return Recipe.model_validate(TINY | {"heads": HEADS} | changes)


def test_two_labels_cost_the_same_as_one_logit_and_as_two() -> None:
    logits, labels = torch.tensor([[2.0], [-1.0]]), torch.tensor([1.0, 1.0])
    pair = torch.cat([torch.zeros(2, 1), logits], 1)
    for smoothing in (0.0, 0.1):
        one = label_loss("binary", logits, labels, smoothing)
        torch.testing.assert_close(one, label_loss("categorical", pair, labels, smoothing))
    torch.testing.assert_close(
        taught_loss("binary", logits, torch.tensor([0.5, 3.0]), 2.0),
        taught_loss("categorical", pair, torch.tensor([[0.0, 0.5], [0.0, 3.0]]), 2.0),
    )
    assert is_right("binary", logits, labels).tolist() == [True, False]
    assert is_right("categorical", pair, labels).tolist() == [True, False]


def test_the_distance_counts_how_far_off_an_answer_is() -> None:
    sure = torch.eye(3) * 50
    assert distance_loss(sure, torch.tensor([0.0, 0.0, 0.0])).tolist() == pytest.approx([0, 0.5, 1])
    (doubt,) = distance_loss(torch.zeros(1, 3), torch.tensor([1.0])).tolist()
    assert doubt == pytest.approx(1 / 3)


def test_the_answer_and_further_heads_are_weighed(outputs: torch.Tensor) -> None:
    labels = torch.tensor([0.0, 1.0, 2.0, 2.0])
    classes = torch.tensor([[0, 1], [-1, 0], [2, -1], [1, 1]])
    look = functional.cross_entropy(outputs[:, :3], labels.long())
    look = look + 0.5 * distance_loss(outputs[:, :3], labels).mean()
    race = functional.cross_entropy(outputs[[0, 2, 3], 3:6], torch.tensor([0, 2, 1]))
    age = functional.binary_cross_entropy_with_logits(
        outputs[[0, 1, 3], 6], torch.tensor([1.0, 0.0, 1.0])
    )
    found = HeadsLoss(looks(), FURTHER)(outputs, plain_targets(labels, classes))
    torch.testing.assert_close(found, 2.0 * look + 0.1 * race + 0.3 * age)


def test_a_teacher_of_three_words_is_heard() -> None:
    recipe = looks(
        teacher=["x"], distill={"weight": 1.0}, heads={"look": {"labels": ["a", "b", "c"]}}
    )
    outputs = torch.randn(2, 3, generator=torch.Generator().manual_seed(1), requires_grad=True)
    targets = with_teacher(plain_targets(torch.tensor([0.0, 2.0])), outputs.detach())
    HeadsLoss(recipe, [])(outputs, targets).backward()
    assert outputs.grad is not None
    assert float(outputs.grad.abs().max()) < 1e-6


def test_heads_that_only_teach_are_cut_off() -> None:
    recipe = looks()
    assert count_outputs(recipe.head, FURTHER) == 7
    assert shipped_outputs(recipe, FURTHER) == [0, 1, 2, 6]
    alias = tiny(data={"auxiliary": {"race": 0.1}})
    assert shipped_outputs(alias, FURTHER[:1]) == [0]
    assert math.isclose(alias.weight, 1.0)
