"""The predictions table: one row per face result or refusal, stored as Parquet.

Evaluation reads this and never sees a model.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.storage import replacing
from genderlens.types import HeadAnswer, Prediction

_HEADS_KEY: Final = b"genderlens.heads"
_DOUBLES: Final = pa.list_(pa.float64())


def predictions_schema(heads: Sequence[Head] = (GENDER,)) -> pa.Schema:
    """The columns of answers by these heads, the first of which is the answer.

    ``label`` is the annotator's word or null; ``box`` is left, top, right, bottom in pixels. A
    binary head has ``logit`` and the positive label's probability, another one ``logits`` and a
    probability for each label. Every further head has its label under its own name,
    null where it is uncertain, its confidence, and its probabilities in the order of the labels.
    """
    first = heads[0]
    fields = [
        ("uri", pa.string()),
        ("outcome", pa.string()),
        ("label", pa.string()),
        ("prediction", pa.string()),
        ("confidence", pa.float64()),
        ("logit", pa.float64()) if first.is_binary else ("logits", _DOUBLES),
        *((name, pa.float64()) for name in first.probability_columns),
        ("box", _DOUBLES),
        ("face_index", pa.int32()),
        ("person_count", pa.int32()),
        ("error", pa.string()),
        ("error_code", pa.string()),
        ("bundle_version", pa.string()),
        *(field for head in heads[1:] for field in _attribute_fields(head)),
    ]
    told = json.dumps([head.to_dict() for head in heads]).encode()
    return pa.schema(fields, metadata={_HEADS_KEY: told})


def _attribute_fields(head: Head) -> list[tuple[str, pa.DataType]]:
    return [
        (head.name, pa.string()),
        (f"{head.name}_confidence", pa.float64()),
        (f"{head.name}_probabilities", _DOUBLES),
    ]


SCHEMA: Final = predictions_schema()
"""Of the default head alone."""


def table_heads(schema: pa.Schema) -> tuple[Head, ...]:
    """The heads that a table tells of, the answer first; the default one where it says nothing.

    Raises ValueError where what it says is nonsense.
    """
    told = (schema.metadata or {}).get(_HEADS_KEY)
    if told is None:
        return (GENDER,)
    try:
        found = [Head(one["name"], tuple(one["labels"]), one["kind"]) for one in json.loads(told)]
    except (KeyError, TypeError) as error:
        raise ValueError(f"heads that cannot be read: {error}") from error
    if not found:
        raise ValueError("no heads at all")
    return tuple(found)


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
            **_scores(face.answer),
            "box": face.box.to_list() if face.box else None,
            "face_index": index,
            **{key: x for one in face.attributes for key, x in _attribute(one).items()},
        }


def _scores(answer: HeadAnswer) -> dict[str, Any]:
    """Logits and probabilities of the first head, by column."""
    names = answer.head.probability_columns
    shares = answer.shares[-len(names) :]
    logits = {"logit": answer.logit} if answer.head.is_binary else {"logits": list(answer.logits)}
    return logits | dict(zip(names, shares, strict=True))


def _attribute(answer: HeadAnswer) -> dict[str, Any]:
    name = answer.head.name
    return {
        name: answer.prediction,
        f"{name}_confidence": answer.confidence,
        f"{name}_probabilities": list(answer.shares),
    }


def predictions_table(
    uris: Sequence[str],
    labels: Sequence[str | None],
    answers: Iterable[Prediction],
    *,
    heads: Sequence[Head] = (GENDER,),
) -> pa.Table:
    """The table of many pictures, in order; ``heads`` are those that answered."""
    triples = zip(uris, labels, answers, strict=True)
    rows = [row for uri, label, answer in triples for row in prediction_rows(uri, label, answer)]
    return pa.Table.from_pylist(rows, schema=predictions_schema(heads))


def write_predictions(table: pa.Table, path: Path) -> None:
    """Store atomically."""
    with replacing(path) as partial:
        pq.write_table(table, partial)


def read_predictions(path: Path) -> pa.Table:
    """Read what write_predictions stored; ValueError where its heads are nonsense."""
    heads = table_heads(pq.read_schema(path))
    return pq.read_table(path, schema=predictions_schema(heads))
