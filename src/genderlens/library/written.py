"""A picture on disk for every result of a run: what was found, and what spoke for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from genderlens.errors import SettingsError
from genderlens.library.drawing import to_jpeg, to_png
from genderlens.library.result import Result
from genderlens.storage import write_bytes_atomically

if TYPE_CHECKING:
    from PIL.Image import Image


def save_plots(results: Iterable[Result], folder: Path) -> Iterator[Result]:
    """The same results, each after its picture with boxes and words was written as a JPEG.

    A file is named after the number of the picture and its name. What cannot be read has none.
    SettingsError where the folder cannot be written to.
    """
    for number, result in enumerate(results, start=1):
        try:
            drawn = result.plot()
        except LookupError:  # was never one, or is gone since it was judged
            pass
        else:
            _write(folder / f"{_stem(number, result)}.jpg", to_jpeg(drawn), "--save")
        yield result


def save_explanations(results: Iterable[Result], folder: Path) -> Iterator[Result]:
    """The same results, each after a Grad-CAM panel for every face of it was written as a PNG.

    A file is named after the number of the picture, its name and the number of the face.
    SettingsError where the folder cannot be written to.
    """
    for number, result in enumerate(results, start=1):
        for name, panel in _panels(number, result):
            _write(folder / name, to_png(panel), "--explain")
        yield result


def _panels(number: int, result: Result) -> Iterator[tuple[str, Image]]:
    try:
        panels = result.explain_faces()
    except LookupError:  # changed or gone since it was judged
        return
    for index, panel in enumerate(panels, start=1):
        part = f"-face{index}" if len(panels) > 1 else ""
        yield f"{_stem(number, result)}{part}.png", panel


def _write(path: Path, content: bytes, option: str) -> None:
    try:
        write_bytes_atomically(path, content)
    except OSError as error:
        raise SettingsError(
            f"{option} {path.parent}: cannot write there ({error}); give another folder"
        ) from error


def _stem(number: int, result: Result) -> str:
    """Harmless on any file system, whatever the picture is called."""
    stem = re.sub(r"[^\w-]+", "_", Path(result.source or "").stem)[:60].strip("_")
    return f"{number:04d}-{stem if stem.strip('-') else 'picture'}"
