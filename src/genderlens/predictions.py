"""The predictions table: one row per face result or refusal, one fixed schema, stored as Parquet.

Evaluation reads this and never sees a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from genderlens.storage import replacing
from genderlens.types import Prediction

_FIELDS: Final[list[tuple[str, pa.DataType]]] = [
    ("uri", pa.string()),
    ("outcome", pa.string()),
    ("label", pa.string()),
    ("prediction", pa.string()),
    ("confidence", pa.float64()),
    ("logit", pa.float64()),
    ("probability_male", pa.float64()),
    ("box", pa.list_(pa.float64())),
    ("face_index", pa.int32()),
    ("person_count", pa.int32()),
    ("error", pa.string()),
    ("error_code", pa.string()),
    ("bundle_version", pa.string()),
]
SCHEMA: Final = pa.schema(_FIELDS)
"""``label`` is the annotator's word or null; ``box`` is left, top, right, bottom in pixels."""


def prediction_rows(uri: str, label: str | None, answer: Prediction) -> Iterator[dict[str, Any]]:
    """The rows of one picture: one for each face result, or one for a refusal."""
    common = {
        "uri": uri,
        "label": label,
        "person_count": answer.person_count,
        "error": answer.error,
        "error_code": answer.error_code,
        "bundle_version": answer.model_version,
    }
    if not answer.faces:
        yield {**common, "outcome": answer.outcome.value}
    for index, face in enumerate(answer.faces):
        yield {
            **common,
            "outcome": face.outcome.value,
            "prediction": face.prediction,
            "confidence": face.confidence,
            "logit": face.logit,
            "probability_male": face.probability_male,
            "box": face.box.to_list() if face.box else None,
            "face_index": index,
        }


def predictions_table(
    uris: Sequence[str], labels: Sequence[str | None], answers: Iterable[Prediction]
) -> pa.Table:
    """The table of many pictures, in order."""
    triples = zip(uris, labels, answers, strict=True)
    rows = [row for uri, label, answer in triples for row in prediction_rows(uri, label, answer)]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def write_predictions(table: pa.Table, path: Path) -> None:
    """Store atomically."""
    with replacing(path) as partial:
        pq.write_table(table, partial)


def read_predictions(path: Path) -> pa.Table:
    """Read what write_predictions stored."""
    return pq.read_table(path, schema=SCHEMA)
