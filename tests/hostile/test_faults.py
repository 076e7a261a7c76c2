"""A full disk, folders that cannot be written, clocks that jump: an error, and no halves."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import photos
from genderlens.errors import DatabaseError, DataError
from genderlens.heads.default import GENDER
from genderlens.history import expiry as expiry_module
from genderlens.history.database import open_database
from genderlens.history.expiry import Expiry, SteadyClock
from genderlens.history.pool import SamplePool
from genderlens.history.pool_check import PoolReport, check_pool
from genderlens.history.predictions import Query, insert_predictions, list_predictions
from genderlens.history.tables import now
from genderlens.history.writer import HistoryWriter
from genderlens.settings import load_settings
from history.rows import row
from service.serving import wait_until

FULL_DISK = """
import resource, sys, pathlib, signal
sys.path.insert(0, sys.argv[3])
from genderlens.errors import GenderlensError
from genderlens.history.database import open_database
from genderlens.history.pool import SamplePool
from genderlens.settings import load_settings
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
database = open_database(load_settings(database_url=sys.argv[1]))
pool = SamplePool(database, sys.argv[2], max_samples=9, max_pixels=10**7)
content = sys.stdin.buffer.read()
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), -1))
try:
    pool.add(content, "male", None)
except GenderlensError as error:
    print(error.message)
"""


@pytest.mark.parametrize("limit", [1, 2000])
def test_a_full_disk_leaves_no_half_of_a_sample(tmp_path: Path, limit: int) -> None:
    """As far as the picture goes; the database is full at once, or later."""
    url, place = f"sqlite:///{tmp_path}/db.sqlite3", str(tmp_path / "pool")
    database = open_database(load_settings(database_url=url))
    pool = SamplePool(database, place, max_samples=9, max_pixels=10**7)
    command = [sys.executable, "-c", FULL_DISK, url, place, str(Path(__file__).parents[1])]
    picture = photos.encode(photos.crowd(3))
    done = subprocess.run([*command, str(limit)], input=picture, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout, "the picture was stored on a disk that is full"
    report = check_pool(pool, database)
    assert [fault.kind for fault in report.faults] in ([], ["lost_picture"])
    assert not list(Path(place).rglob(".*.partial"))
    assert pool.add(picture, "male", None).new
    assert check_pool(pool, database) == PoolReport(1, 1, (), ())
    database.close()


def test_a_full_disk_of_the_pool_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = open_database(load_settings())
    pool = SamplePool(database, str(tmp_path / "pool"), max_samples=9, max_pixels=10**7)

    def full(self: Path, content: bytes) -> int:
        with self.open("wb") as stream:
            stream.write(content[:100])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(DataError, match="No space left on device; check its folder"):
            pool.add(photos.encode(photos.crowd(1)), "male", None)
    assert check_pool(pool, database) == PoolReport(0, 0, (), ())
    assert [path for path in (tmp_path / "pool").rglob("*") if path.is_file()] == []
    database.close()


def test_a_state_folder_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    with pytest.raises(DatabaseError, match="set GENDERLENS_STATE_DIR to a folder"):
        open_database(load_settings(state_dir=tmp_path / "state"))


def test_a_pool_beside_what_is_no_folder(tmp_path: Path) -> None:
    database = open_database(load_settings())
    (tmp_path / "file").touch()
    pool = SamplePool(database, f"{tmp_path}/file/pool", max_samples=9, max_pixels=10**7)
    with pytest.raises(DataError, match="cannot be written"):
        pool.add(photos.encode(photos.crowd(1)), "male", None)
    assert pool.count(GENDER.labels) == {"female": 0, "male": 0}
    database.close()


@pytest.mark.parametrize("days", [-400, 400])
def test_a_clock_that_jumps_makes_nothing_look_old(
    monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    monkeypatch.setattr(expiry_module, "EVERY_S", 0.02)
    database = open_database(load_settings())
    kept = row()
    insert_predictions(database, [kept, row(now() - timedelta(days=9))])
    writer = HistoryWriter(database, queue_rows=10, keep_days=7)
    writer.start()

    def left() -> list[str]:
        rows = list_predictions(database, Query(), before=None, limit=9)
        return [one["id"] for one in rows]

    wait_until(lambda: left() == [kept["id"]])
    jumped, looks = timedelta(days=days).total_seconds(), list[float]()

    def back_and_forth(_: SteadyClock) -> float:
        """Never the same twice: a clock that somebody goes on setting."""
        looks.append(jumped if len(looks) % 2 else 0.0)
        return looks[-1]

    monkeypatch.setattr(SteadyClock, "_read", back_and_forth)
    wait_until(lambda: len(looks) >= 2)
    monkeypatch.setattr(expiry_module, "now", lambda: now() + timedelta(days=days))
    wait_until(lambda: len(looks) >= 6)
    assert left() == [kept["id"]]
    writer.stop()
    database.close()


def test_a_clock_is_believed_again_once_it_runs_on(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, right = SteadyClock(), time.time
    assert clock.is_steady()
    monkeypatch.setattr(time, "time", lambda: right() + 86_400)
    assert not clock.is_steady()
    assert clock.is_steady()


def test_no_days_start_no_thread() -> None:
    called = list[datetime]()

    def forget(moment: datetime) -> int:
        called.append(moment)
        return 0

    expiry = Expiry(forget, keep_days=0)
    expiry.start()
    expiry.stop()
    assert called == []
