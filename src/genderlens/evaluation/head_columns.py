"""Which columns of a predictions table hold what one head answered, and what is true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from genderlens.errors import DataError
from genderlens.evaluation.rows import ANSWERED, OUTCOMES, Floats
from genderlens.heads import Head
from genderlens.predictions import table_heads
from genderlens.types import Outcome

_COMMON = ("uri", "outcome", "label")


def read_heads(schema: pa.Schema) -> tuple[Head, ...]:
    """The heads that a table tells of, the answer first; DataError where that is nonsense."""
    try:
        return table_heads(schema)
    except ValueError as error:
        raise DataError(f"the predictions tell of {error}; predict again") from error


def needed_columns(head: Head) -> tuple[str, ...]:
    """What a table must hold of its first head."""
    return (*_COMMON, *head.probability_columns)


def answer_columns(heads: Sequence[Head]) -> tuple[str, ...]:
    """What a table holds of its heads, which makes no groups."""
    first, *others = heads
    told = (name for head in others for name in _further_columns(head))
    return (*needed_columns(first), *told)


def _further_columns(head: Head) -> tuple[str, ...]:
    return head.name, f"{head.name}_confidence", f"{head.name}_probabilities", truth_column(head)


def truth_column(head: Head) -> str:
    """Where a table keeps what annotators say of a further head."""
    return f"{head.name}_label"


@dataclass(frozen=True)
class HeadColumns:
    """One head of a table; ``is_first`` where it is the answer."""

    head: Head
    is_first: bool

    @property
    def truth(self) -> str:
        """The column of the annotators' words."""
        return "label" if self.is_first else truth_column(self.head)

    def outcomes(self, table: pa.Table) -> NDArray[np.int8]:
        """A code for each row; a further head's answer without a word is uncertain."""
        words = [outcome.value for outcome in OUTCOMES]
        found = word_codes(table.column("outcome"), words).astype(np.int8)
        if self.is_first:
            return found
        said = np.asarray(pc.is_valid(table.column(self.head.name)))
        classified, uncertain = map(OUTCOMES.index, (Outcome.CLASSIFIED, Outcome.UNCERTAIN))
        return np.where(found < ANSWERED, np.where(said, classified, uncertain), found)

    def scores(self, table: pa.Table, outcome: NDArray[np.int8]) -> Floats:
        """Probabilities, N×1 of a binary first head, else N×labels; NaN for refusals."""
        values = self._columns(table) if self.is_first else self._list(table)
        wrong = (outcome < ANSWERED) & ~((values >= 0.0) & (values <= 1.0)).all(axis=1)
        if wrong.any():
            uri = table.column("uri")[int(np.argmax(wrong))].as_py()
            named = "" if self.is_first else f" of {self.head.name}"
            raise DataError(
                f"{uri!r} has an answer without a probability{named} in 0..1; predict it again"
            )
        values[outcome >= ANSWERED] = np.nan
        return values

    def _columns(self, table: pa.Table) -> Floats:
        names = self.head.probability_columns
        values = np.empty((len(table), len(names)), np.float64)
        for place, name in enumerate(names):
            column: Any = table.column(name).cast(pa.float64())
            values[:, place] = column.fill_null(float("nan")).to_numpy()
        return values

    def _list(self, table: pa.Table) -> Floats:
        size = len(self.head.labels)
        column: Any = table.column(f"{self.head.name}_probabilities").combine_chunks()
        full = np.asarray(pc.list_value_length(column).fill_null(0)) == size
        told = column.filter(pa.array(full)).flatten().to_numpy(zero_copy_only=False)
        values = np.full((len(table), size), np.nan)
        values[full] = told.reshape(-1, size)
        return values[:, 1:] if self.head.is_binary else values


def word_codes(column: Any, words: list[str], *, may_be_null: bool = False) -> NDArray[np.int32]:
    """The place of each value among the words; DataError for any other value."""
    text = column.cast(pa.string())
    known: Any = pa.array(words, pa.string())
    places: Any = pc.index_in(text, value_set=known)
    strange: Any = (
        pc.and_(pc.is_null(places), pc.is_valid(text)) if may_be_null else pc.is_null(places)
    )
    if pc.any(strange).as_py():
        value = text.filter(strange)[0].as_py()
        raise DataError(f"the predictions hold {value!r}; known are {', '.join(words)}")
    return np.asarray(places.fill_null(-1).to_numpy(), dtype=np.int32)
