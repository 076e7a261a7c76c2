"""Predictions tables made up for tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from genderlens.evaluation.figures.answered_scores import RankedScores
from genderlens.evaluation.judging import judge_rows
from genderlens.evaluation.rows import Judged
from genderlens.heads.default import GENDER
from genderlens.predictions import SCHEMA

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
