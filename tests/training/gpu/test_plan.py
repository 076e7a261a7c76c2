from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from genderlens.errors import RecipeError
from genderlens.training.gpu.plan import TrainingPlan
from genderlens.training.gpu.plan_files import list_plans, load_plan

STAGE: dict[str, Any] = {"name": "one", "architecture": "compact_resnet", "side": 32, "share": 1.0}
FIRST, SECOND = STAGE | {"name": "first", "fold": 0}, STAGE | {"name": "second", "fold": 1}
STUDENT, BOTH = STAGE | {"name": "student"}, ["first", "second"]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    plan = load_plan("default")
    plan.write(tmp_path / "plan.json")
    assert TrainingPlan.read(tmp_path / "plan.json") == plan


@pytest.mark.parametrize("name", list_plans())
def test_shipped_plans_use_all_their_time_and_run_without_a_limit(name: str) -> None:
    plan = load_plan(name)
    assert sum(stage.share for stage in plan.stages) == pytest.approx(1.0)
    assert all(stage.epochs for stage in plan.stages)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"stages": []}, "has no stages"),
        ({"stages": [STAGE], "sed": 1}, "the plan has no 'sed'; did you mean 'seed'"),
        ({"stages": [STAGE | {"sied": 3}]}, "stage 'one' has no 'sied'; did you mean 'side'"),
        ({"stages": [STAGE | {"views": {"scal": 1}}]}, "views of stage 'one' has no 'scal'"),
        ({"stages": [{"name": "one"}]}, "stage 'one' is not complete"),
        (
            {"stages": [STAGE, STAGE | {"name": "two", "teachers": ["on"]}]},
            "asks teacher 'on', which is no stage before it; did you mean 'one'",
        ),
        ({"stages": [STAGE | {"teachers": ["one"]}]}, "no stage before it"),
        ({"stages": [STAGE | {"fold": 0}], "folds": 0}, "leaves out fold 0 of 0; count from 0"),
        ({"stages": [STAGE | {"fold": 2}], "folds": 2}, "leaves out fold 2 of 2; count from 0"),
        (
            {"stages": [FIRST, STUDENT | {"teachers": ["first"]}], "folds": 2},
            "of the teachers of stage 'student' none left out fold 1; give one for each fold",
        ),
        (
            {
                "stages": [STAGE, FIRST, SECOND, STUDENT | {"teachers": [*BOTH, "one"]}],
                "folds": 2,
            },
            "one of them has seen all faces",
        ),
        (
            {"stages": [STAGE, FIRST | {"start": "one"}], "folds": 2},
            "'first' leaves out fold 0, but an earlier stage that may have seen it",
        ),
    ],
)
def test_faults_are_named(data: dict[str, Any], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        TrainingPlan.parse(data)


def test_an_unknown_plan_is_named() -> None:
    with pytest.raises(RecipeError, match="defualt"):
        load_plan("defualt")
