"""A folder as a reader of the documentation has it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import photos
from clips import STILL, write_clip
from clouds import serve_s3
from docs.blocks import Reader
from docs.twins import VERSION
from forks import place
from stand_in import write_faces
from tiny_bundles import make_bundle


@pytest.fixture(scope="session")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Face crops in class folders, drawn once."""
    return write_faces(tmp_path_factory.mktemp("faces") / "PHOTOS", 30)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short video of one person, drawn once."""
    return write_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", [STILL], seconds=1, rate=5)


@pytest.fixture
def reader(tmp_path: Path, faces: Path, clip: Path) -> Iterator[Reader]:
    """With ``photo.jpg``, ``clip.mp4``, ``PHOTOS``, ``bundles/mine``; all that it starts ends."""
    shutil.copytree(faces, tmp_path / "PHOTOS")
    shutil.copy(clip, tmp_path / "clip.mp4")
    (tmp_path / "photo.jpg").write_bytes(photos.encode(photos.portrait()))
    make_bundle(tmp_path / "bundles" / "mine", "mine", version=VERSION)
    reader = Reader(tmp_path, place)
    yield reader
    reader.stop()


@pytest.fixture
def bucket(reader: Reader) -> Iterator[None]:
    """An S3 server whose ``bucket`` holds the labelled pictures in ``photos``, others elsewhere."""
    with serve_s3() as files:
        files.mkdir("bucket")
        for path in (reader.folder / "PHOTOS").glob("*/*"):
            name = f"{path.parent.name}/{path.name}"
            files.pipe_file(f"bucket/photos/{name}", path.read_bytes())
        for place in ("inbox", "prefix"):
            files.pipe_file(f"bucket/{place}/1.jpg", (reader.folder / "photo.jpg").read_bytes())
        yield
