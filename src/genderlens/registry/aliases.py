"""The state of a registry as it is stored: with a copy that stands in where the file is broken.

Whoever changes the state writes it twice, and the second copy is the one that was good. A file that
is empty or not understood then costs a warning and not the service; the next change mends it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from genderlens.errors import DataError, RegistryError
from genderlens.registry.backend import Backend
from genderlens.registry.cloud_backend import is_unreachable
from genderlens.registry.state import RegistryState, parse_state, require_own_form
from genderlens.storage import write_bytes_atomically

STATE: Final = "aliases.json"
BACKUP: Final = "aliases.backup.json"
ATTEMPTS: Final = 20
PAUSE_S: Final = 0.02
"""Before the second attempt; before later ones as much longer each."""
_log = logging.getLogger(__name__)


class Aliases:
    """Reads and changes the state on a backend; safe to use from several threads.

    ``last_known`` is a local copy for the time that a cloud is out of reach. ``fault`` says why a
    copy stands in for the state itself, None while none does.
    """

    def __init__(self, backend: Backend, last_known: Path | None = None) -> None:
        self._backend, self._last_known = backend, last_known
        self._good: RegistryState | None = None
        self.fault: str | None = None

    def read(self) -> RegistryState:
        """The state, or the last one that was good; RegistryError where there is none."""
        try:
            return self._read()
        except DataError as error:
            return self._last_reached(error)

    def change(self, change: Callable[[RegistryState], RegistryState]) -> RegistryState:
        """Replace the state by what ``change`` makes of it, and return that.

        ``change`` is called again where another process was faster. RegistryError for a state that
        a newer version wrote, which is no broken one, and where others are faster all the time.
        """
        with self._backend.locked():
            for attempt in range(ATTEMPTS):
                time.sleep(PAUSE_S * attempt)
                tag = self._backend.tag(STATE)
                require_own_form(self._stored(), STATE)
                state = change(self._read())
                content = state.to_bytes()
                if self._backend.replace(STATE, content, tag) or self._stored() == content:
                    self._write_copy(content)
                    self._note(state, content)
                    return state
        raise RegistryError(
            f"{STATE} was changed by others {ATTEMPTS} times meanwhile; try again in a moment"
        )

    def _write_copy(self, content: bytes) -> None:
        """The copy beside the state, also where that was replaced meanwhile, and its copy too."""
        for _ in range(ATTEMPTS):
            self._backend.write(BACKUP, content)
            newest = self._stored()
            if newest in {None, content}:
                return
            content = newest or content

    def _read(self) -> RegistryState:
        try:
            content = self._backend.read(STATE)
            state = parse_state(content, STATE)
        except RegistryError as error:
            return self._recovered(error)
        self._note(state, content)
        return state

    def _stored(self) -> bytes | None:
        """What lies there, None where it cannot be read; ``read`` says what that means."""
        try:
            return self._backend.read(STATE)
        except (DataError, RegistryError):
            return None

    def _note(self, state: RegistryState, content: bytes | None) -> None:
        self._good, self.fault = state, None
        if self._last_known is None or content is None:
            return
        if not self._last_known.is_file() or self._last_known.read_bytes() != content:
            write_bytes_atomically(self._last_known, content)

    def _last_reached(self, error: DataError) -> RegistryState:
        known = self._last_known
        if known is None or not is_unreachable(error) or not known.is_file():
            raise error
        _log.warning("%s: the last known aliases are used", error.message)
        return parse_state(known.read_bytes(), str(known))

    def _recovered(self, error: RegistryError) -> RegistryState:
        """The newest good copy; it is said once that one is used."""
        for state in self._copies():
            if self.fault != error.message:
                _log.error("%s; the last good copy is used until the next change", error.message)
            self.fault = error.message
            return state
        raise error

    def _copies(self) -> Iterator[RegistryState]:
        """What is good of the copy beside the state, the one in memory, and the local one."""
        yield from self._parsed(lambda: self._backend.read(BACKUP))
        if self._good is not None:
            yield self._good
        known = self._last_known
        if known is not None:
            yield from self._parsed(known.read_bytes)

    def _parsed(self, read: Callable[[], bytes | None]) -> Iterator[RegistryState]:
        try:
            content = read()
            if content:
                yield parse_state(content, BACKUP)
        except (RegistryError, DataError, OSError):
            return
