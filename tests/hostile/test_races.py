"""Two processes on one folder, one database, one pool: nothing is lost, doubled or half-written."""

from __future__ import annotations

import json
import subprocess
import textwrap
from pathlib import Path
from typing import Any

import pytest

import photos
from forks import command
from genderlens.history.database import open_database
from genderlens.history.identifiers import create_id
from genderlens.history.keys import list_keys
from genderlens.history.pool import SamplePool
from genderlens.history.pool_check import PoolReport, check_pool
from genderlens.history.predictions import Query, insert_predictions, list_predictions
from genderlens.settings import load_settings
from history.rows import row

TESTS = Path(__file__).parents[1]
START = """
import json, sys, time, pathlib
sys.path.insert(0, sys.argv.pop(1))
from genderlens.history.database import open_database
from genderlens.settings import load_settings
place = pathlib.Path(sys.argv[1])
arguments = sys.argv[2:]
"""


def race(code: str, place: Path, *arguments: str, count: int = 2) -> list[Any]:
    """The same code in several processes that start together; the JSON that each prints last."""
    head = START + "(place / ('ready-' + str(__import__('os').getpid()))).touch()\n"
    wait = f"while len(list(place.glob('ready-*'))) < {count}: time.sleep(0.001)\n"
    script = head + wait + textwrap.dedent(code)
    words = command("python", "-c", script, str(TESTS), str(place), *arguments)
    pair = [
        subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(count)
    ]
    told = [process.communicate(timeout=120) for process in pair]
    for ready in place.glob("ready-*"):
        ready.unlink()
    assert [process.returncode for process in pair] == [0] * count, told
    return [json.loads(out.splitlines()[-1]) for out, _ in told]


POOL = """
from genderlens.history.pool import SamplePool
from genderlens.history.samples import SampleQuery
database = open_database(load_settings(database_url=arguments[0]))
pool = SamplePool(database, str(place / "pool"), max_samples=99, max_pixels=10**8)
pictures = [path.read_bytes() for path in sorted(place.glob("*.jpg"))]
"""


@pytest.fixture
def pictures(tmp_path: Path) -> int:
    for count in range(1, 7):
        (tmp_path / f"{count}.jpg").write_bytes(photos.encode(photos.crowd(count)))
    return 6


def compare(database_url: str, place: Path) -> PoolReport:
    database = open_database(load_settings(database_url=database_url))
    pool = SamplePool(database, str(place / "pool"), max_samples=99, max_pixels=10**8)
    report = check_pool(pool, database)
    database.close()
    return report


def test_the_same_pictures_from_two_services(
    database_url: str, tmp_path: Path, pictures: int
) -> None:
    code = POOL + "print(json.dumps([pool.add(one, 'male', None).new for one in pictures]))"
    told = race(code, tmp_path, database_url)
    assert [sum(pair) for pair in zip(*told, strict=True)] == [1] * pictures
    assert compare(database_url, tmp_path) == PoolReport(pictures, pictures, (), ())
    assert not list((tmp_path / "pool").rglob("*.partial"))


def test_one_adds_what_the_other_removes(database_url: str, tmp_path: Path, pictures: int) -> None:
    code = (
        POOL
        + """
for round in range(4):
    for one in pictures:
        pool.add(one, "male", "k")
    pool.remove(SampleQuery(key_id="k"))
print(json.dumps(True))
"""
    )
    race(code, tmp_path, database_url)
    report = compare(database_url, tmp_path)
    assert report.faults == ()
    assert report.pictures == report.listed == 0


def test_two_services_at_the_end_of_the_pool(
    database_url: str, tmp_path: Path, pictures: int
) -> None:
    code = (
        POOL
        + """
from genderlens.errors import PoolFullError
pool.max_samples, stored = 3, 0
for one in pictures:
    try:
        stored += pool.add(one, "male", None).new
    except PoolFullError:
        pass
print(json.dumps(stored))
"""
    )
    assert sum(race(code, tmp_path, database_url)) == 3
    assert compare(database_url, tmp_path) == PoolReport(3, 3, (), ())


def test_corrections_and_deletions_of_one_prediction(
    database_url: str, tmp_path: Path, pictures: int
) -> None:
    database = open_database(load_settings(database_url=database_url))
    made = [create_id() for _ in range(12)]
    insert_predictions(database, [row(id=one) for one in made])
    code = (
        POOL
        + """
from genderlens.erasure import Eraser
from genderlens.history.predictions import Query
eraser = Eraser(database, pool, place / "cache")
first = min(place.glob("ready-*")).name.endswith(str(__import__("os").getpid()))
for number, identity in enumerate(json.loads(arguments[1])):
    if first:
        pool.correct(pictures[number % 6], "male", None, identity)
    else:
        eraser.prediction(identity, Query())
print(json.dumps(first))
"""
    )
    assert sorted(race(code, tmp_path, database_url, json.dumps(made))) == [False, True]
    assert list_predictions(database, Query(), before=None, limit=99) == []
    database.close()
    assert compare(database_url, tmp_path) == PoolReport(0, 0, (), ())


def test_keys_and_history_from_two_processes(database_url: str, tmp_path: Path) -> None:
    """From an empty database, which both bring up to date first."""
    code = """
    from genderlens.history.keys import create_key, list_keys, revoke_key, rotate_key
    from genderlens.history.writer import HistoryWriter
    from datetime import timedelta
    from history.rows import row
    database = open_database(load_settings(database_url=arguments[0]))
    writer = HistoryWriter(database, queue_rows=1000, keep_days=7)
    writer.start()
    for number in range(200):
        assert writer.put(row())
    for number in range(10):
        stored, _ = create_key(database, str(number), frozenset({"predict"}))
        rotate_key(database, stored.id, timedelta(hours=1))
        if number % 2:
            revoke_key(database, stored.id)
    assert writer.flush(30)
    writer.stop()
    print(json.dumps(writer.pending))
    """
    assert race(code, tmp_path, database_url) == [0, 0]
    database = open_database(load_settings(database_url=database_url))
    assert [key.fault(key.created_at) for key in list_keys(database)].count("revoked") == 10
    assert len(list_keys(database)) == 20
    assert len(list_predictions(database, Query(), before=None, limit=999)) == 400
    database.close()
