"""The queue that an earlier version left in its folder."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from genderlens.errors import DatabaseError
from genderlens.jobs.record import create_job
from genderlens.jobs.store import JobStore, open_store
from genderlens.settings import load_settings


def _write(path: Path, values: dict[str, bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(
            "CREATE TABLE kv (queue text not null, key text not null, value blob not null, "
            "primary key(queue, key))"
        )
        rows = [("genderlens", key, value) for key, value in values.items()]
        connection.executemany("INSERT INTO kv VALUES (?, ?, ?)", rows)


def _store(url: str, folder: Path) -> JobStore:
    return open_store(load_settings(database_url=url, jobs_dir=folder))


def test_its_jobs_go_on(database_url: str, tmp_path: Path) -> None:
    begun, waiting, unwanted = (create_job("squares", "small-data") for _ in range(3))
    begun = begun.with_changes(state="running", stage="exporting", attempts=1, key_id="k")
    values = {f"job:{job.id}": job.model_dump_json().encode() for job in (begun, waiting, unwanted)}
    values |= {f"cancel:{unwanted.id}": b"1", "job:broken": b"{}", "worker": b"[]"}
    _write(tmp_path / "queue.db", values)
    store = _store(database_url, tmp_path)
    assert store.list_jobs() == [unwanted.with_changes(state="cancelled"), waiting, begun]
    assert store.take("a") == begun
    store.close()
    assert not (tmp_path / "queue.db").exists()
    again = _store(database_url, tmp_path)
    assert len(again.list_jobs()) == 3
    again.close()


def test_one_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "queue.db").write_bytes(b"x" * 5000)
    store = _store(f"sqlite:///{tmp_path / 'x.sqlite3'}", tmp_path)
    with pytest.raises(DatabaseError, match=r"queue\.db: file is not a database; move it away"):
        store.list_jobs()
    assert not store.healthy
    (tmp_path / "queue.db").unlink()
    assert store.list_jobs() == []
    assert store.healthy
    store.close()
