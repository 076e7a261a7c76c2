"""Addresses of pictures and of containers below a folder or prefix, told one after another."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Final

from genderlens.containers import PICTURE_SUFFIXES
from genderlens.labelling.items import Item, create_item
from genderlens.remote import walk_remote

CONTAINER_SUFFIXES: Final = (".parquet", ".tar")
_LISTED: Final = (*PICTURE_SUFFIXES, *CONTAINER_SUFFIXES)
_MAGIC: Final = "*?["


def is_pattern(source: str) -> bool:
    """Whether an address is a glob pattern."""
    return any(sign in source for sign in _MAGIC)


def walk_folder(folder: str) -> Iterator[Item]:
    """Every visible picture and container below a local folder, in no order.

    Links to folders are not followed. A folder that cannot be listed is an item with a refusal.
    """
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    elif _is_listed(entry.name) and not entry.is_dir():
                        yield create_item(entry.path)
        except OSError as error:
            yield create_item(here, f"the folder {here!a} cannot be listed: {error}")


def expand_pattern(pattern: str) -> Iterator[Item]:
    """Every local file that a pattern matches, whatever its suffix; ``**`` crosses folders."""
    for path in glob.iglob(pattern, recursive=True):  # noqa: PTH207 - pathlib lists whole folders
        if not os.path.isdir(path):  # noqa: PTH112 - names need not be UTF-8
            yield create_item(os.path.abspath(path))  # noqa: PTH100


def walk_prefix(uri: str) -> Iterator[Item]:
    """Every picture and container in a folder of a cloud, in no order; ``*`` matches anything."""
    pattern = uri if is_pattern(uri) else f"{uri}/*"
    fixed = pattern[: min(pattern.find(sign) for sign in _MAGIC if sign in pattern)]
    for address in walk_remote(fixed):
        below = address.removeprefix(fixed)
        if fnmatchcase(address, pattern) and _is_listed(address) and not _is_hidden(below):
            yield Item(address)


def _is_listed(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in _LISTED


def _is_hidden(below: str) -> bool:
    return any(part.startswith(".") for part in below.split("/"))
