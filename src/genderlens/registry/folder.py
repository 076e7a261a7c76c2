"""A registry in a local folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from genderlens.bundle import DESCRIPTION, Bundle, load_bundle
from genderlens.errors import RegistryError, VersionExistsError
from genderlens.locks import exclusive
from genderlens.storage import write_bytes_atomically


class FolderShelf:
    """See Shelf. A version appears by a rename; what a kill leaves behind is hidden and reused."""

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

    def size_bytes(self, folder: str) -> int:
        return sum((self._root / folder / name).stat().st_size for name in self.list_files(folder))

    def read(self, key: str) -> bytes | None:
        try:
            return (self._root / key).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RegistryError(f"cannot read {self._root / key}: {error}; check it") from error

    def write(self, key: str, content: bytes) -> None:
        try:
            write_bytes_atomically(self._root / key, content)
        except OSError as error:
            raise RegistryError(
                f"cannot write {self._root / key}: {error}; check rights and space"
            ) from error

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
                self._root.mkdir(parents=True, exist_ok=True)
                held.enter_context(exclusive(self._root / ".lock"))
            except OSError as error:
                raise RegistryError(
                    f"cannot write to the registry {self._root}: {error}; check its rights or "
                    "set GENDERLENS_REGISTRY"
                ) from error
            yield

    def _add(self, bundle: Bundle) -> None:
        target = self._root / bundle.version
        content = (bundle.path / DESCRIPTION).read_bytes()
        if target.exists():
            require_same(self.read(f"{bundle.version}/{DESCRIPTION}"), content, bundle.version)
            return
        draft = self._root / f".{bundle.version}.partial"
        try:
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir()
            for name in bundle.description.files:
                shutil.copyfile(bundle.path / name, draft / name)
            (draft / DESCRIPTION).write_bytes(content)
            load_bundle(str(draft))
            draft.rename(target)
        except OSError as error:
            raise RegistryError(
                f"cannot add {bundle.version} to {self._root}: {error}; check rights and space"
            ) from error


def require_same(stored: bytes | None, content: bytes, version: str) -> None:
    """VersionExistsError where another bundle stands under the name of a version."""
    if stored != content:
        raise VersionExistsError(
            f"version {version} exists with other content, and versions never change; "
            "export under another --name"
        )
