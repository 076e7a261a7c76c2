"""Heads of a recipe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from genderlens.errors import RecipeError
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.recipe import Recipe, load_recipe

LOOKS = ("feminine", "masculine", "androgynous")
PLAIN: dict[str, Any] = {
    "name": "plain",
    "model": {"architecture": "compact_resnet"},
    "phases": [{"epochs": 1}],
}
HEADS: dict[str, Any] = {
    "look": {"labels": LOOKS},
    "age_group": {"labels": ["0-2", "3-9"], "kind": "ordinal", "column": "age", "weight": 0.2},
    "race": {"weight": 0.1, "ship": False},
}


def test_a_recipe_without_heads_answers_the_default_one_and_keeps_its_fingerprint() -> None:
    recipe = Recipe.model_validate(PLAIN)
    assert recipe.head is GENDER
    assert recipe.label_column is None
    assert recipe.shipped_heads == (GENDER,)
    assert "heads" not in recipe.model_dump()
    assert Recipe.model_validate(PLAIN | {"heads": {}}).fingerprint() == recipe.fingerprint()


def test_the_first_head_is_the_answer_and_the_order_is_kept() -> None:
    recipe = Recipe.model_validate(PLAIN | {"heads": HEADS})
    assert recipe.head == Head("look", LOOKS, "categorical")
    assert list(recipe.further_heads) == ["age_group", "race"]
    assert recipe.shipped_heads[1] == Head("age_group", ("0-2", "3-9"), "ordinal", "head_age_group")
    assert len(recipe.shipped_heads) == 2
    again = Recipe.model_validate_json(recipe.model_dump_json())
    assert again == recipe
    assert again.fingerprint() != Recipe.model_validate(PLAIN).fingerprint()


def test_auxiliary_is_another_word_for_heads_that_only_teach() -> None:
    alias = Recipe.model_validate(PLAIN | {"data": {"auxiliary": {"Wearing_Hat": 0.3}}})
    assert not alias.further_heads["Wearing_Hat"].ship
    assert alias.further_heads["Wearing_Hat"].weight == 0.3
    assert alias.shipped_heads == (GENDER,)
    assert not alias.without_heads(["Wearing_Hat"]).further_heads


def test_a_head_is_changed_by_an_override(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        "name: a\nmodel: {architecture: compact_resnet}\nphases: [{epochs: 1}]\n"
        "heads: {look: {labels: [a, b]}}\n"
    )
    recipe = load_recipe(str(path), ["heads.look.column=style", "heads.look.labels=[a, b, c]"])
    assert recipe.label_column == "style"
    assert recipe.head.labels == ("a", "b", "c")


@pytest.mark.parametrize(
    ("heads", "said"),
    [
        ({"look": {"words": LOOKS}}, "heads.look.words"),
        ({"look": {}}, "a head that ships needs labels"),
        ({"look": {"ship": False}}, "it must ship"),
        ({"look": {"labels": ["one"]}}, "2 to 64 labels, not 1"),
        ({"look": {"labels": LOOKS, "kind": "binary"}}, "2 labels, not 3"),
        ({"look": {"labels": LOOKS, "distance": 0.1}}, "distance is for heads of kind ordinal"),
        ({"My Look": {"labels": LOOKS}}, "a name has 1 to 32"),
        ({"look": {"labels": ["same", "Same"]}}, "not different words"),
        (HEADS | {"age": {"ship": False}}, "stands in heads and in data.auxiliary"),
    ],
)
def test_what_cannot_be_a_head_is_said(heads: dict[str, Any], said: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    data = PLAIN | {"heads": heads, "data": {"auxiliary": {"age": 0.1}}}
    path.write_text(yaml.safe_dump(_plain(data), sort_keys=False))
    with pytest.raises(RecipeError) as caught:
        load_recipe(str(path))
    assert said in caught.value.message


def _plain(value: Any) -> Any:
    """Lists for tuples, as YAML has them."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, (list, tuple)) else value
