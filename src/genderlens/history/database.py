"""One database by URL: SQLite in a file, or PostgreSQL; always at the newest schema once opened."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from genderlens.errors import DatabaseError, MissingExtraError, SettingsError
from genderlens.files.locks import exclusive
from genderlens.settings import Settings

FILE_NAME: Final = "genderlens.sqlite3"
CONNECT_TIMEOUT_S: Final = 3
STATEMENT_TIMEOUT_S: Final = 5
_POOL: Final = 4
_LOCK_KEY: Final = 0x67656E64
"""Of PostgreSQL's advisory lock that one migration at a time holds."""


class Database:
    """A pool of connections, made when first needed. Every failure is a DatabaseError.

    Nothing waits for longer than a few seconds: connecting, statements and locks all have limits.
    """

    def __init__(self, url: URL, *, durable: bool = False) -> None:
        """``durable``: what SQLite committed outlasts a power cut too, at the price of a sync."""
        self.url = url
        self._engine = _create_engine(url, durable=durable)

    @property
    def name(self) -> str:
        """The address without its password."""
        return self.url.render_as_string(hide_password=True)

    @contextmanager
    def begin(self, **options: Any) -> Iterator[Connection]:
        """A transaction: committed at the end, rolled back where the body fails."""
        try:
            with self._engine.connect() as connection:
                connection.execution_options(**options)
                with connection.begin():
                    yield connection
        except SQLAlchemyError as error:
            raise self._failure(error) from error

    def migrate(self) -> None:
        """Bring the schema up to date; several processes may do so at the same time."""
        if self.url.database and self._engine.dialect.name == "sqlite":
            self._migrate_file(Path(self.url.database))
        else:
            self._upgrade()

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()

    def _migrate_file(self, path: Path) -> None:
        """One process at a time: where a file turns to its write-ahead log, SQLite never waits."""
        self._create_file(path)
        with exclusive(path.with_name(f"{path.name}.lock")):
            try:
                connection = self._engine.raw_connection()
                try:
                    connection.cursor().execute("PRAGMA journal_mode=WAL")
                finally:
                    connection.close()
            except (SQLAlchemyError, sqlite3.Error) as error:
                raise self._failure(error) from error
            self._upgrade()

    def _upgrade(self) -> None:
        from alembic import command
        from alembic.util import CommandError

        try:
            with self.begin(sqlite_begin="IMMEDIATE") as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK_KEY})"))
                command.upgrade(alembic_config(connection), "head")
        except CommandError as error:
            raise DatabaseError(
                f"the schema of {self.name} is not one of this version: {error}; "
                "install the version that wrote it, or a newer one"
            ) from error

    def _create_file(self, path: Path) -> None:
        """An empty database that only its owner reads: it says who asked about which picture."""
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600, exist_ok=True)
            path.with_name(f"{path.name}.lock").touch(mode=0o600, exist_ok=True)
        except OSError as error:
            raise DatabaseError(
                f"cannot create {path}: {error}; set GENDERLENS_STATE_DIR to a folder that can be "
                "written, or GENDERLENS_DATABASE_URL"
            ) from error

    def _failure(self, error: Exception) -> DatabaseError:
        """Without the statement: its parameters are data of clients."""
        plain = getattr(error, "orig", None) if isinstance(error, SQLAlchemyError) else error
        reason = str(plain or type(error).__name__).splitlines()[0][:200]
        return DatabaseError(
            f"the database {self.name} does not answer: {reason}; {self._way_out()}"
        )

    def _way_out(self) -> str:
        """Of a file, how much room there is: SQLite calls a full disk an input/output error."""
        if self._engine.dialect.name != "sqlite" or not self.url.database:
            return "is it up?"
        try:
            free = shutil.disk_usage(Path(self.url.database).parent).free
        except OSError:
            return "is its folder there?"
        return f"its disk has {free:,} bytes free; make room where that is little"


def database_url(settings: Settings) -> URL:
    """Where the settings say that the database is. SettingsError for what is no such place."""
    if settings.database_url is None:
        folder = settings.state_dir.expanduser()
        return URL.create("sqlite+pysqlite", database=str(folder / FILE_NAME))
    try:
        url = make_url(settings.database_url.get_secret_value())
    except ArgumentError:
        raise _not_a_database("something that is no URL") from None
    drivers = {"postgresql": "postgresql+psycopg", "sqlite": "sqlite+pysqlite"}
    if url.drivername in {*drivers, *drivers.values()} and url.database:
        return url.set(drivername=drivers.get(url.drivername, url.drivername))
    raise _not_a_database(repr(url.drivername))


def open_database(settings: Settings) -> Database:
    """A database that was reached and is up to date. DatabaseError where it cannot be."""
    database = Database(database_url(settings))
    try:
        database.migrate()
    except BaseException:
        database.close()
        raise
    return database


def alembic_config(connection: Connection | None) -> Any:
    """What Alembic needs to know: where the migrations lie, and a connection to run them on.

    Without a connection they can only be listed.
    """
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "genderlens.history:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _create_engine(url: URL, *, durable: bool) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(
            url,
            pool_size=_POOL,
            pool_timeout=CONNECT_TIMEOUT_S,
            connect_args={"timeout": STATEMENT_TIMEOUT_S, "check_same_thread": False},
        )
        synchronous = "FULL" if durable else "NORMAL"
        event.listen(engine, "connect", partial(_prepare_sqlite, synchronous))
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        return create_engine(
            url,
            pool_size=_POOL,
            max_overflow=0,
            pool_timeout=CONNECT_TIMEOUT_S,
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": CONNECT_TIMEOUT_S,
                "tcp_user_timeout": STATEMENT_TIMEOUT_S * 1000,
                # Else texts come as bytes from a cluster that was made without a language.
                "client_encoding": "utf8",
                "options": f"-c statement_timeout={STATEMENT_TIMEOUT_S * 1000}",
            },
        )
    except ImportError as error:
        raise MissingExtraError("postgres", "a PostgreSQL database") from error


def _prepare_sqlite(synchronous: str, connection: Any, _: object) -> None:
    """Readers beside one writer, references held, and deleted rows overwritten, not just hidden."""
    connection.isolation_level = None
    for pragma in (f"synchronous={synchronous}", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """The driver would begin transactions late, and none at all for changes of the schema."""
    kind = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {kind}")


def _not_a_database(what: str) -> SettingsError:
    return SettingsError(
        f"GENDERLENS_DATABASE_URL is {what}; give postgresql://USER:PASSWORD@HOST/NAME or "
        "sqlite:////absolute/path"
    )
