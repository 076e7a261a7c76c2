"""Jobs of the queue that earlier versions kept in ``queue.db`` of the jobs folder."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from genderlens.errors import DatabaseError
from genderlens.files.locks import exclusive
from genderlens.jobs.record import Job

FILE: Final = "queue.db"
READ: Final = "queue.db.read"
"""What the file is called once its jobs are in the database."""
_JOB, _CANCEL = "job:", "cancel:"
_log = logging.getLogger(__name__)


@contextmanager
def read_once(path: Path) -> Iterator[list[tuple[Job, bool]]]:
    """Every job and whether it was cancelled; the file is put aside where the body succeeds.

    One process at a time; those behind it find nothing. DatabaseError where that cannot be done.
    """
    try:
        with exclusive(path.with_name("submit.lock")):
            jobs = _read(path) if path.is_file() else []
            yield jobs
            if path.is_file():
                path.replace(path.with_name(READ))
                _log.info("the database has the %d jobs of %s now", len(jobs), path)
    except (sqlite3.Error, OSError) as error:
        raise DatabaseError(
            f"cannot take over the jobs of an earlier version in {path}: {error}; move it away"
        ) from error


def _read(path: Path) -> list[tuple[Job, bool]]:
    """One that cannot be read is left out and logged."""
    with closing(sqlite3.connect(path, timeout=10.0)) as connection:
        rows = connection.execute("SELECT key, value FROM kv ORDER BY key").fetchall()
    cancelled = {key.removeprefix(_CANCEL) for key, _ in rows if key.startswith(_CANCEL)}
    found = []
    for key, content in rows:
        if key.startswith(_JOB):
            try:
                job = Job.model_validate_json(content)
            except ValidationError:
                _log.error("%s of %s is no job and is left out", key, path)
                continue
            found.append((job, job.id in cancelled))
    return found
