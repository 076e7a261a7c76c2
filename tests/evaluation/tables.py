"""Predictions tables made up for tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from genderlens.evaluation.figures.answered_scores import RankedScores
from genderlens.evaluation.judging import judge_rows
from genderlens.evaluation.rows import Judged
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.predictions import SCHEMA, predictions_schema, table_heads

Row = tuple[str, str | None, float | None]
"""Outcome, label, probability of male."""


def table_of(rows: Sequence[Row], **columns: Sequence[str | None]) -> pa.Table:
    """A table of the fixed schema, uris 0, 1, 2 …, with attribute columns beside it."""
    records = [
        {"uri": str(i), "outcome": outcome, "label": label, "probability_male": probability}
        for i, (outcome, label, probability) in enumerate(rows)
    ]
    table = pa.Table.from_pylist(records, schema=SCHEMA)
    for name, values in columns.items():
        table = table.append_column(name, pa.array(values, pa.string()))
    return table


def random_table(count: int, seed: int = 0, *, hard: float = 0.0) -> pa.Table:
    """An honest model; group ``b`` (a third) has a share ``hard`` of its labels flipped."""
    generator = np.random.default_rng(seed)
    probability = 1 / (1 + np.exp(-generator.normal(0, 3, count)))
    male = generator.random(count) < probability
    group = np.where(generator.random(count) < 1 / 3, "b", "a")
    male ^= (group == "b") & (generator.random(count) < hard)
    confidence = np.maximum(probability, 1 - probability)
    outcome = np.where(confidence < 0.6, "uncertain", "classified")
    rows = [
        (str(o), "male" if m else "female", float(p))
        for o, m, p in zip(outcome, male, probability, strict=True)
    ]
    return table_of(rows, group=group.tolist())


def random_rows(count: int, seed: int = 0, *, hard: float = 0.0) -> Judged:
    """The judged rows of ``random_table``, by group and label."""
    return judge_rows(random_table(count, seed, hard=hard), by=["group", "label"])


def ranked(probability: np.ndarray, male: np.ndarray) -> RankedScores:
    """Answers of the default head."""
    return RankedScores(GENDER, probability, male)


AGE_WORDS = (
    "0-2", "3-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-69", "More than 70",
)  # fmt: skip
AGES = Head("age_group", AGE_WORDS, "ordinal", "head_age_group")


def random_shares(head: Head, count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """N×labels probabilities of an honest model, and the labels as numbers.

    Labels in an order are mixed up with their neighbours rather than with others.
    """
    generator = np.random.default_rng(seed)
    size = len(head.labels)
    if head.kind == "ordinal":
        centre = generator.uniform(-0.5, size - 0.5, count)[:, None]
        logits = -2.0 * np.abs(np.arange(size) - centre) + generator.normal(0, 0.1, (count, size))
    else:
        logits = generator.normal(0, 2.5, (count, size))
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    label = (shares.cumsum(axis=1) < generator.random(count)[:, None]).sum(axis=1)
    return shares, np.minimum(label, size - 1)


def head_table(head: Head, count: int, seed: int = 0, *, hard: float = 0.0) -> pa.Table:
    """Answers of a first head of several logits; group ``b`` has a share ``hard`` mislabelled."""
    shares, label = random_shares(head, count, seed)
    generator = np.random.default_rng(seed + 1)
    group = np.where(generator.random(count) < 1 / 3, "b", "a")
    moved = (group == "b") & (generator.random(count) < hard)
    label = np.where(moved, (label + 1) % len(head.labels), label)
    records = []
    for place, row in enumerate(shares):
        certain = row.max() >= 0.4
        records.append(
            {
                "uri": str(place),
                "outcome": "classified" if certain else "uncertain",
                "label": head.labels[label[place]],
                "prediction": head.labels[int(row.argmax())] if certain else None,
                "confidence": float(row.max()),
                **dict(zip(head.probability_columns, row.tolist(), strict=True)),
            }
        )
    table = pa.Table.from_pylist(records, schema=predictions_schema([head]))
    return table.append_column("group", pa.array(group.tolist()))


def with_attribute(table: pa.Table, head: Head, seed: int = 0) -> pa.Table:
    """The table with answers of a further head and what is true of it, refusals left out."""
    shares, label = random_shares(head, len(table), seed)
    faces = [word in ("classified", "uncertain") for word in table.column("outcome").to_pylist()]
    likelier = [head.labels[place] for place in shares.argmax(axis=1)]
    columns = {
        head.name: [word if face else None for word, face in zip(likelier, faces, strict=True)],
        f"{head.name}_confidence": shares.max(axis=1).tolist(),
        f"{head.name}_probabilities": [
            row if face else None for row, face in zip(shares.tolist(), faces, strict=True)
        ],
        f"{head.name}_label": [head.labels[place] for place in label],
    }
    for name, values in columns.items():
        table = table.append_column(name, pa.array(values))
    first = predictions_schema([*table_heads(table.schema), head]).metadata
    return table.replace_schema_metadata(first)
