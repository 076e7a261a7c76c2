"""A database as a file and back, and its schema by version.

SQLite has an online backup: the copy is of one moment, while services go on writing. PostgreSQL
brings programs of its own for that, ``pg_dump`` and ``pg_restore``, which know more than we do.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from genderlens.errors import DatabaseError
from genderlens.history.database import Database, alembic_config
from genderlens.storage import replacing

PAGES_AT_A_TIME: Final = 1000
"""Others write in between."""
_BUSY_S: Final = 30.0


def write_backup(database: Database, out: Path) -> None:
    """Copy a SQLite database into a file that only its owner reads, whole or not at all.

    Raises DatabaseError.
    """
    source = _file_of(database)
    try:
        with replacing(out, private=True) as draft:
            with _opened(source) as live, _opened(draft) as copy:
                live.backup(copy, pages=PAGES_AT_A_TIME, sleep=0.01)
                copy.execute("PRAGMA journal_mode=DELETE")
            _require_whole(draft)
            with draft.open("rb") as stream:
                os.fsync(stream.fileno())
    except (sqlite3.Error, OSError) as error:
        raise DatabaseError(
            f"cannot copy {source} to {out}: {error}; check rights and space"
        ) from error


def restore_backup(database: Database, backup: Path) -> None:
    """Put a copy in the place of a SQLite database, whatever state that is in, and upgrade it.

    No service may have it open. Raises DatabaseError for a file that is no whole database of ours;
    nothing is changed then.
    """
    target = _file_of(database)
    if not backup.is_file():
        raise DatabaseError(f"no backup at {backup}; check the path")
    try:
        _require_whole(backup)
        with replacing(target, private=True) as draft:
            shutil.copyfile(backup, draft)
            for beside in ("-wal", "-shm"):  # they belong to what is replaced
                target.with_name(target.name + beside).unlink(missing_ok=True)
    except (sqlite3.Error, OSError) as error:
        raise DatabaseError(
            f"cannot restore {backup} to {target}: {error}; give a file that "
            "'genderlens database backup' wrote"
        ) from error
    database.migrate()


def read_revision(database: Database) -> str | None:
    """The version of the schema that a database has now; None where it has none yet."""
    from alembic.migration import MigrationContext

    with database.begin() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def list_revisions() -> list[tuple[str, str]]:
    """Every version of the schema and what it brought, oldest first."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(alembic_config(None))
    found = [(one.revision, (one.doc or "").splitlines()[0]) for one in scripts.walk_revisions()]
    return found[::-1]


def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to a version, for a program of that time. Raises DatabaseError."""
    from alembic import command

    known = [name for name, _ in list_revisions()]
    if revision not in known:
        raise DatabaseError(f"no version {revision!r} of the schema; known are {', '.join(known)}")
    current = read_revision(database)
    if current is None or current < revision:
        raise DatabaseError(f"the schema has version {current}, which is not after {revision}")
    with database.begin(sqlite_begin="IMMEDIATE") as connection:
        command.downgrade(alembic_config(connection), revision)


def _file_of(database: Database) -> Path:
    if database.url.get_backend_name() != "sqlite":
        raise DatabaseError(
            f"{database.name} is no SQLite file; use pg_dump and pg_restore, as "
            "docs/how-to/backup.md shows"
        )
    return Path(str(database.url.database))


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, timeout=_BUSY_S)) as connection:
        yield connection


def _require_whole(path: Path) -> None:
    """sqlite3.DatabaseError where the file is damaged or none of ours."""
    with _opened(path) as connection:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if verdict != "ok":
            raise sqlite3.DatabaseError(str(verdict)[:200])
        connection.execute("SELECT version_num FROM alembic_version").fetchone()
