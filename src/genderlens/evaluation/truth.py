"""What annotators say of further heads: columns of the data, beside the answers of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from genderlens.data.manifest import Manifest
from genderlens.errors import DataError, SettingsError, did_you_mean
from genderlens.evaluation.columns import Answers
from genderlens.evaluation.head_columns import read_heads, truth_column
from genderlens.heads import Head, column_word


def parse_truths(told: Sequence[str]) -> dict[str, str]:
    """``HEAD=COLUMN`` of each option; SettingsError for anything else."""
    found: dict[str, str] = {}
    for text in told:
        name, _, column = text.partition("=")
        if not name.strip() or not column.strip():
            raise SettingsError(
                f"--attribute-label {text!r} is not understood; write HEAD=COLUMN, such as "
                "age_group=age"
            )
        found[name.strip()] = column.strip()
    return found


def require_heads(heads: Sequence[Head], truths: Mapping[str, str]) -> None:
    """SettingsError where a truth is given for a head that is not among the further ones."""
    known = [head.name for head in heads[1:]]
    for name in truths:
        if name not in known:
            near = did_you_mean(name, known)
            raise SettingsError(
                f"--attribute-label names {name!r}, which is not among the attributes answered: "
                f"{', '.join(known) or 'none'}{near}"
            )


def add_truths(table: pa.Table, manifest: Manifest, truths: Mapping[str, str]) -> pa.Table:
    """The table with ``HEAD_label`` for each further head that the data has a column of.

    That column is named like the head unless ``truths`` names another. Raises ManifestError for a
    named one that is missing, DataError for words that are none of the head's labels.
    """
    for head in read_heads(table.schema)[1:]:
        column = truths.get(head.name, head.name)
        if head.name in truths or column in manifest.attributes:
            words = _translated(manifest, column, head)
            uris = manifest.table.column("uri").combine_chunks()
            told = words.take(pc.index_in(table.column("uri"), value_set=uris))
            table = _replaced(table, truth_column(head), told)
    return table


def judged_heads(answers: Answers) -> list[Head]:
    """The further heads of a table whose truth it holds."""
    names = answers.schema.names
    return [head for head in read_heads(answers.schema)[1:] if truth_column(head) in names]


def _translated(manifest: Manifest, column: str, head: Head) -> Any:
    """The column in the head's words; case and punctuation may differ."""
    meant = {column_word(label): label for label in head.labels} | {x: x for x in head.labels}
    words: list[str | None] = []
    for value in manifest.column(column):
        label = None if value is None else meant.get(value, meant.get(column_word(value)))
        if label is None and value is not None:
            raise DataError(
                f"the column {column!r} holds {value!r}, which is no label of {head.name!r}; "
                f"known are {', '.join(head.labels)}; name another column with "
                f"--attribute-label {head.name}=COLUMN"
            )
        words.append(label)
    return pa.chunked_array([words], pa.string())


def _replaced(table: pa.Table, name: str, values: Any) -> pa.Table:
    if name in table.column_names:
        return table.set_column(table.column_names.index(name), name, values)
    return table.append_column(name, values)
