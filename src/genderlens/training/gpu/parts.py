"""Parts: encoded pictures with their labels in files small enough to be carried.

A part is an ``.npz`` of ``encoded`` (the bytes of all its pictures), ``ends`` (where each picture
ends in it), ``labels`` (positive = 1), ``classes`` (N×A, -1 unknown), ``splits`` (see SPLITS) and
``uris``. ``facts.json`` beside them names the attributes and their classes.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SPLITS: Final = ("train", "calibration")
FACTS: Final = "facts.json"
_CHUNK: Final = 256


@dataclass(frozen=True)
class PackedAttribute:
    """An auxiliary attribute: its name, its classes in order, and what it weighs in the loss."""

    name: str
    classes: tuple[str, ...]
    weight: float


@dataclass(frozen=True)
class Faces:
    """N decoded faces with what is known of them."""

    pixels: NDArray[np.uint8]
    """N×3×S×S."""
    labels: NDArray[np.float32]
    """1 where it is the positive label."""
    classes: NDArray[np.int64]
    """N×A, -1 unknown."""
    splits: NDArray[np.int8]
    """Indices into SPLITS."""
    uris: tuple[str, ...]
    attributes: tuple[PackedAttribute, ...]

    def rows(self, split: str) -> NDArray[np.int64]:
        """Row numbers of a split."""
        return np.flatnonzero(self.splits == SPLITS.index(split))


@dataclass(frozen=True)
class PackedPicture:
    """One row to pack."""

    uri: str
    content: bytes
    label: int
    classes: tuple[int, ...]
    split: str


def write_parts(
    pictures: Iterable[PackedPicture],
    attributes: Iterable[PackedAttribute],
    folder: Path,
    most_bytes: int,
) -> list[Path]:
    """Parts of at most about ``most_bytes`` each, and ``facts.json``; the paths of the parts."""
    folder.mkdir(parents=True, exist_ok=True)
    paths, waiting, size = list[Path](), list[PackedPicture](), 0
    for picture in pictures:
        if waiting and size + len(picture.content) > most_bytes:
            paths.append(_write(waiting, folder / f"part-{len(paths):03d}.npz"))
            waiting, size = [], 0
        waiting.append(picture)
        size += len(picture.content) + 64
    paths.append(_write(waiting, folder / f"part-{len(paths):03d}.npz"))
    facts = [{"name": a.name, "classes": a.classes, "weight": a.weight} for a in attributes]
    (folder / FACTS).write_text(json.dumps({"attributes": facts, "parts": len(paths)}))
    return paths


def _write(pictures: list[PackedPicture], path: Path) -> Path:
    contents = [np.frombuffer(p.content, np.uint8) for p in pictures]
    np.savez(
        path,
        encoded=np.concatenate(contents),
        ends=np.cumsum([len(c) for c in contents]),
        labels=np.array([p.label for p in pictures], np.float32),
        classes=np.array([p.classes for p in pictures], np.int64),
        splits=np.array([SPLITS.index(p.split) for p in pictures], np.int8),
        uris=np.array([p.uri for p in pictures]),
    )
    return path


def read_parts(folder: Path, side: int, *, workers: int = 1) -> Faces:
    """Every part of a folder, decoded to ``side``×``side`` pixels by so many processes.

    ValueError where parts are missing or none is there.
    """
    facts = json.loads((folder / FACTS).read_text())
    paths = sorted(folder.glob("part-*.npz"))
    if len(paths) != facts["parts"]:
        raise ValueError(f"{folder} holds {len(paths)} of {facts['parts']} parts; carry the rest")
    parts = [dict(np.load(path)) for path in paths]
    contents = [content for part in parts for content in _split(part)]
    return Faces(
        pixels=_decode_all(contents, side, workers),
        labels=np.concatenate([part["labels"] for part in parts]),
        classes=np.concatenate([part["classes"] for part in parts]),
        splits=np.concatenate([part["splits"] for part in parts]),
        uris=tuple(uri for part in parts for uri in part["uris"].tolist()),
        attributes=tuple(
            PackedAttribute(a["name"], tuple(a["classes"]), a["weight"])
            for a in facts["attributes"]
        ),
    )


def _split(part: dict[str, NDArray[np.uint8]]) -> Iterator[bytes]:
    start = 0
    for end in part["ends"].tolist():
        yield part["encoded"][start:end].tobytes()
        start = end


def _decode_all(contents: list[bytes], side: int, workers: int) -> NDArray[np.uint8]:
    pixels = np.empty((len(contents), 3, side, side), np.uint8)
    chunks = [contents[i : i + _CHUNK] for i in range(0, len(contents), _CHUNK)]
    with ProcessPoolExecutor(workers) as pool:
        for index, chunk in enumerate(pool.map(_decode, chunks, [side] * len(chunks))):
            pixels[index * _CHUNK : index * _CHUNK + len(chunk)] = chunk
    return pixels


def _decode(contents: list[bytes], side: int) -> NDArray[np.uint8]:
    chunk = np.empty((len(contents), 3, side, side), np.uint8)
    for index, content in enumerate(contents):
        with Image.open(io.BytesIO(content)) as opened:
            picture = opened.convert("RGB")
        if picture.size != (side, side):
            picture = picture.resize((side, side), Image.Resampling.BILINEAR, reducing_gap=None)
        chunk[index] = np.asarray(picture).transpose(2, 0, 1)
    return chunk
