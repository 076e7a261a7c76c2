"""Local files through a predictor, several at a time, in order."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from genderlens.containers import PICTURE_SUFFIXES
from genderlens.cpus import map_in_threads
from genderlens.inference.predictor import Predictor
from genderlens.storage import MAX_FILE_BYTES
from genderlens.types import Prediction


def find_pictures(paths: Iterable[str]) -> list[Path]:
    """The given files, and below given folders every file with a picture's suffix.

    Links to folders are not followed. A path that does not exist stays in the list, so that it is
    reported and not lost.
    """
    found: list[Path] = []
    for path in map(Path, paths):
        found += _below(path) if path.is_dir() else [path]
    return found


def predict_files(predictor: Predictor, files: Sequence[Path]) -> Iterator[tuple[Path, Prediction]]:
    """Each file with its answer, in order; what cannot be read is ``unreadable``."""
    answers = map_in_threads(partial(_predict_file, predictor), files)
    yield from zip(files, answers, strict=True)


def _below(folder: Path) -> list[Path]:
    return sorted(
        Path(parent) / name
        for parent, _, names in os.walk(folder, followlinks=False)
        for name in names
        if Path(name).suffix.lower() in PICTURE_SUFFIXES
    )


def _predict_file(predictor: Predictor, path: Path) -> Prediction:
    try:
        if not path.exists():
            return predictor.refuse("file_not_found", f"no file at {path}; check the path")
        if not path.is_file():
            return predictor.refuse("not_a_file", f"{path} is not a plain file")
        if path.stat().st_size > MAX_FILE_BYTES:
            limit = f"{MAX_FILE_BYTES:,}"
            return predictor.refuse("file_too_large", f"{path} has more than {limit} bytes")
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        return predictor.refuse("file_not_readable", f"{path} cannot be read: {error}")
    return predictor.predict([content])[0]
