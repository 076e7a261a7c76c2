"""The registry: versions that never change, aliases and traffic that do, and why they did."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from genderlens.bundle import DESCRIPTION, Bundle, Description, load_bundle
from genderlens.cpus import map_in_threads
from genderlens.errors import BundleNotFoundError, DataError, VersionNotFoundError
from genderlens.registry.cache import FOLDER, cache_name
from genderlens.registry.cloud import CloudShelf, is_unreachable
from genderlens.registry.folder import FolderShelf
from genderlens.registry.limits import (
    MAX_BUNDLE_BYTES,
    MAX_FILE_BYTES,
    parse_description,
    require_data_files,
    require_size,
    require_version_name,
)
from genderlens.registry.shelf import Shelf
from genderlens.registry.state import ALIASES, State, parse_state
from genderlens.remote import is_remote
from genderlens.runtime import read_safe_model
from genderlens.settings import Settings
from genderlens.storage import write_bytes_atomically

STATE: Final = "aliases.json"
DECISIONS: Final = "decisions"
_log = logging.getLogger(__name__)


class Registry:
    """Safe to use from several threads."""

    def __init__(self, shelf: Shelf, *, last_known: Path | None = None) -> None:
        self._shelf, self._last_known = shelf, last_known
        self._descriptions: dict[str, Description] = {}
        self._sizes: dict[str, int] = {}

    @property
    def address(self) -> str:
        return self._shelf.address

    def versions(self) -> list[str]:
        """Every version, oldest first."""
        names = self._shelf.list_folders()
        known = zip(names, map_in_threads(self._known, names), strict=True)
        found = {version: description for version, description in known if description}
        return sorted(found, key=lambda version: (found[version].created, version))

    def describe(self, version: str) -> Description:
        """The ``bundle.json`` of a version; VersionNotFoundError where there is none."""
        description = self._known(require_version_name(version))
        if description is None:
            raise self._unknown(version)
        return description

    def size_bytes(self, version: str) -> int:
        """The bytes of all files of a version; asked for once, for versions never change."""
        if version not in self._sizes:
            self._sizes[version] = self._shelf.size_bytes(require_version_name(version))
        return self._sizes[version]

    def load(self, name: str) -> Bundle:
        """The bundle of a version or an alias, every file checked, from the cache where it can."""
        version = self.resolve(name)
        try:
            return load_bundle(str(self._shelf.fetch(version)))
        except BundleNotFoundError as error:
            raise self._unknown(version) from error

    def resolve(self, name: str) -> str:
        """The version that an alias names, or the name itself."""
        if name not in ALIASES:
            return require_version_name(name)
        version = self.state().aliases.get(name)
        if version is None:
            raise VersionNotFoundError(
                f"no version is {name} in the registry; "
                "add one with 'genderlens models add BUNDLE' and promote it"
            )
        return version

    def add(self, path: Path) -> str:
        """Store a bundle that loads and holds data only; the name of its version.

        It becomes ``candidate`` unless it is in production already.
        """
        bundle = load_bundle(str(path))
        require_data_files(bundle.description.files, str(path))
        sizes = [(path / name).stat().st_size for name in bundle.description.files]
        require_size(max(sizes), MAX_FILE_BYTES, f"a file of {path}")
        require_size(sum(sizes), MAX_BUNDLE_BYTES, str(path))
        for name in bundle.description.files:
            if name.endswith(".onnx"):
                read_safe_model(path / name)
        bundle.create_session()
        self._shelf.add(bundle)
        if self.state().production != bundle.version:
            self.change(
                lambda state: state.with_changes(
                    candidate=bundle.version, traffic=state.traffic, decision=state.decision
                )
            )
        return bundle.version

    def state(self) -> State:
        """Aliases and traffic; of a registry in a cloud that is out of reach, the last known."""
        try:
            content = self._shelf.read(STATE)
        except DataError as error:
            if self._last_known is None or not is_unreachable(error):
                raise
            if not self._last_known.is_file():
                raise
            _log.warning("%s: the last known aliases are used", error.message)
            return parse_state(self._last_known.read_bytes(), str(self._last_known))
        self._remember(content)
        return parse_state(content, f"{self.address}/{STATE}")

    def change(self, change: Callable[[State], State]) -> State:
        """Replace the state by what ``change`` makes of it, and return that."""
        with self._shelf.locked():
            content = self._shelf.read(STATE)
            state = change(parse_state(content, f"{self.address}/{STATE}"))
            self._shelf.write(STATE, state.to_bytes())
        self._remember(state.to_bytes())
        return state

    def record(self, decision: str, document: dict[str, Any]) -> None:
        """Keep why a version was promoted or was not."""
        content = json.dumps(document, indent=1, allow_nan=False) + "\n"
        self._shelf.write(f"{DECISIONS}/{decision}.json", content.encode())

    def decisions(self, version: str | None = None) -> list[dict[str, Any]]:
        """What was decided, oldest first, about one version or all."""
        keys = [f"{DECISIONS}/{name}" for name in self._shelf.list_files(DECISIONS)]
        found = [json.loads(c) for c in map_in_threads(self._shelf.read, keys) if c]
        return [one for one in found if version is None or one.get("version") == version]

    def _known(self, version: str) -> Description | None:
        """Versions never change, so each is read once."""
        if version not in self._descriptions:
            content = self._shelf.read(f"{version}/{DESCRIPTION}")
            if content is None:
                return None
            where = f"{self.address}/{version}/{DESCRIPTION}"
            self._descriptions[version] = parse_description(content, where)
        return self._descriptions[version]

    def _unknown(self, version: str) -> VersionNotFoundError:
        known = ", ".join(self.versions()[-5:]) or "none"
        return VersionNotFoundError(
            f"no version {version!r} in the registry; the newest are {known}"
        )

    def _remember(self, content: bytes | None) -> None:
        if self._last_known is None or content is None:
            return
        if not self._last_known.is_file() or self._last_known.read_bytes() != content:
            write_bytes_atomically(self._last_known, content)


def registry_address(settings: Settings) -> str:
    """Where the versions lie."""
    return settings.registry or str(settings.state_dir / "registry")


def open_registry(settings: Settings) -> Registry:
    """The registry that the settings name; nothing is created before something is stored."""
    root = registry_address(settings)
    if is_remote(root):
        cache_dir = settings.cache_dir.expanduser()
        name = f"{cache_name(root)}.{STATE}"
        return Registry(CloudShelf(root, cache_dir), last_known=cache_dir / FOLDER / name)
    return Registry(FolderShelf(Path(root.removeprefix("file://")).expanduser().absolute()))
