"""Which pictures a table may name: those below its own folder, links followed.

A picture that is missing is refused in the skipped; one that lies elsewhere stops the reading.

Nothing in the file can widen that: a table from elsewhere must not choose which files of this
machine, or which objects that its credentials open, are read. Who trusts a table says so with the
kind ``manifest``.
"""

from __future__ import annotations

import os
import posixpath
from pathlib import Path

from genderlens.data.readers.listing import require_plain_file
from genderlens.data.sources.paths import Place, RemotePath, file_names
from genderlens.data.sources.skipped import SkippedItems
from genderlens.errors import SourceNotFoundError
from genderlens.remote import is_remote
from genderlens.storage import split_fragment


class Addresses:
    """Turns what a table in ``folder`` calls its pictures into addresses, each checked once."""

    def __init__(self, folder: Place, *, skipped: SkippedItems, trusted: bool = False) -> None:
        self.folder = folder.resolve() if isinstance(folder, Path) else folder
        self._trusted, self._ledger = trusted, skipped
        self._known: dict[str, str | None] = {}
        self._listed: dict[str, set[str]] = {}

    def locate(self, value: str | None, where: str) -> str | None:
        """The address of the picture that a row names, None where it is refused.

        SourceNotFoundError for an address that leads elsewhere.
        """
        if value is None or "\0" in value:
            self._ledger.refuse(f"{where} names no picture; fill in its path")
            return None
        container, row = split_fragment(value)
        if container in self._known:
            found = self._known[container]
            if found is None:
                self._ledger.refuse(f"{where}: picture {container} was refused above")
        else:
            found = self._known[container] = self._find(container, where)
        return found if found is None or row is None else f"{found}#{row}"

    def _find(self, value: str, where: str) -> str | None:
        if isinstance(self.folder, RemotePath) or (self._trusted and is_remote(value)):
            return self._find_remote(value, where)
        if is_remote(value):
            raise self._outside(value, where)
        path = self._below(value)
        if "\\" in value and not path.exists():
            path = self._below(value.replace("\\", "/"))
        if not self._trusted and not path.is_relative_to(Path(str(self.folder))):
            raise self._outside(value, where)
        try:
            return str(require_plain_file(path))
        except SourceNotFoundError as error:
            self._ledger.refuse(f"{where}: {error.message}")
        except OSError as error:
            self._ledger.refuse(f"{where}: picture {path} cannot be looked at: {error}")
        return None

    def _below(self, value: str) -> Path:
        """The real place of a name in the folder; a loop of links is no place."""
        path = Path(str(self.folder)) / value.removeprefix("file://")
        try:
            return path.resolve()
        except (OSError, RuntimeError):
            return Path(os.path.abspath(path))  # noqa: PTH100 - links of the loop stay as they are

    def _find_remote(self, value: str, where: str) -> str | None:
        if not is_remote(value):
            value = value.replace("\\", "/")
        uri = value if is_remote(value) else f"{self.folder}/{value}"
        scheme, _, key = uri.partition("://")
        uri = f"{scheme}://{posixpath.normpath(key)}"
        if not self._trusted and (value.startswith("/") or not uri.startswith(f"{self.folder}/")):
            raise self._outside(value, where)
        parent, _, name = uri.rpartition("/")
        if parent not in self._listed:
            self._listed[parent] = file_names(RemotePath(parent))
        if name not in self._listed[parent]:
            self._ledger.refuse(f"{where}: picture {uri} does not exist; put it there")
            return None
        return uri

    def _outside(self, value: str, where: str) -> SourceNotFoundError:
        return SourceNotFoundError(
            f"{where} names {value!r}, which lies outside {self.folder}; "
            "put the table into a folder above all of its pictures, or trust it: --kind manifest"
        )
