"""Local files through a predictor, several at a time, in order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from genderlens.cpus import map_in_threads
from genderlens.data.sources.skipped import SkippedItems
from genderlens.data.sources.walk import walk_folder
from genderlens.errors import SourceNotFoundError
from genderlens.inference.predictor import Predictor
from genderlens.storage import MAX_FILE_BYTES
from genderlens.types import Prediction


@dataclass(frozen=True)
class Refused:
    """A picture that cannot be had: the stable name of the reason, and the reason."""

    code: str
    message: str


def find_pictures(paths: Sequence[str], ledger: SkippedItems | None = None) -> list[Path]:
    """The given files, and below given folders every picture, known by name or content.

    Links to folders are not followed. A path that does not exist or cannot be looked at stays in
    the list, so that it is reported and not lost; what is no picture stands in the ledger.
    SourceNotFoundError where nothing is left.
    """
    passed_over = SkippedItems() if ledger is None else ledger
    found: list[Path] = []
    for path in paths:
        is_folder = "\0" not in path and os.path.isdir(path)  # noqa: PTH112 - False for any error
        found += _below(path, passed_over) if is_folder else [Path(path)]
    if not found:
        told = "; ".join(passed_over.describe_passed_over()) or "nothing lies there"
        raise SourceNotFoundError(f"no picture is in {', '.join(paths)}: {told}")
    return found


def predict_files(predictor: Predictor, files: Sequence[Path]) -> Iterator[tuple[Path, Prediction]]:
    """Each file with its answer, in order; what cannot be read is ``unreadable``."""
    answers = map_in_threads(partial(_predict_file, predictor), files)
    yield from zip(files, answers, strict=True)


def _below(folder: str, ledger: SkippedItems) -> list[Path]:
    return sorted(Path(found.path) for found in walk_folder(folder, ledger))


def read_picture_file(path: Path) -> bytes | Refused:
    """The bytes of a plain file of at most MAX_FILE_BYTES, or why there are none."""
    try:
        if not path.exists():
            return Refused("file_not_found", f"no file at {path}; check the path")
        if not path.is_file():
            return Refused("not_a_file", f"{path} is not a plain file")
        if path.stat().st_size > MAX_FILE_BYTES:
            return Refused("file_too_large", f"{path} has more than {MAX_FILE_BYTES:,} bytes")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        return Refused("file_not_readable", f"{path} cannot be read: {error}")


def _predict_file(predictor: Predictor, path: Path) -> Prediction:
    content = read_picture_file(path)
    if isinstance(content, Refused):
        return predictor.refuse(content.code, content.message)
    return predictor.predict([content])[0]
