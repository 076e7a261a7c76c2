"""What a SOURCE of the library stands for: one picture, or many, found one after the other."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

import numpy as np
from PIL import Image

from genderlens.data.sources.listing import list_pictures
from genderlens.data.sources.patterns import is_pattern
from genderlens.data.sources.skipped import SkippedItems
from genderlens.errors import SourceNotFoundError
from genderlens.library.inputs import TAKEN, Input, is_web, name_of
from genderlens.remote import describe_remote, is_remote


def is_many(source: Any) -> bool:
    """Whether a source stands for several pictures: a folder, a glob, a list, a generator.

    A cloud is asked only about an address whose last part has no dot.
    """
    if isinstance(source, (str, os.PathLike)):
        text = os.fsdecode(source)
        return False if is_web(text) else _is_many_there(text)
    if isinstance(source, (bytes, bytearray, memoryview, Image.Image, np.ndarray, Input)):
        return False
    loose = isinstance(source, (Mapping, Set)) or hasattr(source, "read")
    return isinstance(source, Iterable) and not loose


def one(source: Any) -> Input:
    """A source that is not many."""
    return source if isinstance(source, Input) else Input(source, name_of(source))


def expand(source: Any) -> Iterator[Input]:
    """Every picture of a source, in order: sorted by name in folders and globs.

    Raises SourceNotFoundError where a folder or glob holds no picture.
    """
    if not is_many(source):
        yield one(source)
    elif isinstance(source, (str, os.PathLike)):
        yield from _require_some(os.fsdecode(source))
    else:
        for item in source:
            if isinstance(item, Iterable) and is_many(item) and not _is_place(item):
                raise TypeError(f"a list holds pictures ({TAKEN}), not lists")
            yield from expand(item)


def find_pictures(place: str, skipped: SkippedItems) -> list[str]:
    """Paths or addresses of the pictures in a folder or glob, here or in a cloud, sorted.

    Known by name or content; links to folders are not followed. What is no picture is noted
    as skipped; what cannot be looked at is told like one, so that it is reported when read.
    """
    found = (found.path for found in list_pictures(place, skipped))
    as_given = is_remote(place) or _is_folder(place) or os.path.isabs(place)  # noqa: PTH117
    return sorted(found if as_given else map(os.path.relpath, found))


def count(source: Any) -> int | None:
    """How many pictures a list of pictures has; None where only a walk would tell."""
    if isinstance(source, (list, tuple)) and not any(_is_place(s) and is_many(s) for s in source):
        return len(source)
    return None


def _is_many_there(place: str) -> bool:
    if "\0" in place:
        return False
    if is_remote(place):
        if is_pattern(place) or place.endswith("/"):
            return True
        return "." not in place.rpartition("/")[2] and _is_prefix(place)
    return _is_folder(place) or (is_pattern(place) and not os.path.lexists(place))


def _is_folder(place: str) -> bool:
    return os.path.isdir(place)  # noqa: PTH112 - False for any error


def _is_prefix(uri: str) -> bool:
    try:
        return describe_remote(uri).is_folder
    except SourceNotFoundError:
        return False


def _is_place(source: Any) -> bool:
    return isinstance(source, (str, os.PathLike))


def _require_some(place: str) -> Iterator[Input]:
    skipped = SkippedItems()
    found = find_pictures(place, skipped)
    if not found:
        nothing = "nothing matches" if is_pattern(place) else "nothing lies there"
        told = "; ".join(skipped.describe_passed_over()) or nothing
        raise SourceNotFoundError(f"no picture is in {place}: {told}")
    yield from (Input(path, path) for path in found)
