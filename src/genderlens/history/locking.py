"""One process at a time changes the samples: a lock that all who share a database share.

In SQLite it is a lock on a file beside the database; in PostgreSQL an advisory lock, which goes
with the connection of a process that dies.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import text

from genderlens.errors import DatabaseError
from genderlens.files.locks import try_exclusive
from genderlens.history.database import Database

WAIT_S: Final = 15.0
"""As long as a slow bucket may take for the work of somebody else."""
_POLL_S: Final = 0.01
_ADVISORY_KEY: Final = 0x67656E65


@contextmanager
def samples_locked(database: Database) -> Iterator[None]:
    """Hold the lock; DatabaseError where somebody else holds it for long."""
    if database.url.get_backend_name() == "sqlite":
        with _file_locked(Path(f"{database.url.database}.samples.lock")):
            yield
        return
    question = text(f"SELECT pg_try_advisory_xact_lock({_ADVISORY_KEY})")
    with database.begin() as connection:
        _wait_for(lambda: bool(connection.scalar(question)))
        yield


@contextmanager
def _file_locked(path: Path) -> Iterator[None]:
    deadline = time.monotonic() + WAIT_S
    while True:
        with ExitStack() as held:
            try:
                path.touch(mode=0o600)
                free = held.enter_context(try_exclusive(path)) is not None
            except OSError as error:
                raise DatabaseError(
                    f"cannot lock {path}: {error.strerror}; set GENDERLENS_STATE_DIR to a folder "
                    "that can be written"
                ) from error
            if free:
                yield
                return
        _require_time(deadline)


def _wait_for(is_free: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not is_free():
        _require_time(deadline)


def _require_time(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise DatabaseError(
            f"somebody else changes the samples for more than {WAIT_S:g} s; try again in a moment"
        )
    time.sleep(_POLL_S)
