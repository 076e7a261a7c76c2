"""Predictions as JSON sees them."""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

import genderlens
from genderlens.types import UNDEFINED, Box, Estimate, Outcome, Prediction
from genderlens.types import words as words_of_types
from made_answers import AGES, WORDS, face_result, head_answer

SOURCE = Path(genderlens.__file__).parent


def test_box_measures() -> None:
    box = Box(10, 20, 40, 60)
    assert (box.width, box.height, box.area, box.center) == (30, 40, 1200, (25, 40))
    assert Box(5, 5, 1, 1).area == 0


def test_a_refusal_has_the_fields_of_the_contract() -> None:
    document = Prediction(
        Outcome.NO_PERSON, 0, "v", error="nobody", error_code="no_person"
    ).to_dict()
    assert document == {
        "prediction": None,
        "confidence": 0.0,
        "person_count": 0,
        "probabilities": None,
        "error": "nobody",
        "outcome": "no_person",
        "faces": [],
        "model_version": "v",
    }


def test_probabilities_sum_to_one_after_rounding() -> None:
    result = face_result(1 / 3)
    assert sum(result.probabilities.values()) == 1.0
    document = Prediction(Outcome.CLASSIFIED, 1, "v", (result,)).to_dict()
    assert document["prediction"] == "female"
    assert document["probabilities"] == {"male": 0.333333, "female": 0.666667}


def test_the_likelier_label_is_told_however_unsure() -> None:
    unsure = head_answer((0.3, 0.4, 0.3), WORDS, Outcome.UNCERTAIN)
    assert (unsure.prediction, unsure.likelier, unsure.confidence) == (None, "masculine", 0.4)
    assert face_result(0.5).answer.likelier == face_result(0.5).answer.head.positive
    assert list(unsure.probabilities) == list(WORDS.labels)
    with pytest.raises(ValueError, match="values to unpack"):
        _ = unsure.logit


def test_attributes_are_told_only_where_there_are_any() -> None:
    ages = head_answer((0.1, 0.6, 0.3), AGES, Outcome.CLASSIFIED)
    face = face_result(0.9, attributes=(ages,))
    document = Prediction(Outcome.CLASSIFIED, 1, "v", (face,)).to_dict()
    told = {"prediction": "adult", "confidence": 0.6}
    told |= {"probabilities": {"child": 0.1, "adult": 0.6, "old": 0.3}}
    assert document["attributes"] == document["faces"][0]["attributes"] == {"age_group": told}
    assert "attributes" not in Prediction(Outcome.CLASSIFIED, 1, "v", (face_result(),)).to_dict()


def test_what_stands_under_a_name_is_about_it() -> None:
    """Each alias and constant has its own words, and none has those of its neighbour."""
    source = Path(inspect.getsourcefile(words_of_types) or "").read_text("utf-8")
    body = ast.parse(source).body
    words = {
        ast.unparse(
            one.targets[0] if isinstance(one, ast.Assign) else one.target
        ): ast.literal_eval(text.value)
        for one, text in pairwise(body)
        if isinstance(one, ast.Assign | ast.AnnAssign) and isinstance(text, ast.Expr)
    }
    assert "augmentation" in words["TTA"]
    assert "graph" in words["Precision"]


def test_no_words_stand_alone() -> None:
    """A string that is a statement describes what stands directly above it."""
    described = ast.Assign | ast.AnnAssign
    for path in Path(inspect.getsourcefile(genderlens) or "").parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            body = getattr(node, "body", None)
            for above, text in pairwise(body if isinstance(body, list) else []):
                if is_words(text):
                    assert isinstance(above, described), f"{path}:{text.lineno}"
                    assert text.lineno == (above.end_lineno or 0) + 1, f"{path}:{text.lineno}"


def is_words(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def test_a_figure_with_its_interval_has_one_shape() -> None:
    shapes = [
        f"{path.relative_to(SOURCE)}: {node.name}"
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
        and {"value", "low", "high"} <= {_field(statement) for statement in node.body}
    ]
    assert shapes == ["types/estimate.py: Estimate"]


def test_an_estimate_is_validated_where_a_file_or_an_answer_holds_one() -> None:
    told = {"value": 0.5, "low": 0.4, "high": 0.6, "count": 9}
    read = TypeAdapter(Estimate)
    assert read.validate_python(told) == Estimate(0.5, 0.4, 0.6, 9)
    assert read.dump_python(Estimate(0.5, 0.4, 0.6, 9)) == told
    for wrong in ({**told, "more": 1}, {**told, "low": "none"}, {"value": 0.5}):
        with pytest.raises(ValidationError):
            read.validate_python(wrong)


def test_an_estimate_is_told_with_six_decimals_and_null_where_undefined() -> None:
    rough = Estimate(1 / 3, 0.3, 0.4, 9)
    assert rough.to_dict() == {"value": 0.333333, "low": 0.3, "high": 0.4}
    assert rough.rounded(2) == Estimate(0.33, 0.3, 0.4, 9)
    assert UNDEFINED.to_dict() == {"value": None, "low": None, "high": None}


def _field(statement: ast.stmt) -> str | None:
    target = statement.target if isinstance(statement, ast.AnnAssign) else None
    return target.id if isinstance(target, ast.Name) else None
