"""Predictions as JSON sees them."""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise
from pathlib import Path

from genderlens import types
from genderlens.types import LABELS, Box, FaceResult, Outcome, Prediction


def test_labels_are_alphabetical_so_that_the_logit_speaks_for_male() -> None:
    assert LABELS == ("female", "male")


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
    result = FaceResult(Outcome.CLASSIFIED, "female", 2 / 3, -0.69, 1 / 3, None, None)
    assert sum(result.probabilities.values()) == 1.0
    document = Prediction(Outcome.CLASSIFIED, 1, "v", (result,)).to_dict()
    assert document["prediction"] == "female"
    assert document["probabilities"] == {"male": 0.333333, "female": 0.666667}


def test_what_stands_under_a_name_is_about_it() -> None:
    """Each alias and constant has its own words, and none has those of its neighbour."""
    source = Path(inspect.getsourcefile(types) or "").read_text("utf-8")
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
    assert "log-odds" in words["LABELS"]


def test_no_words_stand_alone() -> None:
    """A string that is a statement describes what stands directly above it."""
    described = ast.Assign | ast.AnnAssign
    for path in Path(inspect.getsourcefile(types) or "").parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            body = getattr(node, "body", None)
            for above, text in pairwise(body if isinstance(body, list) else []):
                if is_words(text):
                    assert isinstance(above, described), f"{path}:{text.lineno}"
                    assert text.lineno == (above.end_lineno or 0) + 1, f"{path}:{text.lineno}"


def is_words(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)
