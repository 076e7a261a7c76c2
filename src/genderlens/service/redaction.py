"""Where things lie on the server's disks and in its buckets, which is nobody else's business.

Messages name places, for operators; in answers to clients, a place of the settings is called by the
setting's name, and any other by what it is.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from genderlens.registry.store import registry_address
from genderlens.settings import Settings

_OF_SETTINGS: Final = (
    "model",
    "registry",
    "samples",
    "gate_data",
    "jobs_dir",
    "retrain_recipe",
    "retrain_python",
    "people_model",
    "reports_dir",
    "data_dir",
    "cache_dir",
    "state_dir",
)
_SHORTEST: Final = 4
"""A shorter name, such as ``/``, would be found in anything."""


class ServerPaths:
    """Replaces places by their names."""

    def __init__(self, settings: Settings) -> None:
        found = {place: name for place, name in _places(settings) if len(place) >= _SHORTEST}
        self._names = found
        # The longest first: a folder within another has its own name.
        ordered = sorted(found, key=len, reverse=True)
        names = "|".join(map(re.escape, ordered))
        self._pattern = re.compile(rf"(?<![\w/.~-])(?:{names})(?![\w-])")

    def hide(self, value: Any) -> Any:
        """The value with the places in all its texts replaced."""
        if isinstance(value, str):
            return self._pattern.sub(lambda match: self._names[match[0]], value)
        if isinstance(value, Mapping):
            return {key: self.hide(one) for key, one in value.items()}
        if isinstance(value, Sequence):
            return [self.hide(one) for one in value]
        return value


def _places(settings: Settings) -> Iterator[tuple[str, str]]:
    """Each place and what to say instead; of equal places the last counts."""
    yield str(Path.home()), "~"
    yield str(Path.cwd()), "."
    with suppress(FileNotFoundError):  # Nowhere can be written: a read-only root, a full disk.
        yield tempfile.gettempdir(), "the folder for temporary files"
    yield sys.prefix, "the installation"
    yield str(Path(__file__).parents[1]), "the package"
    for name, source in settings.retrain_sources.items():
        yield from _spellings(source, f"SOURCE {name!r}")
    for field in _OF_SETTINGS:
        value = getattr(settings, field)
        for one in str(value or "").split(",") if field == "model" else [str(value or "")]:
            if "/" in one:
                yield from _spellings(one, f"GENDERLENS_{field.upper()}")
    yield from _spellings(registry_address(settings), "the registry")


def _spellings(place: str, name: str) -> Iterator[tuple[str, str]]:
    """A place as it is written, and as it is opened."""
    yield place.rstrip("/"), name
    if "://" not in place:
        opened = Path(place).expanduser()
        yield str(opened), name
        yield str(opened.resolve()), name
