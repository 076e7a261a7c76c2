"""JSON documents too long to hold, written entry by entry."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from genderlens.storage import replacing


def write_document(path: Path, head: Mapping[str, Any], parts: Mapping[str, Iterable[Any]]) -> None:
    """An object of small values, then of long lists."""
    with replacing(path) as partial, partial.open("w", encoding="ascii") as stream:
        stream.write(json.dumps(head)[:-1])
        for number, (name, entries) in enumerate(parts.items()):
            comma = ", " if head or number else ""
            stream.write(f"{comma}{json.dumps(name)}: [")
            _write_entries(stream.write, entries)
            stream.write("]")
        stream.write("}\n")


def write_map(path: Path, name: str, entries: Iterable[tuple[str, Any]], **head: Any) -> None:
    """An object of small values and, under ``name``, one long object."""
    with replacing(path) as partial, partial.open("w", encoding="ascii") as stream:
        stream.write(json.dumps(head)[:-1] + (", " if head else "") + json.dumps(name) + ": {")
        for number, (key, value) in enumerate(entries):
            stream.write(f"{',' if number else ''}\n{json.dumps(key)}: {json.dumps(value)}")
        stream.write("\n}}\n")


def write_list(path: Path, entries: Iterable[Any]) -> None:
    """One long list."""
    with replacing(path) as partial, partial.open("w", encoding="ascii") as stream:
        stream.write("[")
        _write_entries(stream.write, entries)
        stream.write("]\n")


def _write_entries(write: Any, entries: Iterable[Any]) -> None:
    for number, entry in enumerate(entries):
        write(("," if number else "") + "\n" + json.dumps(entry, allow_nan=False))
    write("\n")
