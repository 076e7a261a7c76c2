from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from genderlens.evaluation.variants import compare_variants, variant_sections
from genderlens.html import render_page
from genderlens.predictions import SCHEMA

LABELS = ["male", "female", "male", "female"]


def answers(*probability_male: float) -> pa.Table:
    rows = [
        {
            "uri": str(index),
            "outcome": "classified",
            "label": label,
            "probability_male": male,
            "logit": float(np.log(male / (1 - male))),
        }
        for index, (label, male) in enumerate(zip(LABELS, probability_male, strict=True))
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def test_gain_and_cost_are_against_plain_asking() -> None:
    tables = {"off": answers(0.9, 0.8, 0.2, 0.1), "flip": answers(0.9, 0.3, 0.8, 0.6)}
    plain, flip = compare_variants(tables, {"off": 2.0, "flip": 3.0})
    assert (plain.accuracy.value, plain.mended, plain.spoilt, plain.cost) == (0.5, 0, 0, 1.0)
    assert (flip.accuracy.value, flip.mended, flip.spoilt, flip.cost) == (0.75, 2, 1, 1.5)
    assert flip.to_dict()["accuracy"]["count"] == 4


def test_the_report_names_every_variant() -> None:
    tables = {"off": answers(0.9, 0.8, 0.2, 0.1), "crops": answers(0.9, 0.3, 0.8, 0.1)}
    page = render_page(
        "x", list(variant_sections(compare_variants(tables, {"off": 1, "crops": 6})))
    )
    assert "<td>off</td>" in page
    assert "<td>crops</td>" in page
    assert "6.0×" in page


def test_without_variants_the_report_has_no_such_part() -> None:
    assert list(variant_sections([])) == []


def test_variants_must_be_of_the_same_pictures() -> None:
    with pytest.raises(ValueError, match=r"could not be broadcast|shape"):
        compare_variants(
            {"off": answers(0.9, 0.8, 0.2, 0.1), "flip": answers(0.9, 0.3, 0.8, 0.6)[:3]},
            {"off": 1.0, "flip": 1.0},
        )
