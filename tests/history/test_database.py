from __future__ import annotations

import shutil
import stat
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from databases import Server, create_postgres_database, free_port
from genderlens.errors import DatabaseError, SettingsError
from genderlens.history.database import Database, alembic_config, database_url, open_database
from genderlens.history.tables import METADATA
from genderlens.settings import load_settings


def open_at(url: str) -> Database:
    return Database(database_url(load_settings(database_url=url)))


def test_the_migrations_make_the_tables_that_the_code_knows(database: Database) -> None:
    with database.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_the_check_finds_a_difference(database: Database) -> None:
    with database.begin() as connection:
        connection.execute(text("DROP TABLE samples"))
        assert compare_metadata(MigrationContext.configure(connection), METADATA) != []


def test_up_down_and_up_again(database: Database) -> None:
    with database.begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    with database.begin() as connection:
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    database.migrate()
    with database.begin() as connection:
        assert set(METADATA.tables) < set(inspect(connection).get_table_names())


def test_several_may_migrate_at_the_same_time(database_url: str) -> None:
    failures: list[BaseException] = []

    def migrate() -> None:
        try:
            database = open_at(database_url)
            database.migrate()
            database.close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=migrate) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_schema_of_a_newer_version_is_refused(database: Database) -> None:
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match="not one of this version"):
        database.migrate()


def test_a_failure_rolls_back(database: Database) -> None:
    def drop_and_fail() -> None:
        with database.begin() as connection:
            connection.execute(text("DROP TABLE feedback"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        drop_and_fail()
    with database.begin() as connection:
        assert "feedback" in inspect(connection).get_table_names()


def test_the_default_is_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    database = open_database(load_settings(state_dir=folder))
    database.close()
    (path,) = folder.glob("*.sqlite3")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "url", ["mysql://h/d", "nonsense", "sqlite://", "postgresql://h", "http://x/y"]
)
def test_other_places_are_refused_without_telling_them(url: str) -> None:
    with pytest.raises(SettingsError, match="GENDERLENS_DATABASE_URL"):
        open_at(url)


def test_a_database_that_is_down_is_told_without_its_password() -> None:
    database = open_at(f"postgresql://me:verysecret@127.0.0.1:{free_port()}/x")
    with pytest.raises(DatabaseError, match="does not answer") as caught:
        database.migrate()
    database.close()
    assert "verysecret" not in caught.value.message
    assert "127.0.0.1" in caught.value.message


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseError, match="GENDERLENS_STATE_DIR"):
        open_database(load_settings(state_dir=tmp_path / "file"))


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "genderlens.sqlite3").write_bytes(b"x" * 5000)
    with pytest.raises(DatabaseError, match="not a database"):
        open_database(load_settings(state_dir=tmp_path))


def test_a_cluster_made_without_a_language_is_served(postgres: Server) -> None:
    """``initdb`` where no locale is set, as in a container, makes databases in SQL_ASCII."""
    import psycopg

    url = create_postgres_database(postgres.port)
    base, _, name = url.rpartition("/")
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name}")
        options = "TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"
        connection.execute(f"CREATE DATABASE {name} {options}")
    database = open_at(url)
    with database.begin() as connection:
        assert connection.execute(text("SELECT 'grüße'")).scalar_one() == "grüße"
    database.close()


def test_of_a_file_it_is_said_how_much_room_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite calls a full disk an input/output error."""
    file = tmp_path / "genderlens.sqlite3"
    file.write_bytes(b"no database at all" * 100)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1024))
    with pytest.raises(DatabaseError, match=r"its disk has 1,024 bytes free; make room"):
        open_database(load_settings(database_url=f"sqlite:///{file}"))
