from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, insert

import photos
from clouds import forbid_to_remove, serve_s3
from genderlens.errors import DataError
from genderlens.heads.default import GENDER
from genderlens.history.database import Database
from genderlens.history.identifiers import create_id
from genderlens.history.pool import SamplePool
from genderlens.history.pool_check import PoolFault, PoolReport, check_pool
from genderlens.history.predictions import insert_predictions
from genderlens.history.samples import SampleQuery, count_sent
from genderlens.history.tables import PREDICTIONS, SAMPLE_SOURCES, SAMPLES, now
from history.rows import row

PICTURES = [photos.encode(photos.crowd(count)) for count in (1, 2, 3)]


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "folder":
        yield str(tmp_path / "pool")
        return
    with serve_s3() as files:
        files.mkdir("bucket")
        yield "s3://bucket/pool"


@pytest.fixture
def pool(database: Database, place: str) -> SamplePool:
    return pool_at(place, database)


def pool_at(place: str, database: Database) -> SamplePool:
    return SamplePool(database, place, max_samples=99, max_pixels=10**7)


def kinds(report: PoolReport) -> list[str]:
    return sorted(fault.kind for fault in report.faults)


def mend(pool: SamplePool, database: Database) -> PoolReport:
    """Mend, and look that nothing is left to mend."""
    report = check_pool(pool, database, fix=True)
    assert check_pool(pool, database).faults == ()
    return report


def test_what_agrees_is_not_accused(pool: SamplePool, database: Database) -> None:
    assert check_pool(pool, database) == PoolReport(0, 0, (), ())
    for content in PICTURES:
        pool.add(content, "male", "k")
    assert check_pool(pool, database) == PoolReport(3, 3, (), ())
    pool.remove(SampleQuery(key_id="k"))
    assert check_pool(pool, database) == PoolReport(0, 0, (), ())


def test_a_picture_that_nobody_can_withdraw(pool: SamplePool, database: Database) -> None:
    kept, lost = (pool.add(content, "male", None) for content in PICTURES[:2])
    with database.begin() as connection:
        connection.execute(delete(SAMPLES).where(SAMPLES.c.sha256 == lost.sha256))
    fault = PoolFault("unlisted_picture", pool.uri_of("male", lost.sha256))
    assert check_pool(pool, database) == PoolReport(2, 1, (fault,), ())
    assert mend(pool, database).faults == (fault,)
    assert check_pool(pool, database).pictures == 1
    assert not pool.add(PICTURES[0], "male", None).new
    assert kept.sha256 != lost.sha256


def test_an_entry_without_its_picture(pool: SamplePool, database: Database) -> None:
    with database.begin() as connection:
        entry = {"sha256": "a" * 64, "label": "female", "key_id": "k", "created_at": now()}
        connection.execute(insert(SAMPLES), [entry])
    assert kinds(mend(pool, database)) == ["lost_picture"]
    assert pool.count(GENDER.labels) == {"female": 0, "male": 0}


def test_an_entry_of_a_service_that_keeps_no_senders(pool: SamplePool, database: Database) -> None:
    pool.add(PICTURES[0], "male", "k")
    with database.begin() as connection:
        connection.execute(delete(SAMPLE_SOURCES))
    assert kinds(mend(pool, database)) == ["unsent_sample"]
    assert count_sent(database, "k") == 1
    assert pool.remove(SampleQuery(key_id="k")) == 1


def test_a_sample_of_a_prediction_that_is_gone(pool: SamplePool, database: Database) -> None:
    written = row()
    insert_predictions(database, [written])
    assert pool.correct(PICTURES[0], "male", None, written["id"]) is not None
    with database.begin() as connection:
        connection.execute(delete(PREDICTIONS))
    assert mend(pool, database).faults == (PoolFault("gone_prediction", written["id"]),)
    assert check_pool(pool, database) == PoolReport(0, 0, (), ())


def test_a_correction_of_what_is_gone_leaves_nothing(pool: SamplePool, database: Database) -> None:
    assert pool.correct(PICTURES[0], "male", None, create_id()) is None
    assert check_pool(pool, database) == PoolReport(0, 0, (), ())


def test_the_wrong_folder_is_no_place_for_a_sample(database: Database, tmp_path: Path) -> None:
    pool = pool_at(str(tmp_path / "pool"), database)
    sample = pool.add(PICTURES[0], "male", None)
    (tmp_path / "pool" / "female").mkdir(mode=0o700)
    source = tmp_path / "pool" / "male" / f"{sample.sha256}.jpg"
    source.rename(tmp_path / "pool" / "female" / source.name)
    assert kinds(mend(pool, database)) == ["lost_picture", "unlisted_picture"]


def test_folders_are_the_labels_of_the_list_and_of_the_model(
    database: Database, tmp_path: Path
) -> None:
    pool = pool_at(str(tmp_path / "pool"), database)
    pool.add(PICTURES[0], "androgynous", None)
    assert check_pool(pool, database) == PoolReport(1, 1, (), ())
    stray = tmp_path / "pool" / "feminine" / f"{'a' * 64}.jpg"
    stray.parent.mkdir(mode=0o700)
    stray.touch(mode=0o600)
    assert check_pool(pool, database).foreign == (f"feminine/{stray.name}",)
    told = check_pool(pool, database, labels=("feminine",))
    assert [fault.kind for fault in told.faults] == ["unlisted_picture"]
    assert told.foreign == ()


def test_what_others_may_read_and_what_kills_leave(database: Database, tmp_path: Path) -> None:
    pool = pool_at(str(tmp_path / "pool"), database)
    sample = pool.add(PICTURES[0], "male", None)
    folder = tmp_path / "pool" / "male"
    folder.chmod(0o755)
    (folder / f"{sample.sha256}.jpg").chmod(0o644)
    (folder / f".{'b' * 64}.jpg.partial").write_bytes(b"half")
    (folder / "mine.jpg").write_bytes(b"put there by hand")
    report = mend(pool, database)
    assert kinds(report) == ["draft", "open_rights", "open_rights"]
    assert report.foreign == ("male/mine.jpg",)
    assert (folder / "mine.jpg").exists()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.name for path in folder.iterdir()} == {f"{sample.sha256}.jpg", "mine.jpg"}


def test_what_a_bucket_keeps_is_no_success(database: Database) -> None:
    with serve_s3() as files:
        files.mkdir("bucket")
        pool = pool_at("s3://bucket/pool", database)
        sample = pool.add(PICTURES[0], "male", None)
        with database.begin() as connection:
            connection.execute(delete(SAMPLES))
        forbid_to_remove(files, "bucket", f"pool/male/{sample.sha256}.jpg")
        with pytest.raises(DataError, match="cannot be removed: Access Denied"):
            check_pool(pool, database, fix=True)
