"""The words behind the numbers of a ``ClassLabel``, as Hugging Face datasets write them down.

They stand as JSON under ``huggingface`` in the metadata of the Parquet schema.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa


class ClassNames:
    """The words of each column that holds numbers of classes."""

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        self._names = names

    def translate(self, column: str, value: object) -> object:
        """The word that a number stands for; -1 is no class, other values stay as they are."""
        names = self._names.get(column)
        if names is None or not isinstance(value, int) or isinstance(value, bool):
            return value
        if value == -1:
            return None
        return names[value] if 0 <= value < len(names) else value


def read_class_names(schema: pa.Schema) -> ClassNames:
    """The class names that a schema carries; none where its metadata is absent or malformed."""
    text = (schema.metadata or {}).get(b"huggingface", b"{}")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return ClassNames({})
    features = _inner(document, "info", "features")
    return ClassNames(
        {column: names for column, feature in features.items() if (names := _names(feature))}
    )


def _inner(document: Any, *keys: str) -> Mapping[str, Any]:
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


def _names(feature: Any) -> list[str] | None:
    """The ordered names of a feature that is a ClassLabel, in either form that was written."""
    names = feature.get("names") if isinstance(feature, dict) else None
    if isinstance(names, dict):
        names = [names[key] for key in sorted(names, key=lambda key: (len(str(key)), str(key)))]
    good = isinstance(names, list) and all(isinstance(name, str) for name in names)
    return names if good else None
