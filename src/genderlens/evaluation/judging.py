"""From a predictions table to the judged rows; piece by piece, so that only numbers are held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from genderlens.data.manifest import Manifest, natural_key
from genderlens.errors import DataError, ManifestError
from genderlens.evaluation.columns import OPTIONAL, Answers, pieces
from genderlens.evaluation.head_columns import (
    HeadColumns,
    answer_columns,
    read_heads,
    word_codes,
)
from genderlens.evaluation.rows import Attribute, Bools, Codes, Judged
from genderlens.heads import Head

MOST_VALUES: Final = 200


def judge_rows(
    answers: Answers,
    *,
    by: Sequence[str] = (),
    manifest: Manifest | None = None,
    head: Head | None = None,
) -> Judged:
    """The labelled pictures of a table with the attributes ``by``, as its first head or another.

    An attribute is ``label``, a column of the manifest (joined by uri) or one of the table that
    holds no answer. Raises ManifestError for an unknown attribute, DataError for rows that
    contradict themselves.
    """
    heads = read_heads(answers.schema)
    judged = heads[0] if head is None else head
    columns = HeadColumns(judged, is_first=judged.name == heads[0].name)
    draft, start = _Draft(len(answers), columns, by, answer_columns(heads)), 0
    for piece in pieces(answers):
        draft.add(piece, start, manifest)
        start += len(piece)
    return draft.finish()


class _Draft:
    """Arrays as long as the table, filled up to ``size``."""

    def __init__(
        self, most: int, columns: HeadColumns, by: Sequence[str], told: Sequence[str]
    ) -> None:
        self.size = self.unlabelled = self.further_faces = 0
        self._columns, self._told = columns, told
        width = 1 if columns.head.is_binary else len(columns.head.labels)
        self._outcome = np.empty(most, np.int8)
        self._label = np.empty(most, np.int8)
        self._scores = np.empty((most, width), np.float64)
        self._position = np.empty(most, np.int32)
        self._codes = {name: np.empty(most, np.int16) for name in by}
        self._words: dict[str, dict[str, int]] = {name: {} for name in by}

    def add(self, table: pa.Table, start: int, manifest: Manifest | None) -> None:
        """Judge one piece, whose first row is row ``start`` of the table."""
        if table.column("uri").null_count:
            raise DataError("the predictions hold a row without a uri; predict again")
        table = _with_labels(table, manifest)
        label, first = self._labels(table), _first_faces(table)
        labelled = label >= 0
        rows = np.flatnonzero(first & labelled)
        chosen = table.take(rows)
        run = slice(self.size, self.size + len(rows))
        outcome = self._columns.outcomes(chosen)
        self._outcome[run] = outcome
        self._label[run] = label[rows]
        self._scores[run] = self._columns.scores(chosen, outcome)
        self._position[run] = rows + start
        for name, codes in self._codes.items():
            codes[run] = self._attribute(name, _column(chosen, name, manifest, self._told))
        self.size = run.stop
        self.unlabelled += int((first & ~labelled).sum())
        self.further_faces += int((~first).sum())

    def finish(self) -> Judged:
        """What was judged, the values of each attribute in their natural order."""
        run = slice(0, self.size)
        return Judged(
            head=self._columns.head,
            outcome=self._outcome[run],
            label=self._label[run],
            scores=self._scores[run],
            position=self._position[run],
            attributes={
                name: self._ranked(name, codes[run]) for name, codes in self._codes.items()
            },
            unlabelled=self.unlabelled,
            further_faces=self.further_faces,
        )

    def _labels(self, table: pa.Table) -> NDArray[np.int32]:
        words = list(self._columns.head.labels)
        return word_codes(table.column(self._columns.truth), words, may_be_null=True)

    def _attribute(self, name: str, column: Any) -> Codes:
        """The values as numbers in the order in which they were first met."""
        encoded: Any = pc.dictionary_encode(column.cast(pa.string())).combine_chunks()
        words = self._words[name]
        places = [words.setdefault(word, len(words)) for word in encoded.dictionary.to_pylist()]
        if len(words) > MOST_VALUES:
            raise ManifestError(
                f"{name!r} has more than {MOST_VALUES} different values, too many to make groups; "
                "put them into ranges first"
            )
        met = np.array([*places, -1], dtype=np.int16)
        codes: Codes = met[encoded.indices.fill_null(len(places)).to_numpy()]
        return codes

    def _ranked(self, name: str, codes: Codes) -> Attribute:
        values = sorted(self._words[name], key=natural_key)
        rank = np.array([*map(values.index, self._words[name]), -1], dtype=np.int16)
        return Attribute(rank[codes], tuple(values))


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


def _column(table: pa.Table, name: str, manifest: Manifest | None, told: Sequence[str]) -> Any:
    """The values to group by; ``told`` are the columns of answers, which nobody annotated."""
    if name != "label" and manifest is not None and name in manifest.table.column_names:
        return _joined(table, name, manifest)
    if name in table.column_names and (name == "label" or name not in told):
        return table.column(name)
    known = {*(manifest.attributes if manifest else ()), *table.column_names, "label"}
    listed = ", ".join(sorted(known - {*told, *OPTIONAL} | {"label"}))
    raise ManifestError(f"there is no column {name!r} to group by; known are {listed}")


def _joined(table: pa.Table, name: str, manifest: Manifest) -> Any:
    """A column of the manifest in the order of the table, null where it lacks the picture."""
    uris = manifest.table.column("uri").combine_chunks()
    return manifest.table.column(name).take(pc.index_in(table.column("uri"), value_set=uris))
