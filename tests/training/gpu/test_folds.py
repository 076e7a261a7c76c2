"""Nobody judges a face that taught it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from torch import Tensor, nn

from genderlens.training.gpu.device_faces import DeviceFaces
from genderlens.training.gpu.parts import Faces
from genderlens.training.gpu.plan import Stage, TrainingPlan
from genderlens.training.gpu.stage import StageRun, Watcher
from genderlens.training.gpu.teachers import Teacher
from genderlens.training.gpu.views import ViewRecipe

NOTHING = ViewRecipe(**dict.fromkeys(ViewRecipe.__dataclass_fields__, 0.0))
STAGE = Stage(
    "one", "compact_resnet", 8, 1.0, batch=8, mixup_p=1.0, mixup_alpha=1.0, epochs=4, views=NOTHING
)
PLAN = TrainingPlan((STAGE,), folds=2, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))
DARK, BRIGHT = 50, 200


class Witness(nn.Module):
    """A network that remembers how bright every picture was that it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 1)
        self.seen: list[float] = []

    def forward(self, values: Tensor) -> Tensor:
        self.seen += (values.mean((1, 2, 3)) * 255.0).tolist()
        answer: Tensor = self.layer(values.mean((2, 3)))
        return answer


def make_faces() -> DeviceFaces:
    """Forty that teach, those of fold 0 dark and of fold 1 bright, and four held out."""
    splits = np.array([0] * 40 + [1] * 4, np.int8)
    labels = (np.arange(44) % 2).astype(np.float32)
    blank = Faces(np.zeros((44, 3, 8, 8), np.uint8), labels, np.zeros((44, 0), int), splits, (), ())
    folds = DeviceFaces.of(blank, PLAN, "cpu").folds.numpy()
    shades = np.where(folds == 0, DARK, BRIGHT).astype(np.uint8)
    pixels = np.broadcast_to(shades.reshape(44, 1, 1, 1), (44, 3, 8, 8)).copy()
    return DeviceFaces.of(Faces(pixels, labels, blank.classes, splits, blank.uris, ()), PLAN, "cpu")


def run(stage: Stage, teachers: list[Teacher], network: nn.Module) -> None:
    silent = Watcher(lambda _: None, lambda _: None)
    StageRun(stage, network, make_faces(), teachers, watcher=silent).run()


def test_folds_have_as_many_faces_of_each_label() -> None:
    faces = make_faces()
    for fold in (0, 1):
        labels = faces.labels[faces.folds == fold]
        assert len(labels) == 20
        assert float(labels.sum()) == 10.0
    assert (faces.folds[faces.judging] == -1).all()


@pytest.mark.parametrize(("fold", "shade"), [(0, BRIGHT), (1, DARK)])
def test_a_stage_never_sees_the_fold_that_it_leaves_out(fold: int, shade: int) -> None:
    network = Witness()
    run(with_fields(fold=fold), [], network)
    assert len(network.seen) >= 4 * 16
    assert network.seen == pytest.approx([shade] * len(network.seen), abs=0.01)


@pytest.mark.parametrize("pairs", [False, True])
def test_each_face_is_judged_by_the_teacher_that_has_not_seen_it(pairs: bool) -> None:
    first, second = Witness().eval(), Witness().eval()
    teachers = [Teacher(first, 8, fold=0), Teacher(second, 8, fold=1)]
    run(with_fields(pairs=pairs), teachers, Witness())
    assert len(first.seen) + len(second.seen) >= 4 * 32
    assert first.seen == pytest.approx([DARK] * len(first.seen), abs=0.01)
    assert second.seen == pytest.approx([BRIGHT] * len(second.seen), abs=0.01)


def test_teachers_without_folds_judge_all_in_turn() -> None:
    teachers = [Teacher(Witness().eval(), 8), Teacher(Witness().eval(), 8)]
    run(with_fields(mixup_p=0.0), teachers, Witness())
    for teacher in teachers:
        shades = {math.floor(shade + 0.5) for shade in teacher.network.seen}  # type: ignore[union-attr, operator]
        assert shades == {DARK, BRIGHT}


def with_fields(**changes: Any) -> Stage:
    return Stage(**(vars(STAGE) | changes))
