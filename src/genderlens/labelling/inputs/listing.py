"""Addresses of pictures and of containers below a folder or prefix, told one after another."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from genderlens.data.sources import walk
from genderlens.data.sources.compressed import is_tar_name
from genderlens.data.sources.content import (
    HEAD_BYTES,
    OTHER_SUFFIXES,
    ContentKind,
    is_picture_name,
    judge_file,
)
from genderlens.data.sources.junk import HIDDEN, is_in_junk
from genderlens.data.sources.skipped import SkippedItems
from genderlens.errors import DataError
from genderlens.labelling.inputs.items import Item, create_item
from genderlens.labelling.inputs.patterns import MAGIC, is_pattern, match_pattern
from genderlens.remote import open_remote, walk_remote


def is_container(name: str) -> bool:
    """Whether a file of this name holds pictures as rows or members."""
    return is_tar_name(name) or name.lower().endswith(".parquet")


def walk_folder(folder: str, ledger: SkippedItems) -> Iterator[Item]:
    """Every visible picture and container below a local folder, in no order.

    Links to folders are not followed. What cannot be looked at is an item with a refusal.
    """
    for found in walk.walk_folder(folder, ledger, is_container):
        yield create_item(found.path, found.refusal)


def expand_pattern(pattern: str, ledger: SkippedItems) -> Iterator[Item]:
    """Every local picture and container that a pattern matches; ``**`` crosses folders."""
    for match in match_pattern(pattern):
        found = walk.look_at(match.path, ledger, is_container) if not match.refusal else match
        if found is not None:
            yield create_item(found.path, found.refusal)


def walk_prefix(uri: str, ledger: SkippedItems) -> Iterator[Item]:
    """Every picture and container in a folder of a cloud, in no order; ``*`` matches anything."""
    pattern = uri if is_pattern(uri) else f"{uri}/*"
    fixed = pattern[: min(pattern.find(sign) for sign in MAGIC if sign in pattern)]
    for address in walk_remote(fixed):
        below = address.removeprefix(fixed)
        if not fnmatchcase(address, pattern):
            continue
        if is_in_junk(below.split("/")):
            ledger.pass_over(HIDDEN, address)
        elif _is_listed(address, ledger):
            yield Item(address)


def _is_listed(address: str, ledger: SkippedItems) -> bool:
    """Whether an object is a picture or container; one that cannot be opened is told later."""
    if is_picture_name(address) or is_container(address):
        return True
    try:
        judged = judge_file(address, lambda: _head(address))
    except DataError:
        return True
    if judged.verdict is ContentKind.PASSED_OVER:
        ledger.pass_over(judged.reason, address)
    return judged.verdict is not ContentKind.PASSED_OVER


def _head(address: str) -> bytes:
    """The first bytes; texts are known by their names, as each look costs a request."""
    if PurePosixPath(address).suffix.lower() in OTHER_SUFFIXES:
        return b"-"
    with open_remote(address) as stream:
        return stream.read(HEAD_BYTES)
