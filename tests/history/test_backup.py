"""Backup, restore, upgrade and downgrade, rehearsed with data in the tables."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from alembic import command

import photos
from databases import Server, create_postgres_database, find_postgres
from genderlens.errors import DatabaseError
from genderlens.history import backup
from genderlens.history.audit import AuditEntry, append_entry, verify_chain
from genderlens.history.database import Database, alembic_config, open_database
from genderlens.history.keys import create_key, list_keys
from genderlens.history.pool import SamplePool
from genderlens.history.pool_check import check_pool
from genderlens.history.predictions import Query, insert_predictions, list_predictions
from genderlens.history.samples import SampleQuery, write_feedback
from genderlens.settings import load_settings
from history.rows import row
from service.serving import fake_app, open_predictor, warm_client

PICTURE = photos.encode(photos.crowd(1))


def fill(database: Database, place: Path) -> dict[str, Any]:
    """Something in every table; what a restored database must tell."""
    stored, key = create_key(database, "app", frozenset({"predict", "admin"}))
    rows = [row(key_id=stored.id) for _ in range(3)]
    insert_predictions(database, rows)
    write_feedback(database, rows[0]["id"], "female", stored.id)
    pool_at(database, place).correct(PICTURE, "male", stored.id, rows[1]["id"])
    append_entry(database, AuditEntry("user:me@here", "key.create", stored.id))
    return tell(database) | {"key": key}


def pool_at(database: Database, place: Path) -> SamplePool:
    return SamplePool(database, str(place), max_samples=9, max_pixels=10**7)


def tell(database: Database) -> dict[str, Any]:
    return {
        "keys": [key.to_dict() for key in list_keys(database)],
        "rows": list_predictions(database, Query(), before=None, limit=99),
        "head": verify_chain(database).head,
    }


def at(path: Path) -> Database:
    return open_database(load_settings(database_url=f"sqlite:///{path}"))


def test_a_backup_of_a_database_that_is_written_to(tmp_path: Path) -> None:
    database, writing = at(tmp_path / "live.sqlite3"), threading.Event()

    def write() -> None:
        while not writing.is_set():
            insert_predictions(database, [row() for _ in range(50)])

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for number in range(3):
            backup.write_backup(database, tmp_path / "copies" / f"{number}.sqlite3")
    finally:
        writing.set()
        thread.join()
    for copy in (tmp_path / "copies").iterdir():
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        with sqlite3.connect(copy) as connection:
            (count,) = connection.execute("SELECT count(*) FROM predictions").fetchone()
        connection.close()
        assert count % 50 == 0, "half of a transaction is in the copy"
    assert len(list((tmp_path / "copies").iterdir())) == 3
    database.close()


@pytest.mark.parametrize("state", ["later", "lost", "broken"])
def test_a_restored_service_knows_what_it_knew(tmp_path: Path, state: str) -> None:
    live, pool = tmp_path / "live.sqlite3", tmp_path / "pool"
    database = at(live)
    before = fill(database, pool)
    backup.write_backup(database, tmp_path / "copy.sqlite3")
    shutil.copytree(pool, tmp_path / "pool-copy")
    insert_predictions(database, [row()])
    pool_at(database, pool).remove(SampleQuery())
    database.close()
    if state != "later":
        for path in tmp_path.glob("live.sqlite3*"):
            path.unlink()
    if state == "broken":
        live.write_bytes(b"SQLite format 3\0" + b"noise" * 999)
    database = Database(database.url)
    backup.restore_backup(database, tmp_path / "copy.sqlite3")
    shutil.rmtree(pool, ignore_errors=True)
    shutil.copytree(tmp_path / "pool-copy", pool)
    key = before.pop("key")
    assert tell(database) == before
    assert check_pool(pool_at(database, pool), database).faults == ()
    database.close()
    settings = {"database_url": f"sqlite:///{live}", "samples": str(pool), "auth": "keys"}
    with warm_client(fake_app(open_predictor(), **settings)) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        told = client.get("/predictions").json()["predictions"]
        assert [one["id"] for one in told] == [one["id"] for one in before["rows"]]
        assert client.get("/samples").json()["count"] == 1


def test_what_is_no_backup_changes_nothing(tmp_path: Path) -> None:
    database = at(tmp_path / "live.sqlite3")
    before = fill(database, tmp_path / "pool")
    before.pop("key")
    (tmp_path / "noise").write_bytes(b"noise" * 999)
    sqlite3.connect(tmp_path / "empty").execute("CREATE TABLE x (y)").connection.close()
    for name in ("noise", "empty", "gone", "."):
        with pytest.raises(DatabaseError, match=r"cannot restore|no backup"):
            backup.restore_backup(database, tmp_path / name)
    assert tell(database) == before
    with pytest.raises(DatabaseError, match="cannot copy"):
        backup.write_backup(database, tmp_path / "noise" / "x")
    database.close()


def test_down_with_data_and_up_again(database: Database, tmp_path: Path) -> None:
    before = fill(database, tmp_path / "pool")
    newest = backup.list_revisions()[-1][0]
    assert backup.read_revision(database) == newest
    backup.downgrade(database, "0002")
    assert backup.read_revision(database) == "0002"
    with database.begin() as connection:
        sent = connection.exec_driver_sql("SELECT sha256, label, key_id FROM samples").all()
        assert [(label, key_id) for _, label, key_id in sent] == [("male", before["keys"][0]["id"])]
    database.migrate()
    after = tell(database)
    assert (after["keys"], after["rows"]) == (before["keys"], before["rows"])
    pool = pool_at(database, tmp_path / "pool")
    assert check_pool(pool, database).faults == ()
    assert pool.remove(SampleQuery(key_id=before["keys"][0]["id"])) == 1


def test_every_step_goes_down_and_up(database: Database, tmp_path: Path) -> None:
    fill(database, tmp_path / "pool")
    revisions = [name for name, _ in backup.list_revisions()]
    for revision in [*revisions[-2::-1], *revisions]:
        with database.begin() as connection:
            step = command.upgrade if backup_is_older(database, revision) else command.downgrade
            step(alembic_config(connection), revision)
    assert len(list_keys(database)) == 1


def backup_is_older(database: Database, revision: str) -> bool:
    current = backup.read_revision(database)
    return current is not None and current <= revision


@pytest.mark.parametrize(
    ("revision", "why"), [("9999", "no version '9999'"), ("0004", "not after")]
)
def test_a_step_that_is_none(database: Database, revision: str, why: str) -> None:
    backup.downgrade(database, "0003")
    with pytest.raises(DatabaseError, match=why):
        backup.downgrade(database, revision)


def test_postgres_by_its_own_programs(postgres: Server, tmp_path: Path) -> None:
    programs, url = find_postgres(), create_postgres_database(postgres.port)
    database = open_database(load_settings(database_url=url))
    before = fill(database, tmp_path / "pool")
    before.pop("key")
    with pytest.raises(DatabaseError, match="pg_dump"):
        backup.write_backup(database, tmp_path / "copy")
    dump = ["--format=custom", f"--file={tmp_path / 'dump'}", url]
    subprocess.run([programs / "pg_dump", *dump], check=True)
    other = create_postgres_database(postgres.port)
    restore = [f"--dbname={other}", "--no-owner", "--exit-on-error", str(tmp_path / "dump")]
    subprocess.run([programs / "pg_restore", *restore], check=True)
    database.close()
    restored = open_database(load_settings(database_url=other))
    assert tell(restored) == before
    with pytest.raises(DatabaseError, match="append-only"), restored.begin() as connection:
        connection.exec_driver_sql("DELETE FROM audit")
    restored.close()
