"""Addresses of pictures and of containers below a folder or prefix, told one after another."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any, Final

from genderlens.containers import PICTURE_SUFFIXES
from genderlens.errors import DataError
from genderlens.labelling.items import Item, create_item
from genderlens.remote import list_remote

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
    """Every picture and container below a prefix of a cloud; ``*`` in it matches any characters."""
    fixed = uri[: min(uri.find(sign) for sign in _MAGIC if sign in uri)] if is_pattern(uri) else uri
    addresses = _pages(fixed) if uri.startswith("s3://") else _descend(fixed.rpartition("/")[0])
    for address in addresses:
        wanted = fnmatchcase(address, uri) if is_pattern(uri) else _is_below(address, uri)
        if wanted and _is_listed(address) and not _is_hidden(address[len(fixed) :]):
            yield Item(address)


def _is_listed(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in _LISTED


def _is_hidden(below: str) -> bool:
    return any(part.startswith(".") for part in below.split("/"))


def _is_below(address: str, prefix: str) -> bool:
    return address == prefix or address.startswith(prefix.rstrip("/") + "/")


def _pages(uri: str) -> Iterator[str]:
    """The keys below an ``s3://`` prefix, page by page: s3fs itself would hold all of them."""
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    client = _s3()
    token: dict[str, str] = {}
    while True:
        try:
            page = client.call_s3("list_objects_v2", Bucket=bucket, Prefix=prefix, **token)
        except Exception as error:  # several libraries below share no other base class
            raise DataError(
                f"{uri!r} cannot be listed: {error}; check address and access"
            ) from error
        yield from (f"s3://{bucket}/{entry['Key']}" for entry in page.get("Contents", ()))
        if not page.get("IsTruncated"):
            return
        token = {"ContinuationToken": page["NextContinuationToken"]}


def _s3() -> Any:
    import fsspec

    return fsspec.filesystem("s3", use_listings_cache=False)  # type: ignore[no-untyped-call]


def _descend(folder: str) -> Iterable[str]:
    """The objects below a folder of another cloud, folder by folder."""
    for entry in list_remote(folder):
        if entry.is_folder:
            yield from _descend(entry.uri)
        else:
            yield entry.uri
