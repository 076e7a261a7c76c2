from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from databases import Server, create_postgres_database, serve_postgres
from genderlens.history import writer as writer_module
from genderlens.history.database import Database, database_url
from genderlens.history.predictions import Query, insert_predictions, list_predictions
from genderlens.history.writer import HistoryWriter
from genderlens.settings import load_settings
from history.rows import row
from service.serving import wait_until


class Dropped:
    """Counts what a writer says that it lost."""

    def __init__(self) -> None:
        self.rows = 0

    def __call__(self, count: int) -> None:
        self.rows += count


def start(database: Database, rows: int = 100, days: int = 0) -> tuple[HistoryWriter, Dropped]:
    dropped = Dropped()
    writer = HistoryWriter(database, queue_rows=rows, keep_days=days, dropped=dropped)
    writer.start()
    return writer, dropped


def identities(database: Database) -> set[str]:
    return {one["id"] for one in list_predictions(database, Query(), before=None, limit=10_000)}


def test_rows_are_there_after_a_flush(database: Database) -> None:
    writer, dropped = start(database, rows=5000)
    rows = [row() for _ in range(1200)]
    assert all(writer.put(one) for one in rows)
    assert writer.flush(10)
    assert identities(database) == {one["id"] for one in rows}
    writer.stop()
    assert (writer.pending, dropped.rows) == (0, 0)


@pytest.mark.parametrize(("queue_rows", "rows"), [(5000, writer_module.BATCH_ROWS), (10, 5)])
def test_many_rows_do_not_wait_for_more(
    database: Database, monkeypatch: pytest.MonkeyPatch, queue_rows: int, rows: int
) -> None:
    monkeypatch.setattr(writer_module, "BATCH_WAIT_S", 3600.0)
    writer, _ = start(database, rows=queue_rows)
    for _ in range(rows - 1):
        writer.put(row())
    time.sleep(0.3)
    assert writer.pending == rows - 1
    writer.put(row())
    wait_until(lambda: writer.pending == 0)
    writer.stop()


def test_an_empty_database_is_brought_up_to_date(database_url: str) -> None:
    database = _open(database_url)
    writer, _ = start(database)
    assert writer.put(row())
    assert writer.flush(10)
    assert len(identities(database)) == 1
    writer.stop()
    database.close()


def test_stopping_writes_what_is_left(database: Database) -> None:
    writer, dropped = start(database)
    writer.put(row())
    writer.stop()
    assert len(identities(database)) == 1
    assert dropped.rows == 0


def test_a_full_queue_drops_and_counts_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    database = _open(f"sqlite:///{tmp_path}/file/x.sqlite3")
    writer, dropped = start(database, rows=10)
    wait_until(lambda: not writer.healthy)
    before = time.perf_counter()
    accepted = [writer.put(row()) for _ in range(1000)]
    assert time.perf_counter() - before < 1.0
    assert sum(accepted) == 10
    assert dropped.rows == 990
    assert not writer.flush(0.01)
    writer.stop()
    assert dropped.rows == 1000
    database.close()


def test_a_row_that_no_database_takes_costs_no_other(database: Database) -> None:
    writer, dropped = start(database)
    twice = row()
    rows = [row(), row(sha256="\0" * 64), twice, twice, row()]
    for one in rows:
        writer.put(one)
    assert writer.flush(10)
    bad = {rows[1]["id"]} - identities(database)
    assert identities(database) == {one["id"] for one in rows} - bad
    assert dropped.rows == len(bad)
    assert writer.healthy
    writer.stop()


def test_old_rows_are_purged(database: Database) -> None:
    now = datetime.now(UTC)
    insert_predictions(database, [row(now - timedelta(days=8)), row(now - timedelta(days=6))])
    writer, _ = start(database, days=7)
    wait_until(lambda: len(identities(database)) == 1)
    writer.stop()


def test_zero_days_keep_everything(database: Database) -> None:
    insert_predictions(database, [row(datetime(2001, 1, 1, tzinfo=UTC))])
    writer, _ = start(database, days=0)
    writer.put(row())
    assert writer.flush(10)
    assert len(identities(database)) == 2
    writer.stop()


def test_rows_wait_for_a_database_that_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "RETRY_S", 0.1)
    with serve_postgres() as server:
        database = _open(create_postgres_database(server.port))
        writer, dropped = start(database)
        writer.put(row())
        assert writer.flush(10)
        _lose(server, writer)
        assert writer.flush(10)
        wait_until(lambda: writer.healthy)
        assert len(identities(database)) == 2
        writer.stop()
        assert dropped.rows == 0
        database.close()


def _lose(server: Server, writer: HistoryWriter) -> None:
    server.stop()
    writer.put(row())
    wait_until(lambda: not writer.healthy)
    server.start()


def _open(url: str) -> Database:
    return Database(database_url(load_settings(database_url=url)))
