"""The registry: versions that never change, aliases and traffic that do, and why they did."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from genderlens.bundle import DESCRIPTION, Bundle, Description, load_bundle
from genderlens.cpus import map_in_threads
from genderlens.errors import (
    BundleError,
    BundleNotFoundError,
    RegistryError,
    VersionNotFoundError,
)
from genderlens.guests.process import Guests, Limits
from genderlens.registry.aliases import STATE, Aliases
from genderlens.registry.backend import Backend
from genderlens.registry.cache import FOLDER, cache_name
from genderlens.registry.cloud_backend import CloudBackend
from genderlens.registry.folder_backend import FolderBackend
from genderlens.registry.limits import (
    MAX_BUNDLE_BYTES,
    MAX_FILE_BYTES,
    is_version_name,
    parse_description,
    require_data_files,
    require_size,
    require_version_name,
)
from genderlens.registry.state import ALIASES, RegistryState
from genderlens.registry.trial import require_fit
from genderlens.remote import is_remote
from genderlens.settings import Settings

DECISIONS: Final = "decisions"
_log = logging.getLogger(__name__)


class Registry:
    """Safe to use from several threads."""

    def __init__(
        self, backend: Backend, *, last_known: Path | None = None, guests: Guests | None = None
    ) -> None:
        self._backend, self._aliases = backend, Aliases(backend, last_known)
        self.guests = guests or Guests()
        """Where versions are tried before they are used."""
        self._descriptions: dict[str, Description] = {}

    @property
    def address(self) -> str:
        return self._backend.address

    @property
    def state_fault(self) -> str | None:
        """Why a copy of the aliases stands in for those that are stored; None while none does."""
        return self._aliases.fault

    def versions(self) -> list[str]:
        """Every version that can be described, oldest first; one that is broken hides no other."""
        found = {name: one for name, one in self._survey().items() if isinstance(one, Description)}
        return sorted(found, key=lambda version: (found[version].created, version))

    def broken(self) -> dict[str, str]:
        """The versions that could not be loaded as they lie there, and why, oldest name first.

        Files are not read for this: what has the right size and other content shows when it is
        loaded.
        """
        survey = self._survey()
        faults = zip(survey, map_in_threads(self._fault, survey.items()), strict=True)
        return {version: fault for version, fault in faults if fault}

    def describe(self, version: str) -> Description:
        """The ``bundle.json`` of a version; VersionNotFoundError where there is none."""
        description = self._known(require_version_name(version))
        if description is None:
            raise self._unknown(version)
        return description

    def size_bytes(self, version: str) -> int:
        """The bytes of all files of a version."""
        return sum(self._backend.sizes(require_version_name(version)).values())

    def load(self, name: str) -> Bundle:
        """The bundle of a version or an alias, every file checked, from the cache where it can."""
        version = self.resolve(name)
        try:
            return load_bundle(str(self._backend.fetch(version)))
        except BundleNotFoundError as error:
            raise self._unknown(version) from error

    def load_fit(self, name: str) -> Bundle:
        """As ``load``, and tried in a child: ModelTrialError where it hangs, crashes or grows."""
        bundle = self.load(name)
        require_fit(bundle, self.guests)
        return bundle

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
        require_fit(bundle, self.guests)
        self._backend.add(bundle)
        if self.state().production != bundle.version:
            self.change(lambda state: _with_candidate(state, bundle.version))
        return bundle.version

    def state(self) -> RegistryState:
        """Aliases and traffic; where they are broken or out of reach, the last good ones."""
        return self._aliases.read()

    def change(self, change: Callable[[RegistryState], RegistryState]) -> RegistryState:
        """Replace the state by what ``change`` makes of it, and return that."""
        return self._aliases.change(change)

    def record(self, decision: str, document: dict[str, Any]) -> None:
        """Keep why a version was promoted or was not."""
        content = json.dumps(document, indent=1, allow_nan=False) + "\n"
        self._backend.write(f"{DECISIONS}/{decision}.json", content.encode())

    def decisions(self, version: str | None = None) -> list[dict[str, Any]]:
        """What was decided, oldest first, about one version or all."""
        keys = [f"{DECISIONS}/{name}" for name in self._backend.list_files(DECISIONS)]
        found = zip(keys, map_in_threads(self._backend.read, keys), strict=True)
        parsed = [one for key, content in found for one in _parse_decision(key, content)]
        return [one for one in parsed if version is None or one.get("version") == version]

    def _survey(self) -> dict[str, Description | str]:
        """Every folder that should be a version: its description, or why there is none."""
        names = [n for n in self._backend.list_folders() if n != DECISIONS and is_version_name(n)]
        return dict(zip(names, map_in_threads(self._look_at, names), strict=True))

    def _look_at(self, version: str) -> Description | str:
        try:
            description = self._known(version)
        except (BundleError, RegistryError) as error:
            return error.message
        return description or f"{version} holds no {DESCRIPTION}; add the bundle again"

    def _fault(self, found: tuple[str, Description | str]) -> str | None:
        version, description = found
        if isinstance(description, str):
            return description
        if f"{description.name}-{description.version}" != version:
            return f"it describes {description.name}-{description.version}; remove the folder"
        sizes = self._backend.sizes(version)
        for name in description.files:
            if not sizes.get(name):
                fault = "is empty" if name in sizes else "is missing or no plain file"
                return f"{name} {fault}; add the bundle again"
        return None

    def _known(self, version: str) -> Description | None:
        """Versions never change, so each is read once."""
        if version not in self._descriptions:
            content = self._backend.read(f"{version}/{DESCRIPTION}")
            if content is None:
                return None
            where = f"{version}/{DESCRIPTION}"
            self._descriptions[version] = parse_description(content, where)
        return self._descriptions[version]

    def _unknown(self, version: str) -> VersionNotFoundError:
        known = ", ".join(self.versions()[-5:]) or "none"
        return VersionNotFoundError(
            f"no version {version!r} in the registry; the newest are {known}"
        )


def _with_candidate(state: RegistryState, version: str) -> RegistryState:
    """The version as candidate, unless it is in production by now."""
    if state.production == version:
        return state
    return state.with_changes(candidate=version, traffic=state.traffic, decision=state.decision)


def _parse_decision(key: str, content: bytes | None) -> Iterator[dict[str, Any]]:
    """A stored decision; one that is broken costs itself, which the log tells."""
    try:
        found = json.loads(content) if content else None
    except ValueError:
        found = None
    if isinstance(found, dict):
        yield found
    else:
        _log.warning("the decision %s is broken and left out", key)


def create_guests(settings: Settings) -> Guests:
    """Guests within the limits that the settings give."""
    return Guests(Limits(settings.model_time_s, settings.model_memory_bytes))


def registry_address(settings: Settings) -> str:
    """Where the versions lie."""
    return settings.registry or str(settings.state_dir / "registry")


def open_registry(settings: Settings) -> Registry:
    """The registry that the settings name; nothing is created before something is stored."""
    root, guests = registry_address(settings), create_guests(settings)
    if is_remote(root):
        cache_dir = settings.cache_dir.expanduser()
        name = f"{cache_name(root)}.{STATE}"
        last_known = cache_dir / FOLDER / name
        return Registry(CloudBackend(root, cache_dir), last_known=last_known, guests=guests)
    folder = Path(root.removeprefix("file://")).expanduser().absolute()
    return Registry(FolderBackend(folder), guests=guests)
