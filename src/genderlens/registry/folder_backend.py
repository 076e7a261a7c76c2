"""A registry in a local folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from genderlens.bundle import DESCRIPTION, MAX_DESCRIPTION_BYTES, Bundle, load_bundle
from genderlens.errors import (
    BundleError,
    BundleIntegrityError,
    RegistryError,
    VersionExistsError,
)
from genderlens.files.locks import exclusive
from genderlens.files.plain import copy_plain, read_plain
from genderlens.registry.durable import create_durably, make_durably, sync_folder, write_durably


class FolderBackend:
    """See Backend. A version appears by a rename; what a kill leaves is hidden and reused."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def address(self) -> str:
        return str(self._root)

    def list_folders(self) -> list[str]:
        if not self._root.is_dir():
            return []
        return sorted(p.name for p in self._root.iterdir() if p.is_dir() and p.name[0] != ".")

    def list_files(self, folder: str) -> list[str]:
        path = self._root / folder
        if not path.is_dir():
            return []
        return sorted(p.name for p in path.iterdir() if p.is_file() and p.name[0] != ".")

    def sizes(self, folder: str) -> dict[str, int]:
        """Links are no plain files: they are never followed."""
        found: dict[str, int] = {}
        with (
            suppress(FileNotFoundError, NotADirectoryError),
            os.scandir(self._root / folder) as entries,
        ):
            for entry in entries:
                if entry.is_file(follow_symlinks=False):
                    found[entry.name] = entry.stat(follow_symlinks=False).st_size
        return found

    def read(self, key: str) -> bytes | None:
        try:
            return read_plain(self._root / key, MAX_DESCRIPTION_BYTES)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise RegistryError(f"cannot read {self._root / key}: {error}; check it") from error

    def write(self, key: str, content: bytes) -> None:
        try:
            write_durably(self._root / key, content)
        except OSError as error:
            raise RegistryError(
                f"cannot write {self._root / key}: {error}; check rights and space"
            ) from error

    def tag(self, key: str) -> str:
        """None is needed: the lock keeps everybody else out."""
        return ""

    def replace(self, key: str, content: bytes, tag: str) -> bool:
        self.write(key, content)
        return True

    def add(self, bundle: Bundle) -> None:
        with self.locked():
            self._add(bundle)

    def fetch(self, version: str) -> Path:
        return self._root / version

    @contextmanager
    def locked(self) -> Iterator[None]:
        """A lock of the system, which a killed process lets go of."""
        with ExitStack() as held:
            try:
                make_durably(self._root)
                held.enter_context(exclusive(self._root / ".lock"))
            except OSError as error:
                raise RegistryError(
                    f"cannot write to the registry {self._root}: {error}; check its rights or "
                    "set GENDERLENS_REGISTRY"
                ) from error
            yield

    def _add(self, bundle: Bundle) -> None:
        target = self._root / bundle.version
        content = bundle.read_description()
        if target.exists():
            require_same(self._stored(target), content, bundle.version)
            if _is_whole(target):
                return
        try:
            self._replace(target, self._write_draft(bundle, content))
        except OSError as error:
            raise RegistryError(
                f"cannot add {bundle.version} to {self._root}: {error}; check rights and space"
            ) from error

    def _stored(self, target: Path) -> bytes | None:
        try:
            return self.read(f"{target.name}/{DESCRIPTION}")
        except RegistryError:
            return None

    def _write_draft(self, bundle: Bundle, content: bytes) -> Path:
        """A hidden copy on the disk, and the very files that the bundle signs."""
        draft = self._root / f".{bundle.version}.partial"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        for name, sha256 in bundle.description.files.items():
            with create_durably(draft / name) as stream:
                found = copy_plain(bundle.path / name, stream)
            if found != sha256:
                raise BundleIntegrityError(f"{name} changed while it was added; try again")
        with create_durably(draft / DESCRIPTION) as stream:
            stream.write(content)
        sync_folder(draft)
        return draft

    def _replace(self, target: Path, draft: Path) -> None:
        """The draft gets its name; a damaged copy of the same version makes room for it."""
        if target.exists():
            damaged = self._root / f".{target.name}.damaged"
            shutil.rmtree(damaged, ignore_errors=True)
            target.rename(damaged)
        draft.rename(target)
        sync_folder(self._root)


def _is_whole(folder: Path) -> bool:
    try:
        load_bundle(str(folder))
    except BundleError:
        return False
    return True


def require_same(stored: bytes | None, content: bytes, version: str) -> None:
    """VersionExistsError where another bundle stands under the name of a version."""
    if stored != content:
        raise VersionExistsError(
            f"version {version} exists with other content, and versions never change; "
            "export under another --name"
        )
