"""Which pictures a table may name: those below its own folder, links followed.

Nothing in the file can widen that: a table from elsewhere must not choose which files of this
machine, or which objects that its credentials open, are read. Who trusts a table says so with the
kind ``manifest``.
"""

from __future__ import annotations

import posixpath
from pathlib import Path

from genderlens.data.places import Place, RemotePath, file_names
from genderlens.data.readers.listing import require_plain_file
from genderlens.errors import SourceNotFoundError
from genderlens.remote import is_remote
from genderlens.storage import split_fragment


class Addresses:
    """Turns what a table in ``folder`` calls its pictures into addresses, each checked once."""

    def __init__(self, folder: Place, *, trusted: bool = False) -> None:
        self.folder = folder.resolve() if isinstance(folder, Path) else folder
        self._trusted = trusted
        self._known: dict[str, str] = {}
        self._listed: dict[str, set[str]] = {}

    def locate(self, value: str | None, where: str) -> str:
        """The address of the picture that a row names; SourceNotFoundError for anything else."""
        if value is None or "\0" in value:
            raise SourceNotFoundError(f"{where} names no picture; fill in its path")
        container, row = split_fragment(value)
        if container not in self._known:
            self._known[container] = self._find(container, where)
        return self._known[container] if row is None else f"{self._known[container]}#{row}"

    def _find(self, value: str, where: str) -> str:
        if isinstance(self.folder, RemotePath) or (self._trusted and is_remote(value)):
            return self._find_remote(value, where)
        if is_remote(value):
            raise self._outside(value, where)
        path = (Path(str(self.folder)) / value.removeprefix("file://")).resolve()
        if not self._trusted and not path.is_relative_to(Path(str(self.folder))):
            raise self._outside(value, where)
        try:
            return str(require_plain_file(path))
        except SourceNotFoundError as error:
            raise SourceNotFoundError(f"{where}: {error.message}") from error

    def _find_remote(self, value: str, where: str) -> str:
        uri = value if is_remote(value) else f"{self.folder}/{value}"
        scheme, _, key = uri.partition("://")
        uri = f"{scheme}://{posixpath.normpath(key)}"
        if not self._trusted and (value.startswith("/") or not uri.startswith(f"{self.folder}/")):
            raise self._outside(value, where)
        parent, _, name = uri.rpartition("/")
        if parent not in self._listed:
            self._listed[parent] = file_names(RemotePath(parent))
        if name not in self._listed[parent]:
            raise SourceNotFoundError(f"{where}: picture {uri} does not exist; put it there")
        return uri

    def _outside(self, value: str, where: str) -> SourceNotFoundError:
        return SourceNotFoundError(
            f"{where} names {value!r}, which lies outside {self.folder}; "
            "put the table into a folder above all of its pictures, or trust it: --kind manifest"
        )
