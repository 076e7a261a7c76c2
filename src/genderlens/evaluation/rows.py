"""The judged rows of a predictions table as NumPy arrays: one entry for each labelled picture.

A label belongs to a picture, not to a face. A picture with several face results is judged by its
first, the largest one; its further faces are counted and not judged. Rows without a label are
counted and not judged. A refusal is judged: it has an outcome and no probability.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from genderlens.heads import Head
from genderlens.types import Outcome

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int16]
LabelCodes = NDArray[np.int8]

OUTCOMES: Final = tuple(Outcome)
"""The order of the codes in ``Judged.outcome``; the first two hold a face result."""
ANSWERED: Final = 2
_PART: Final = 65_536


@dataclass(frozen=True)
class Attribute:
    """One column of the audit: a code for each row, -1 where the column says nothing."""

    codes: Codes
    values: tuple[str, ...]


@dataclass(frozen=True)
class Judged:
    """What one head answered: arrays of one length, an entry for each labelled picture.

    ``label`` is the annotators' word as its place among the head's labels. ``scores`` holds
    probabilities, NaN for refusals: N×1 of a binary head's positive label, else N×labels.
    ``position`` is the row of the table.
    """

    head: Head
    outcome: NDArray[np.int8]
    label: LabelCodes
    scores: Floats
    position: NDArray[np.int32]
    attributes: Mapping[str, Attribute]
    unlabelled: int = 0
    further_faces: int = 0

    def __len__(self) -> int:
        return len(self.outcome)

    def where(self, chosen: Bools | slice) -> Judged:
        """The chosen rows."""
        attributes = {
            name: Attribute(attribute.codes[chosen], attribute.values)
            for name, attribute in self.attributes.items()
        }
        return replace(
            self,
            outcome=self.outcome[chosen],
            label=self.label[chosen],
            scores=self.scores[chosen],
            position=self.position[chosen],
            attributes=attributes,
        )

    def parts(self) -> Iterator[Judged]:
        """At least one run of some thousands of rows, as views: what is derived is soon free."""
        for start in range(0, max(1, len(self)), _PART):
            run = self.where(slice(start, start + _PART))
            yield replace(run, unlabelled=0, further_faces=0)

    @property
    def answered(self) -> Bools:
        """Whether there is a face result, certain or not."""
        found: Bools = self.outcome < ANSWERED
        return found

    @property
    def certain(self) -> Bools:
        """Whether the answer was given: outcome ``classified``."""
        found: Bools = self.outcome == OUTCOMES.index(Outcome.CLASSIFIED)
        return found

    @property
    def positive(self) -> Bools:
        """Whether the annotators gave the positive label of a binary head."""
        found: Bools = self.label == len(self.head.labels) - 1
        return found

    @property
    def probability(self) -> Floats:
        """That of the positive label of a binary head, NaN for refusals."""
        return self.scores[:, -1]

    @property
    def shares(self) -> Floats:
        """The probability of every label, N×labels, NaN for refusals."""
        if not self.head.is_binary:
            return self.scores
        return np.stack([1.0 - self.probability, self.probability], axis=1)

    @property
    def likelier(self) -> LabelCodes:
        """The label of the highest probability, of equal ones the last; of refusals anything."""
        if self.head.is_binary:
            return (self.probability >= 0.5).astype(np.int8)
        last = self.scores.shape[1] - 1
        found: LabelCodes = (last - self.scores[:, ::-1].argmax(axis=1)).astype(np.int8)
        return found

    @property
    def right(self) -> Bools:
        """Whether the likelier label is the annotators'; False where there is no face result."""
        hits: Bools = self.answered & (self.likelier == self.label)
        return hits

    @property
    def confidence(self) -> Floats:
        """The probability of the likelier label, NaN for refusals."""
        if self.head.is_binary:
            return np.maximum(self.probability, 1.0 - self.probability)
        highest: Floats = self.scores.max(axis=1)
        return highest

    @property
    def distance(self) -> Floats:
        """How many labels lie between the likelier and the annotators', NaN for refusals."""
        apart = np.abs(self.likelier.astype(np.float64) - self.label)
        return np.where(self.answered, apart, np.nan)

    def outcome_counts(self) -> dict[str, int]:
        """Every outcome, those that never happened included."""
        return {
            name.value: int(np.count_nonzero(self.outcome == code))
            for code, name in enumerate(OUTCOMES)
        }
