from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from genderlens.errors import RecipeError
from genderlens.recipe import list_recipes
from genderlens.recipe.sweep import SweepRecipe, list_sweeps, load_sweep, load_variation


def written(tmp_path: Path, **content: Any) -> str:
    path = tmp_path / "sweep.yaml"
    path.write_text(json.dumps({"recipe": "compact-resnet", **content}))
    return str(path)


def labels(**content: Any) -> list[str]:
    sweep = SweepRecipe.model_validate({"recipe": "compact-resnet", **content})
    return [variation.label for variation in sweep.list_variations()]


@pytest.mark.parametrize("name", list_sweeps())
def test_every_shipped_sweep_loads(name: str) -> None:
    assert load_sweep(name).list_variations()


def test_sweeps_are_no_recipes() -> None:
    assert "vgg" in list_sweeps()
    assert not {"vgg", "sweeps"} & set(list_recipes())


def test_the_grid_of_seed_003_has_its_twelve_rows() -> None:
    rows = load_sweep("vgg").list_variations()
    found = {
        tuple(row.changes.get(f"{part}") for part in (
            "model.architecture", "optim.optimizer", "optim.alpha", "optim.learning_rate"
        ))
        for row in rows
    }  # fmt: skip
    assert len(rows) == 12
    assert found == {
        (network, *optimiser, rate)
        for network in ("vgg16", "vgg19")
        for optimiser in (("adam", None), ("rmsprop", 0.9), ("rmsprop", 0.5))
        for rate in (1e-4, 5e-5)
    }
    assert rows[3].label == "vgg16, RMSProp alpha 0.9, learning rate 5e-05"


def test_the_last_key_varies_fastest() -> None:
    grid = {"model.architecture": ["a", "b"], "seed": [1, 2]}
    assert labels(grid=grid) == ["a, seed 1", "a, seed 2", "b, seed 1", "b, seed 2"]


def test_a_mapping_changes_several_keys_and_leaves_the_rest(tmp_path: Path) -> None:
    sweep = load_sweep(written(tmp_path, grid={"optim": [{"optimizer": "adam", "momentum": 0.8}]}))
    [row] = sweep.list_variations()
    assert row.label == "adam, momentum 0.8"
    recipe = load_variation(sweep.recipe, row, ["optim.batch_size=2"])
    assert (recipe.optim.optimizer, recipe.optim.momentum) == ("adam", 0.8)
    assert (recipe.optim.label_smoothing, recipe.optim.batch_size) == (0.03, 2)


def test_rows_carry_labels_or_name_what_they_change() -> None:
    rows = [{"label": "slow", "optim.learning_rate": 1e-5}, {"seed": 4, "optim.amp": True}, {}]
    assert labels(rows=rows) == ["slow", "seed 4, amp True", "as it is"]


def test_small_numbers_lists_and_words_arrive_as_they_were(tmp_path: Path) -> None:
    row = {"optim.learning_rate": 5e-5, "model.options.channels": [8, 8, 8, 8], "name": "1: no"}
    sweep = load_sweep(written(tmp_path, rows=[row]))
    recipe = load_variation(sweep.recipe, sweep.list_variations()[0], [])
    assert recipe.optim.learning_rate == 5e-5
    assert recipe.model.options == {"channels": [8, 8, 8, 8]}
    assert recipe.name == "1: no"


def test_a_recipe_beside_the_sweep_is_found(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("x")
    assert load_sweep(written(tmp_path, recipe="mine.yaml", grid={"seed": [1]})).recipe == str(
        tmp_path / "mine.yaml"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"grids": {"seed": [1]}}, "grids: Extra inputs are not permitted"),
        ({}, "give either grid or rows"),
        ({"grid": {}}, "give either grid or rows"),
        ({"rows": []}, "give either grid or rows"),
        ({"grid": {"seed": [1]}, "rows": [{"seed": 2}]}, "give either grid or rows"),
        ({"grid": {"seed": []}}, "seed has no values"),
        ({"grid": {"seed": 1}}, r"grid.seed: Input should be a valid list .*got 1"),
        ({"grid": {"seed": [1]}, "thresholds": {"speed": 1}}, "thresholds.speed: Extra inputs"),
        ({"grid": {"seed": [1]}, "thresholds": {"accuracy": 90}}, "less than or equal to 1"),
        ({"grid": {"seed": [1]}, "best_by": "luck"}, "best_by: .*got 'luck'"),
    ],
)
def test_a_bad_sweep_is_explained(tmp_path: Path, content: dict[str, Any], message: str) -> None:
    with pytest.raises(RecipeError, match=f"sweep '.*sweep.yaml': .*{message}"):
        load_sweep(written(tmp_path, **content))


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(RecipeError, match="one of architectures, portraits, pretrained, vgg"):
        load_sweep("nope")


def test_an_unknown_key_of_a_recipe_names_the_row(tmp_path: Path) -> None:
    sweep = load_sweep(written(tmp_path, grid={"optim.speed": [3]}))
    with pytest.raises(RecipeError, match=r"row 'speed 3': .*optim.speed: Extra inputs"):
        load_variation(sweep.recipe, sweep.list_variations()[0], [])


def test_a_row_may_start_from_another_recipe() -> None:
    sweep = SweepRecipe.model_validate(
        {"recipe": "compact-resnet", "rows": [{}, {"recipe": "mobilenet-v2", "seed": 3}]}
    )
    recipes = [load_variation(sweep.recipe, row, []) for row in sweep.list_variations()]
    assert [recipe.name for recipe in recipes] == ["compact-resnet", "mobilenet-v2"]
    assert recipes[1].seed == 3
