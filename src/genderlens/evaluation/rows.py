"""The judged rows of a predictions table as NumPy arrays: one entry for each labelled picture.

A label belongs to a picture, not to a face. A picture with several face results is judged by its
first, the largest one; its further faces are counted and not judged. Rows without a label are
counted and not judged. A refusal is judged: it has an outcome and no probability.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from genderlens.types import Outcome

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int16]

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
    """Arrays of one length, one entry for each labelled picture; see the module.

    ``probability`` is that of ``male``, NaN for refusals. ``position`` is the row of the table.
    """

    outcome: NDArray[np.int8]
    male: Bools
    probability: Floats
    position: NDArray[np.int32]
    attributes: Mapping[str, Attribute]
    unlabelled: int = 0
    further_faces: int = 0

    def __len__(self) -> int:
        return len(self.outcome)

    def parts(self) -> Iterator[Judged]:
        """At least one run of some thousands of rows, as views: what is derived is soon free."""
        for start in range(0, max(1, len(self)), _PART):
            run = slice(start, start + _PART)
            attributes = {
                name: Attribute(attribute.codes[run], attribute.values)
                for name, attribute in self.attributes.items()
            }
            yield Judged(
                outcome=self.outcome[run],
                male=self.male[run],
                probability=self.probability[run],
                position=self.position[run],
                attributes=attributes,
            )

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
    def right(self) -> Bools:
        """Whether the likelier label is the annotators'; False where there is no face result."""
        hits: Bools = self.answered & ((self.probability >= 0.5) == self.male)
        return hits

    @property
    def confidence(self) -> Floats:
        """The probability of the likelier label, NaN for refusals."""
        return np.maximum(self.probability, 1.0 - self.probability)

    def outcome_counts(self) -> dict[str, int]:
        """Every outcome, those that never happened included."""
        return {
            name.value: int(np.count_nonzero(self.outcome == code))
            for code, name in enumerate(OUTCOMES)
        }
