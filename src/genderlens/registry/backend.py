"""Where a registry keeps its versions: what a folder and a bucket have in common."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from genderlens.bundle import Bundle


class Backend(Protocol):
    """Keys are ``VERSION/bundle.json``, ``aliases.json``, ``decisions/….json``."""

    @property
    def address(self) -> str:
        """For messages."""

    def list_folders(self) -> list[str]:
        """The names of the folders at the top, in order; of versions and of others."""

    def list_files(self, folder: str) -> list[str]:
        """The names of the files in a folder, in order; none where it does not exist."""

    def sizes(self, folder: str) -> dict[str, int]:
        """The plain files in a folder and their bytes; none where it does not exist."""

    def read(self, key: str) -> bytes | None:
        """A small file; None where there is none."""

    def write(self, key: str, content: bytes) -> None:
        """Replace a small file, whole or not at all."""

    def tag(self, key: str) -> str:
        """What ``replace`` is to find there still."""

    def replace(self, key: str, content: bytes, tag: str) -> bool:
        """As ``write``, where nobody has written since the tag was read; False where somebody has.

        To be used while the lock is held.
        """

    def add(self, bundle: Bundle) -> None:
        """Store a checked bundle, whole or not at all; VersionExistsError for another of its name.

        The same bundle once more changes nothing.
        """

    def fetch(self, version: str) -> Path:
        """A local folder with the version, to be checked by whoever loads it."""

    def locked(self) -> AbstractContextManager[None]:
        """Held while the state is read, changed and written."""
