from __future__ import annotations

from pathlib import Path

import pytest

from genderlens.errors import RecipeError
from genderlens.recipe import Recipe, list_recipes, load_recipe

SMALL = """
name: small
model: {architecture: compact_resnet}
input: {size_px: 48}
phases:
  - {epochs: 2, size_px: 32}
  - {epochs: 3, size_px: 48}
"""


@pytest.fixture
def small(tmp_path: Path) -> str:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return str(path)


@pytest.mark.parametrize("name", list_recipes())
def test_every_shipped_recipe_loads_under_its_name(name: str) -> None:
    assert load_recipe(name).name == name


def test_the_default_recipe_ships() -> None:
    assert "default" in list_recipes()


def test_phases_follow_each_other(small: str) -> None:
    recipe = load_recipe(small)
    assert recipe.epochs == 5
    assert [recipe.first_epoch(phase) for phase in (0, 1)] == [0, 2]
    assert [recipe.shape_in(phase) for phase in (0, 1)] == [(32, 32), (48, 48)]


def test_a_rectangle_keeps_its_aspect_in_every_phase(small: str) -> None:
    recipe = load_recipe(small, ["input.width_px=36"])
    assert [recipe.shape_in(phase) for phase in (0, 1)] == [(32, 24), (48, 36)]


def test_a_phase_may_teach_named_modules(small: str) -> None:
    recipe = load_recipe(small, ["phases=[{epochs: 1, train: [layer4]}]"])
    assert recipe.phases[0].train == ("layer4",)


def test_overrides_reach_any_depth(small: str) -> None:
    recipe = load_recipe(
        small, ["optim.batch_size=8", "model.options.channels=[8, 16]", "name=other"]
    )
    assert recipe.optim.batch_size == 8
    assert recipe.model.options == {"channels": [8, 16]}
    assert recipe.name == "other"


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("seed", "must look like key.path=value"),
        ("name.first=1", "'name' is not a mapping"),
        ("optim.batch_size=[", "the value is not YAML"),
        ("optim.batch=8", "optim.batch: Extra inputs are not permitted"),
        ("optim.batch_size=0", r"optim.batch_size: .* \(got 0\)"),
        ("input.size_px=64", "last phase trains at 48 px but input.size_px is 64"),
        ("phases=[]", "phases: "),
    ],
)
def test_a_bad_override_is_explained(small: str, override: str, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        load_recipe(small, [override])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: [", "is not YAML"),
        (b"- a\n- b\n", "must be a mapping, not list"),
        (b"", "must be a mapping, not NoneType"),
        (b"\xff\xfe\x00", "cannot be read as text"),
        (b"name: x\n", "model: Field required.*; phases: Field required"),
    ],
)
def test_a_file_that_is_no_recipe_is_explained(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    with pytest.raises(RecipeError, match=message):
        load_recipe(str(path))


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(RecipeError, match=r"'nope': neither a file nor one of .*default"):
        load_recipe("nope")


def test_the_fingerprint_follows_the_content(small: str) -> None:
    recipe = load_recipe(small)
    assert recipe.fingerprint() == load_recipe(small).fingerprint()
    assert recipe.fingerprint() != load_recipe(small, ["seed=1"]).fingerprint()
    stored = Recipe.model_validate(recipe.model_dump(mode="json"))
    assert stored.fingerprint() == recipe.fingerprint()
