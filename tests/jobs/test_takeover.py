"""Several workers and one queue: each job is one worker's, and goes on with another's death."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import ClassFolders
from databases import create_postgres_database, serve_postgres
from genderlens.errors import DatabaseError
from genderlens.jobs.hold import Hold
from genderlens.jobs.owner import read_owner
from genderlens.jobs.process import Unwanted
from genderlens.jobs.record import Job, create_job
from genderlens.jobs.store import JobStore, open_store
from genderlens.jobs.watch import Beat, Watch
from genderlens.settings import load_settings
from jobs.nursery import nursery
from jobs.workplace import create_workplace, wait_for, working
from service.serving import wait_until

TERM_S = 1.0


def _job() -> Job:
    return create_job("squares", "small-data", promote=False)


def _store(url: str, folder: Path) -> JobStore:
    return open_store(load_settings(database_url=url, jobs_dir=folder), term_s=TERM_S)


@pytest.fixture
def pair(database_url: str, tmp_path: Path) -> Iterator[tuple[JobStore, JobStore]]:
    """The queue as two machines see it."""
    one, other = (_store(database_url, tmp_path / name) for name in ("a", "b"))
    yield one, other
    one.close()
    other.close()


def test_a_job_in_work_is_nobody_elses(pair: tuple[JobStore, JobStore]) -> None:
    one, other = pair
    first, second = one.submit(_job()), one.submit(_job())
    assert one.take("a") == first
    assert other.take("b") == second
    assert other.take("c") is None
    assert one.take("a") == first, "a worker that was killed has its job again at once"


def test_who_has_lost_a_job_writes_no_more(pair: tuple[JobStore, JobStore]) -> None:
    one, other = pair
    job = one.submit(_job())
    assert one.take("a") == job
    one.save(job.with_changes(state="running"), "a")
    wait_until(lambda: other.take("b") is not None, 10 * TERM_S)
    assert not one.beat(job.id, "a")
    with pytest.raises(Unwanted):
        one.save(job.ended("succeeded"), "a")
    assert other.get(job.id).state == "running"
    other.save(job.ended("failed"), "b")
    with pytest.raises(Unwanted):
        other.save(job, "b")
    assert one.get(job.id).state == "failed"


def test_a_job_put_back_is_anybodys(pair: tuple[JobStore, JobStore]) -> None:
    one, other = pair
    job = one.submit(_job())
    assert one.take("a") == job
    one.save(job.with_changes(state="queued"), "a")
    assert other.take("b") == job


@pytest.mark.parametrize("jump_s", [-1e6, 1e6])
def test_a_clock_that_jumps_gives_nobody_a_second_worker(
    pair: tuple[JobStore, JobStore], monkeypatch: pytest.MonkeyPatch, jump_s: float
) -> None:
    one, other = pair
    job = one.submit(_job())
    assert one.take("a") == job
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + jump_s)
    with Hold(one, job.id, "a") as hold:
        end = time.monotonic() + 2.5 * TERM_S
        while time.monotonic() < end:
            assert other.take("b") is None, "the other machine's clock runs ahead"
            time.sleep(0.1)
        assert hold.is_wanted
    wait_until(lambda: other.take("b") == job, 10 * TERM_S)


def test_a_beat_is_stale_once_it_has_been_watched_for_a_term(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moment = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: moment[0])
    watch, beat = Watch(30.0), Beat("job", "a", 7)
    assert watch.look([beat]) == []
    moment[0] = 29.9
    assert watch.look([beat]) == []
    moment[0] = 30.0
    assert watch.look([beat]) == [beat]
    assert watch.look([Beat("job", "a", 8)]) == []
    moment[0] = 60.0
    assert watch.look([Beat("job", "b", 9)]) == []


def test_without_its_database_a_hold_is_given_up_before_others_may_take_the_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> Any:
        raise DatabaseError("down")

    store = _store(f"sqlite:///{tmp_path / 'x.sqlite3'}", tmp_path)
    job = store.submit(_job())
    store.take("a")
    with Hold(store, job.id, "a") as hold:
        monkeypatch.setattr(store, "is_cancelled", down)
        start = time.monotonic()
        wait_until(lambda: not hold.is_fresh, TERM_S)
        assert hold.is_wanted, "a moment without it stops no training"
        wait_until(lambda: not hold.is_wanted, TERM_S)
        assert time.monotonic() - start < TERM_S
    store.close()


def test_a_hold_ends_with_the_wish_for_it(tmp_path: Path) -> None:
    store = _store(f"sqlite:///{tmp_path / 'x.sqlite3'}", tmp_path)
    job = store.submit(_job())
    store.take("a")
    with Hold(store, job.id, "a") as hold:
        assert hold.is_wanted
        store.cancel(job.id)
        wait_until(lambda: not hold.is_wanted, 10 * TERM_S)
    store.close()


def test_folders_of_one_path_on_machines_of_one_name_are_two_owners(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    one, other = (read_owner(tmp_path / name) for name in ("a", "b"))
    assert one != other
    assert read_owner(tmp_path / "a") == one


def test_workers_of_two_folders_share_the_work(
    database_url: str, tmp_path: Path, class_folders: ClassFolders
) -> None:
    place = create_workplace(tmp_path, class_folders(2), database_url=database_url)
    there = place.settings.model_copy(update={"jobs_dir": tmp_path / "there"})
    place.steer(epochs="20")
    with place.store() as store, nursery(place.settings) as one, nursery(there) as other:
        jobs = [store.submit(_job()) for _ in range(5)]
        one.start()
        other.start()
        most, ended = 0, store.list_jobs()
        while not all(job.is_finished for job in ended):
            most = max(most, sum(job.state == "running" for job in ended))
            time.sleep(0.05)
            ended = store.list_jobs()
        one.kill()
        other.kill()
    assert [(job.state, job.attempts) for job in ended] == [("succeeded", 1)] * 5
    assert most == 2, "side by side, each on one job"
    for job in jobs:
        places = [(tmp_path / name / job.id / "run").is_dir() for name in ("jobs", "there")]
        assert sorted(places) == [False, True], job.id


def test_another_worker_goes_on_where_one_was_killed(
    database_url: str, tmp_path: Path, class_folders: ClassFolders
) -> None:
    place = create_workplace(tmp_path, class_folders(2), database_url=database_url)
    there = place.settings.model_copy(update={"jobs_dir": tmp_path / "there"})
    place.steer(epochs="60")
    with place.store() as store, nursery(place.settings) as doomed:
        job = store.submit(_job())
        doomed.start()
        wait_until(lambda: store.get(job.id).progress.epoch > 0, 30)
        other = open_store(there, term_s=TERM_S)
        with working(other, there):
            doomed.kill()
            place.steer(epochs="3")
            ended = wait_for(store, job.id, lambda job: job.is_finished)
        other.close()
    assert (ended.state, ended.attempts) == ("succeeded", 2)
    assert (tmp_path / "there" / job.id / "run" / "run.json").is_file()


def test_a_moment_without_the_database_stops_no_training(
    tmp_path: Path, class_folders: ClassFolders
) -> None:
    with serve_postgres() as server:
        url = create_postgres_database(server.port)
        place = create_workplace(tmp_path, class_folders(2), database_url=url)
        place.steer(epochs="300")
        with place.store() as store, working(store, place.settings):
            job = store.submit(_job())
            wait_until(lambda: store.get(job.id).progress.epoch > 0, 30)
            server.stop()
            with pytest.raises(DatabaseError):
                store.get(job.id)
            server.start()
            ended = wait_for(store, job.id, lambda job: job.is_finished)
    assert (ended.state, ended.attempts, ended.progress.epoch) == ("succeeded", 1, 300)
