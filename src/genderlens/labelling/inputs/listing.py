"""Addresses of pictures and of containers below a folder or prefix, told one after another."""

from __future__ import annotations

from collections.abc import Iterator

from genderlens.data.sources import prefixes, walk
from genderlens.data.sources.compressed import is_tar_name
from genderlens.data.sources.patterns import match_pattern
from genderlens.data.sources.skipped import SkippedItems
from genderlens.labelling.inputs.items import Item, create_item


def is_container(name: str) -> bool:
    """Whether a file of this name holds pictures as rows or members."""
    return is_tar_name(name) or name.lower().endswith(".parquet")


def walk_folder(folder: str, skipped: SkippedItems) -> Iterator[Item]:
    """Every visible picture and container below a local folder, in no order.

    Links to folders are not followed. What cannot be looked at is an item with a refusal.
    """
    for found in walk.walk_folder(folder, skipped, is_container):
        yield create_item(found.path, found.refusal)


def expand_pattern(pattern: str, skipped: SkippedItems) -> Iterator[Item]:
    """Every local picture and container that a pattern matches; ``**`` crosses folders."""
    for match in match_pattern(pattern):
        found = walk.look_at(match.path, skipped, is_container) if not match.refusal else match
        if found is not None:
            yield create_item(found.path, found.refusal)


def walk_prefix(uri: str, skipped: SkippedItems) -> Iterator[Item]:
    """Every picture and container in a folder of a cloud, in no order; ``*`` matches anything."""
    for address in prefixes.walk_prefix(uri, skipped, is_container):
        yield Item(address)
