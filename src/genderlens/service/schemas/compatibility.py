"""Examples of the API in the words of the model that is shipped, which clients of before know.

Answers of other models have the same fields and their own words.
"""

from __future__ import annotations

from typing import Final

from pydantic import JsonValue

from genderlens.heads.default import GENDER

NEGATIVE: Final = GENDER.negative
_SHARES: Final[dict[str, JsonValue]] = {GENDER.positive: 0.892, GENDER.negative: 0.108}
_FACE: Final[dict[str, JsonValue]] = {
    "outcome": "classified",
    "prediction": GENDER.positive,
    "confidence": 0.892,
    "probabilities": _SHARES,
    "box": [61.0, 40.5, 130.2, 134.9],
    "detection_score": 0.91,
}
PREDICTION: Final[dict[str, JsonValue]] = {
    "prediction": GENDER.positive,
    "confidence": 0.892,
    "person_count": 1,
    "probabilities": _SHARES,
    "error": None,
    "outcome": "classified",
    "faces": [_FACE],
    "model_version": "default-20261121-0a1b2c3d",
    "id": "019ab1c2-7d3e-7f00-8a1b-2c3d4e5f6071",
}
ITEM: Final[dict[str, JsonValue]] = {"filename": "me.jpg", **PREDICTION, "error_code": None}
BATCH: Final[dict[str, JsonValue]] = {"results": [ITEM], "count": 1}
LABEL: Final[dict[str, JsonValue]] = {"label": GENDER.negative}
HEAD: Final[dict[str, JsonValue]] = {**GENDER.to_dict()}
SAMPLES: Final[dict[str, JsonValue]] = {
    "count": 3,
    "labels": {GENDER.negative: 2, GENDER.positive: 1},
    "limit": 100000,
}
