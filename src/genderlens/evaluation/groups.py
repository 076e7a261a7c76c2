"""Accuracy overall and by group, from a predictions table and the manifest's attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from genderlens.data.manifest import natural_key
from genderlens.evaluation.metrics import (
    Proportion,
    area_under_roc,
    brier_score,
    expected_calibration_error,
    proportion,
)
from genderlens.types import Outcome

Bools = NDArray[np.bool_]


class Scores:
    """The rows of a predictions table that hold a face result, as arrays."""

    def __init__(self, table: pa.Table) -> None:
        outcomes = np.asarray(table.column("outcome").to_pylist(), dtype=object)
        self.answered: Bools = np.isin(
            outcomes, [Outcome.CLASSIFIED.value, Outcome.UNCERTAIN.value]
        )
        self.abstained: Bools = outcomes == Outcome.UNCERTAIN.value
        labels = np.asarray(table.column("label").to_pylist(), dtype=object)
        self.male: NDArray[np.float64] = (labels == "male").astype(np.float64)
        probability = table.column("probability_male").to_pylist()
        self.probability: NDArray[np.float64] = np.asarray(probability, dtype=np.float64)

    @property
    def right(self) -> Bools:
        """Whether the likelier label is the annotator's; False where there was no answer."""
        likelier = np.nan_to_num(self.probability, nan=0.5) >= 0.5
        hits: Bools = self.answered & (likelier == (self.male > 0.5))
        return hits

    def accuracy(self, rows: Bools | None = None) -> Proportion:
        """Right among the answered rows, the uncertain ones judged by their likelier label."""
        chosen = self.answered if rows is None else self.answered & rows
        return proportion(int(self.right[chosen].sum()), int(chosen.sum()))

    def accuracy_when_certain(self) -> Proportion:
        """Right among the classified rows."""
        return self.accuracy(~self.abstained)

    def abstentions(self) -> Proportion:
        """Uncertain among the answered rows."""
        return proportion(int(self.abstained.sum()), int(self.answered.sum()))

    def metrics(self) -> dict[str, float]:
        """Figures over the answered rows that need no interval here."""
        probability, male = self.probability[self.answered], self.male[self.answered]
        return {
            "accuracy_when_certain": self.accuracy_when_certain().value,
            "auroc": area_under_roc(probability, male),
            "brier": brier_score(probability, male),
            "ece": expected_calibration_error(probability, male),
        }


def accuracy_by_group(
    scores: Scores, columns: Mapping[str, Sequence[str | None]]
) -> dict[str, dict[str, Proportion]]:
    """Attribute → value → accuracy; rows without a value are left out."""
    result: dict[str, dict[str, Proportion]] = {}
    for name, values in columns.items():
        array = np.asarray(values, dtype=object)
        present = sorted({value for value in values if value is not None}, key=natural_key)
        result[name] = {value: scores.accuracy(array == value) for value in present}
    return result
