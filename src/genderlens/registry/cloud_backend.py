"""A registry in a bucket: ``s3://bucket/prefix``.

``bundle.json`` is uploaded last and only where there is none yet, so a version is whole or not
there. The state is one small object, replaced only where it is still the one that was read: of two
who change it at the same moment, the later one reads anew and changes that.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from genderlens.bundle import DESCRIPTION, MAX_DESCRIPTION_BYTES, Bundle
from genderlens.errors import DataError, RegistryError, SourceNotFoundError
from genderlens.registry.cache import fetch_bundle
from genderlens.registry.folder_backend import require_same
from genderlens.remote import RemoteEntry, list_remote, read_remote
from genderlens.remote.changes import (
    create_remote,
    remote_tag,
    replace_remote,
    upload_file,
    write_remote,
)


class CloudBackend:
    """See Backend."""

    def __init__(self, root: str, cache_dir: Path) -> None:
        self._root, self._cache_dir = root.rstrip("/"), cache_dir
        self._lock = threading.Lock()
        self._sizes: dict[str, dict[str, int]] = {}

    @property
    def address(self) -> str:
        return self._root

    def list_folders(self) -> list[str]:
        return [entry.name for entry in self._list(self._root) if entry.is_folder]

    def list_files(self, folder: str) -> list[str]:
        return [e.name for e in self._list(f"{self._root}/{folder}") if not e.is_folder]

    def sizes(self, folder: str) -> dict[str, int]:
        """Asked for once of a whole version, for versions never change."""
        if folder not in self._sizes:
            entries = self._list(f"{self._root}/{folder}")
            sizes = {entry.name: entry.size for entry in entries if not entry.is_folder}
            if DESCRIPTION not in sizes:
                return sizes
            self._sizes[folder] = sizes
        return self._sizes[folder]

    def read(self, key: str) -> bytes | None:
        try:
            return read_remote(f"{self._root}/{key}", MAX_DESCRIPTION_BYTES)
        except SourceNotFoundError as error:
            if "no bucket" in error.message:
                raise
            return None

    def write(self, key: str, content: bytes) -> None:
        write_remote(f"{self._root}/{key}", content)

    def tag(self, key: str) -> str:
        return remote_tag(f"{self._root}/{key}")

    def replace(self, key: str, content: bytes, tag: str) -> bool:
        return replace_remote(f"{self._root}/{key}", content, tag)

    def add(self, bundle: Bundle) -> None:
        content, key = bundle.read_description(), f"{bundle.version}/{DESCRIPTION}"
        stored = self.read(key)
        if stored is None:
            names = sorted(bundle.description.files)
            for name in tqdm(names, desc="uploading", delay=1.0, leave=False):
                upload_file(bundle.path / name, f"{self._root}/{bundle.version}/{name}")
            if create_remote(f"{self._root}/{key}", content):
                return
            stored = self.read(key)
        require_same(stored, content, bundle.version)

    def fetch(self, version: str) -> Path:
        return fetch_bundle(f"{self._root}/{version}", self._cache_dir)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Among the threads of this process."""
        with self._lock:
            yield

    def _list(self, uri: str) -> list[RemoteEntry]:
        try:
            return list_remote(uri)
        except SourceNotFoundError as error:
            if "no bucket" in error.message:
                raise RegistryError(f"no registry at {self._root}: {error.message}") from error
            return []


def is_unreachable(error: DataError) -> bool:
    """Whether the cloud could not be asked, other than asked in vain."""
    return not isinstance(error, SourceNotFoundError)
