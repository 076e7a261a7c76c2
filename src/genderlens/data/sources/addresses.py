"""Which pictures a table may name: those below its own folder, links followed.

Nothing in the file can widen that: a table from elsewhere must not choose which files of this
machine, or which objects that its credentials open, are read. Who trusts a table says so.
"""

from __future__ import annotations

import os
import posixpath
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from genderlens.data.sources.paths import RemotePath, file_names, require_plain_file
from genderlens.data.sources.skipped import SkippedItems
from genderlens.errors import SourceNotFoundError
from genderlens.remote import is_remote
from genderlens.storage import split_fragment


class NamedAddress(NamedTuple):
    """Where a name in a table leads; ``real`` is the same with links followed."""

    uri: str
    real: str
    is_inside: bool


class TableFolder:
    """The folder of a table, here or in a cloud, and what names in the table lead to."""

    def __init__(self, folder: str) -> None:
        self._is_far = is_remote(folder)
        self._realpath = lru_cache(maxsize=4096)(os.path.realpath)
        self.path = folder if self._is_far else os.path.realpath(folder)

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2] if self._is_far else os.path.basename(self.path)  # noqa: PTH119

    def find(self, value: str) -> NamedAddress:
        """The address that a name stands for, and whether it lies in the folder; opens nothing."""
        if is_remote(value) or (self._is_far and not value.startswith(("file://", "/"))):
            return self._find_remote(value)
        path = self._below(value)
        if "\\" in value and not os.path.lexists(path):
            path = self._below(value.replace("\\", "/"))
        folder, name = os.path.split(path)
        real = os.path.join(self._realpath(folder), name)  # noqa: PTH118 - names need not be UTF-8
        if os.path.islink(real):  # noqa: PTH114
            real = os.path.realpath(real)
        below = os.path.join(self.path, "")  # noqa: PTH118 - with one separator behind it
        inside = real == self.path or real.startswith(below)
        return NamedAddress(path, real, inside and not self._is_far)

    def _below(self, value: str) -> str:
        return os.path.normpath(os.path.join(self.path, value.removeprefix("file://")))  # noqa: PTH118

    def _find_remote(self, value: str) -> NamedAddress:
        below = value.replace("\\", "/")
        whole = value if is_remote(value) else f"{self.path}/{below}"
        scheme, _, key = whole.partition("://")
        uri = f"{scheme}://{posixpath.normpath(key)}"
        return NamedAddress(uri, uri, self._is_far and uri.startswith(f"{self.path}/"))


class Addresses:
    """Turns what a table in ``folder`` calls its pictures into addresses, each checked once.

    A picture that is missing is noted as refused; one that lies elsewhere stops the reading.
    """

    def __init__(self, folder: str, *, skipped: SkippedItems, trusted: bool = False) -> None:
        self._folder = TableFolder(folder)
        self._trusted, self._skipped = trusted, skipped
        self._known: dict[str, str | None] = {}
        self._listed: dict[str, set[str]] = {}

    @property
    def folder_name(self) -> str:
        """The name of the folder of the table, without those above it."""
        return self._folder.name

    def locate(self, value: str | None, where: str) -> str | None:
        """The address of the picture that a row names, None where it is refused.

        SourceNotFoundError for an address that leads elsewhere.
        """
        if value is None or "\0" in value:
            self._skipped.refuse(f"{where} names no picture; fill in its path")
            return None
        container, row = split_fragment(value)
        if container in self._known:
            found = self._known[container]
            if found is None:
                self._skipped.refuse(f"{where}: picture {container} was refused above")
        else:
            found = self._known[container] = self._find(container, where)
        return found if found is None or row is None else f"{found}#{row}"

    def _find(self, value: str, where: str) -> str | None:
        found = self._folder.find(value)
        if not found.is_inside and not self._trusted:
            raise SourceNotFoundError(
                f"{where} names {value!r}, which lies outside {self._folder.path}; "
                "put the table into a folder above all of its pictures, or trust it: "
                "--kind manifest"
            )
        try:
            if not is_remote(found.uri):
                return str(require_plain_file(Path(found.real)))
            self._require_listed(found.uri)
            return found.uri
        except SourceNotFoundError as error:
            self._skipped.refuse(f"{where}: {error.message}")
        except OSError as error:
            self._skipped.refuse(f"{where}: picture {found.real} cannot be looked at: {error}")
        return None

    def _require_listed(self, uri: str) -> None:
        """SourceNotFoundError for an object that is not there; each folder is listed once."""
        parent, _, name = uri.rpartition("/")
        if parent not in self._listed:
            self._listed[parent] = file_names(RemotePath(parent))
        if name not in self._listed[parent]:
            raise SourceNotFoundError(f"picture {uri} does not exist; put it there")
