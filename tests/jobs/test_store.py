from __future__ import annotations

from pathlib import Path

import pytest

from genderlens.errors import DatabaseError, JobConflictError, JobNotFoundError
from genderlens.jobs import store as jobs_store
from genderlens.jobs.record import create_job
from genderlens.jobs.store import JobStore, open_store
from genderlens.settings import load_settings


def _store(folder: Path, waiting: int) -> JobStore:
    return open_store(load_settings(jobs_dir=folder, jobs_waiting=waiting))


def _submit(store: JobStore, key_id: str | None) -> str:
    job = create_job("photos", "small-data", promote=False, key_id=key_id)
    return store.submit(job).id


def test_one_key_never_fills_all_places(tmp_path: Path) -> None:
    store = _store(tmp_path, 4)
    first = _submit(store, "greedy")
    _submit(store, "greedy")
    with pytest.raises(JobConflictError, match="2 jobs of this key are waiting"):
        _submit(store, "greedy")
    _submit(store, "other")
    store.cancel(first)
    _submit(store, "greedy")
    _submit(store, "third")
    with pytest.raises(JobConflictError, match="4 jobs are waiting, the limit is 4"):
        _submit(store, "fourth")
    store.close()


def test_where_there_are_no_keys_all_places_are_everybodys(tmp_path: Path) -> None:
    store = _store(tmp_path, 2)
    _submit(store, None)
    _submit(store, None)
    with pytest.raises(JobConflictError, match="the limit is 2"):
        _submit(store, None)
    store.close()


def test_with_one_place_a_key_still_has_it(tmp_path: Path) -> None:
    store = _store(tmp_path, 1)
    _submit(store, "a")
    with pytest.raises(JobConflictError):
        _submit(store, "a")
    store.close()


def test_the_oldest_of_many_finished_jobs_are_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_store, "KEPT", 3)
    store = _store(tmp_path, 4)
    made = [_submit(store, None) for _ in range(3)]
    store.cancel(made[1])
    taken = store.take("a")
    assert taken is not None
    store.save(taken.with_changes(state="running"), "a")
    for _ in range(5):
        made.append(_submit(store, None))
        store.cancel(made[-1])
    left = [made[0], made[2], *made[-4:]]  # three as of the last that was queued
    assert [job.id for job in store.list_jobs()] == left[::-1]
    counts = {"queued": 1, "running": 1, "succeeded": 0, "failed": 0, "cancelled": 4}
    assert store.count_jobs() == counts
    store.close()


@pytest.mark.parametrize("name", ["none", "../queue", "x" * 300, "\x00", "\ud800", "a\n"])
def test_names_that_no_job_has(database_url: str, tmp_path: Path, name: str) -> None:
    settings = load_settings(jobs_dir=tmp_path, database_url=database_url)
    store = open_store(settings)
    for ask in (store.get, store.cancel):
        with pytest.raises(JobNotFoundError):
            ask(name)
    store.close()


def test_a_database_that_is_down_is_told_and_may_come_back(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    store = open_store(load_settings(state_dir=tmp_path / "state", jobs_dir=tmp_path))
    assert store.healthy
    for ask in (store.list_jobs, store.count_jobs, lambda: store.take("a")):
        with pytest.raises(DatabaseError):
            ask()
    assert not store.healthy
    (tmp_path / "state").unlink()
    assert store.list_jobs() == []
    assert store.healthy
    store.close()
