from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from genderlens.errors import RecipeError
from genderlens.training.gpu.plan import TrainingPlan
from genderlens.training.gpu.plan_files import list_plans, load_plan

STAGE: dict[str, Any] = {"name": "one", "architecture": "compact_resnet", "side": 32, "share": 1.0}


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    plan = load_plan("default")
    plan.write(tmp_path / "plan.json")
    assert TrainingPlan.read(tmp_path / "plan.json") == plan


@pytest.mark.parametrize("name", list_plans())
def test_shipped_plans_use_all_their_time(name: str) -> None:
    assert sum(stage.share for stage in load_plan(name).stages) == pytest.approx(1.0)


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
    ],
)
def test_faults_are_named(data: dict[str, Any], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        TrainingPlan.parse(data)


def test_an_unknown_plan_is_named() -> None:
    with pytest.raises(RecipeError, match="defualt"):
        load_plan("defualt")
