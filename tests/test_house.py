"""What keeps the house one to see into: short files, rooms of few, and tests that mirror them."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import genderlens

SOURCES = Path(genderlens.__file__).parent
FILES = sorted(SOURCES.rglob("*.py"))
MOST_LINES = 300
MOST_FILES = 20


def test_no_file_is_long() -> None:
    lengths = {
        path.relative_to(SOURCES): len(path.read_text("utf-8").splitlines()) for path in FILES
    }
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}
    assert len(lengths) > 400


def test_no_room_is_crowded() -> None:
    counts = Counter(path.parent.relative_to(SOURCES) for path in FILES)
    assert {room: count for room, count in counts.items() if count > MOST_FILES} == {}


def test_every_room_says_what_it_is_for() -> None:
    rooms = {path.parent for path in FILES} - {SOURCES / "history" / "migrations"}
    silent = [
        room for room in rooms if not (room / "__init__.py").read_text("utf-8").startswith('"""')
    ]
    assert silent == []


def test_one_name_is_one_class() -> None:
    """Apart from the shapes of HTTP, which are named as its documents name them."""
    classes = Counter(
        node.name
        for path in FILES
        if SOURCES / "service" / "schemas" not in path.parents
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert {name for name, count in classes.items() if count > 1} == set()
    assert len(classes) > 300
