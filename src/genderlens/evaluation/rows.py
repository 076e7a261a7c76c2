"""The judged rows of a predictions table as NumPy arrays: one entry for each labelled picture.

A label belongs to a picture, not to a face. A picture with several face results is judged by its
first, the largest one; its further faces are counted and not judged. Rows without a label are
counted and not judged. A refusal is judged: it has an outcome and no probability.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from genderlens.data.manifest import Manifest, natural_key
from genderlens.errors import DataError, ManifestError
from genderlens.types import LABELS, Outcome

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int32]

OUTCOMES: Final = tuple(Outcome)
"""The order of the codes in ``Judged.outcome``; the first two hold a face result."""
ANSWERED: Final = 2
MOST_VALUES: Final = 200
NEEDED: Final = ("uri", "outcome", "label", "probability_male")
OPTIONAL: Final = ("face_index", "bundle_version", "box")


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
    position: NDArray[np.int64]
    attributes: Mapping[str, Attribute]
    unlabelled: int = 0
    further_faces: int = 0

    def __len__(self) -> int:
        return len(self.outcome)

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
        counts = np.bincount(self.outcome, minlength=len(OUTCOMES))
        return {name.value: int(n) for name, n in zip(OUTCOMES, counts, strict=True)}


def judge_rows(
    table: pa.Table, *, by: Sequence[str] = (), manifest: Manifest | None = None
) -> Judged:
    """The labelled pictures of a table with the attributes ``by``.

    An attribute is ``label``, a column of the manifest (joined by uri) or one of the table.
    Raises ManifestError for an unknown attribute, DataError for rows that contradict themselves.
    """
    if table.column("uri").null_count:
        raise DataError("the predictions hold a row without a uri; predict again")
    table = _with_labels(table, manifest)
    first, labelled = _first_faces(table), _labels(table) >= 0
    rows = np.flatnonzero(first & labelled)
    chosen = table.take(rows)
    outcome = _codes(chosen.column("outcome"), [o.value for o in OUTCOMES]).astype(np.int8)
    probability = _probabilities(chosen, outcome)
    return Judged(
        outcome=outcome,
        male=_labels(chosen) == LABELS.index("male"),
        probability=probability,
        position=rows,
        attributes={name: _attribute(chosen, name, manifest) for name in by},
        unlabelled=int((first & ~labelled).sum()),
        further_faces=int((~first).sum()),
    )


def _first_faces(table: pa.Table) -> Bools:
    if "face_index" not in table.column_names:
        return np.ones(len(table), dtype=np.bool_)
    index: Any = table.column("face_index")
    return np.asarray(index.fill_null(0).to_numpy() == 0)


def _with_labels(table: pa.Table, manifest: Manifest | None) -> pa.Table:
    """The table with the manifest's label where it has none of its own."""
    if manifest is None or not table.column("label").null_count:
        return table
    labels = pc.coalesce(table.column("label").cast(pa.string()), _joined(table, "label", manifest))
    return table.set_column(table.column_names.index("label"), "label", labels)


def _labels(table: pa.Table) -> Codes:
    return _codes(table.column("label"), list(LABELS), may_be_null=True)


def _codes(column: Any, words: list[str], *, may_be_null: bool = False) -> Codes:
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


def _probabilities(table: pa.Table, outcome: NDArray[np.int8]) -> Floats:
    column: Any = table.column("probability_male").cast(pa.float64())
    values: Floats = np.array(column.fill_null(float("nan")).to_numpy(), dtype=np.float64)
    wrong = (outcome < ANSWERED) & ~((values >= 0.0) & (values <= 1.0))
    if wrong.any():
        uri = table.column("uri")[int(np.argmax(wrong))].as_py()
        raise DataError(f"{uri!r} has an answer without a probability in 0..1; predict it again")
    values[outcome >= ANSWERED] = np.nan
    return values


def _attribute(table: pa.Table, name: str, manifest: Manifest | None) -> Attribute:
    column = _column(table, name, manifest).cast(pa.string())
    encoded: Any = pc.dictionary_encode(column).combine_chunks()
    found: list[str] = encoded.dictionary.to_pylist()
    if len(found) > MOST_VALUES:
        raise ManifestError(
            f"{name!r} has {len(found):,} different values; at most {MOST_VALUES} make groups, "
            "so put them into ranges first"
        )
    values = sorted(found, key=natural_key)
    rank = np.array([values.index(value) for value in found] + [-1], dtype=np.int32)
    return Attribute(rank[encoded.indices.fill_null(len(found)).to_numpy()], tuple(values))


def _column(table: pa.Table, name: str, manifest: Manifest | None) -> Any:
    if name != "label" and manifest is not None and name in manifest.table.column_names:
        return _joined(table, name, manifest)
    if name in table.column_names:
        return table.column(name)
    known = {*(manifest.attributes if manifest else ()), *table.column_names, "label"}
    listed = ", ".join(sorted(known - {*NEEDED, *OPTIONAL} | {"label"}))
    raise ManifestError(f"there is no column {name!r} to group by; known are {listed}")


def _joined(table: pa.Table, name: str, manifest: Manifest) -> Any:
    """A column of the manifest in the order of the table, null where it lacks the picture."""
    uris = manifest.table.column("uri").combine_chunks()
    return manifest.table.column(name).take(pc.index_in(table.column("uri"), value_set=uris))
