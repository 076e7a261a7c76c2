"""What a SOURCE of the library stands for: one picture, or many, found one after the other."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from genderlens.data.sources.skipped import SkippedItems
from genderlens.data.sources.walk import walk_folder
from genderlens.errors import SourceNotFoundError
from genderlens.library.inputs import TAKEN, Input, name_of
from genderlens.remote import is_remote, walk_remote

_GLOB = frozenset("*?[")


def is_many(source: Any) -> bool:
    """Whether a source stands for several pictures: a folder, a glob, a list, a generator."""
    if isinstance(source, (str, os.PathLike)):
        text = os.fsdecode(source)
        if is_remote(text):
            return text.endswith("/")
        if text.startswith(("http://", "https://")):
            return False
        return Path(text).is_dir() or (bool(_GLOB & set(text)) and not Path(text).exists())
    if isinstance(source, (bytes, bytearray, memoryview, Image.Image, np.ndarray)):
        return False
    loose = isinstance(source, (Mapping, Set)) or hasattr(source, "read")
    return isinstance(source, Iterable) and not loose


def one(source: Any) -> Input:
    """A source that is not many."""
    return Input(source, name_of(source))


def expand(source: Any) -> Iterator[Input]:
    """Every picture of a source, in order: sorted by name in folders and globs.

    Raises SourceNotFoundError where a folder or glob holds no picture.
    """
    if not is_many(source):
        yield one(source)
    elif isinstance(source, (str, os.PathLike)):
        yield from _found(os.fsdecode(source))
    else:
        for item in source:
            if isinstance(item, Iterable) and is_many(item) and not _is_place(item):
                raise TypeError(f"a list holds pictures ({TAKEN}), not lists")
            yield from expand(item)


def count(source: Any) -> int | None:
    """How many pictures a list of pictures has; None where only a walk would tell."""
    if isinstance(source, (list, tuple)) and not any(_is_place(s) and is_many(s) for s in source):
        return len(source)
    return None


def _is_place(source: Any) -> bool:
    return isinstance(source, (str, os.PathLike))


def _found(place: str) -> Iterator[Input]:
    if is_remote(place):
        yield from (Input(uri, uri) for uri in walk_remote(place))
        return
    if Path(place).is_dir():
        ledger = SkippedItems()
        paths = sorted(found.path for found in walk_folder(place, ledger))
        told = "; ".join(ledger.describe_passed_over()) or "nothing lies there"
    else:
        matches = glob.glob(place, recursive=True)  # noqa: PTH207 - absolute patterns too
        paths = sorted(path for path in matches if Path(path).is_file())
        told = "nothing matches"
    if not paths:
        raise SourceNotFoundError(f"no picture is in {place}: {told}")
    yield from (Input(path, path) for path in paths)
