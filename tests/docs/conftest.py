"""A folder as a reader of the documentation has it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import photos
from docs.blocks import Reader
from stand_in import write_faces
from tiny_bundles import make_bundle


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """With ``photo.jpg``, ``PHOTOS`` and ``bundles/mine``; what it starts ends with the test."""
    write_faces(tmp_path / "PHOTOS", 30)
    (tmp_path / "photo.jpg").write_bytes(photos.encode(photos.portrait()))
    make_bundle(tmp_path / "bundles" / "mine", "mine", version="mine-1")
    reader = Reader(tmp_path)
    yield reader
    reader.stop()
