"""Where labelled pictures lie: a local path, or its likeness in a cloud."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Protocol, Self

from genderlens.errors import SourceNotFoundError
from genderlens.remote import RemoteEntry, describe_remote, is_remote, list_remote


class Place(Protocol):
    """What readers ask of a file or folder; ``pathlib.Path`` and RemotePath answer."""

    @property
    def name(self) -> str: ...
    @property
    def stem(self) -> str: ...
    @property
    def suffix(self) -> str: ...
    @property
    def parent(self) -> Self: ...
    def __truediv__(self, name: str, /) -> Self: ...
    def absolute(self) -> Self: ...
    def exists(self) -> bool: ...
    def is_file(self) -> bool: ...
    def is_dir(self) -> bool: ...
    def iterdir(self) -> Iterator[Self]: ...


class RemotePath:
    """The part of ``pathlib.Path`` that readers use, for ``s3://bucket/folder/file``.

    A folder is listed once, and what a listing told is not asked again.
    """

    def __init__(self, uri: str, entry: RemoteEntry | None = None) -> None:
        self._uri = uri.rstrip("/")
        self._known = entry

    def __str__(self) -> str:
        return self._uri

    def __repr__(self) -> str:
        return f"RemotePath({self._uri!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RemotePath) and self._uri == other._uri

    def __hash__(self) -> int:
        return hash(self._uri)

    def __truediv__(self, name: str) -> RemotePath:
        return RemotePath(f"{self._uri}/{name}")

    @property
    def name(self) -> str:
        return self._uri.rpartition("/")[2]

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).stem

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix

    @property
    def parent(self) -> RemotePath:
        """The folder above; a bucket is its own."""
        above = self._uri.rpartition("/")[0]
        return self if above.endswith("/") else RemotePath(above)

    def absolute(self) -> RemotePath:
        return self

    def exists(self) -> bool:
        return self._entry is not None

    def is_file(self) -> bool:
        return self._entry is not None and not self._entry.is_folder

    def is_dir(self) -> bool:
        return self._entry is not None and self._entry.is_folder

    def iterdir(self) -> Iterator[RemotePath]:
        yield from self._children

    @cached_property
    def _entry(self) -> RemoteEntry | None:
        try:
            return self._known or describe_remote(self._uri)
        except SourceNotFoundError:
            return None

    @cached_property
    def _children(self) -> list[RemotePath]:
        return [RemotePath(entry.uri, entry) for entry in list_remote(self._uri)]


def find_place(source: str) -> Place:
    """The place that a SOURCE names; SourceNotFoundError where nothing is at a remote one."""
    if is_remote(source):
        return RemotePath(source, describe_remote(source.rstrip("/")))
    return Path(source.removeprefix("file://"))


def place_of(uri: str) -> str:
    """Folder and name of a picture: what it is called wherever its data set lies.

    ``../faces/train.parquet#7`` and ``/mnt/faces/train.parquet#7`` are both
    ``faces/train.parquet#7``.
    """
    path = uri if is_remote(uri) else os.path.abspath(uri)  # noqa: PTH100 - it may end in a row
    return "/".join(path.split("/")[-2:])


def file_names(folder: Place) -> set[str]:
    """The names of the files in a folder."""
    if not isinstance(folder, Path):
        return {child.name for child in folder.iterdir() if child.is_file()}
    with os.scandir(folder) as entries:
        return {entry.name for entry in entries if entry.is_file()}


def require_plain_file(path: Place) -> Place:
    """The path itself; SourceNotFoundError for a broken link, a pipe, a device or nothing.

    Also for a name that is no UTF-8, which a manifest cannot hold.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise SourceNotFoundError(f"the name {str(path)!a} is not UTF-8; rename it") from error
    if not path.is_file():
        what = "is not a plain file" if path.exists() else "does not exist"
        raise SourceNotFoundError(f"picture {path} {what}; put it there or remove its entry")
    return path
