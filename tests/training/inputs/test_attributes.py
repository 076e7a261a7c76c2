"""Heads that the data cannot teach are left out, and said so."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from genderlens.data.manifest import Manifest
from genderlens.errors import ManifestError
from genderlens.recipe import Recipe
from genderlens.training.inputs.attributes import leave_out_absent_heads
from training.tiny import tiny


def manifest(**columns: Sequence[str | None]) -> Manifest:
    uris = ("a", "b", "c", "d")
    rows = [
        {"uri": uri, "label": "male", "split": None, **{n: v[i] for n, v in columns.items()}}
        for i, uri in enumerate(uris)
    ]
    return Manifest.from_rows(rows)


def recipe(*, strict: bool = False) -> Recipe:
    return tiny(data={"auxiliary": {"age": 0.2, "race": 0.1}, "strict_heads": strict})


def test_what_the_data_has_stays() -> None:
    full = manifest(age=["3", None, "4", "5"], race=["x", "y", "x", "y"])
    assert leave_out_absent_heads(recipe(), full) == (recipe(), None)


def test_an_absent_column_costs_its_head_alone() -> None:
    fitted, line = leave_out_absent_heads(recipe(), manifest(age=["3", None, "4", "5"]))
    assert fitted.data.auxiliary == {"age": 0.2}
    assert line is not None
    assert line.startswith("auxiliary head 'race': the data has no such column")
    assert "its attributes: age" in line
    assert "\n" not in line


def test_a_column_without_a_value_is_absent() -> None:
    fitted, line = leave_out_absent_heads(
        recipe(), manifest(age=[None] * 4, race=["x", "y", "x", "y"])
    )
    assert fitted.data.auxiliary == {"race": 0.1}
    assert line is not None


def test_a_near_name_is_suggested() -> None:
    _, line = leave_out_absent_heads(recipe(), manifest(ages=["3"] * 4, race=["x"] * 4))
    assert line is not None
    assert "did you mean ages?" in line


def test_strict_stops() -> None:
    with pytest.raises(ManifestError, match=r"'age', 'race': the data has no such columns.*column"):
        leave_out_absent_heads(recipe(strict=True), manifest())


def test_a_head_that_ships_is_never_left_out() -> None:
    heads = {
        "gender": {"labels": ["female", "male"]},
        "age_group": {"labels": ["young", "old"], "column": "age"},
    }
    with pytest.raises(ManifestError, match=r"further head 'age': .* heads\.age_group\.column"):
        leave_out_absent_heads(tiny(heads=heads), Manifest.from_rows([]))
