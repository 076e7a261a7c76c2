from __future__ import annotations

from pathlib import Path

import pytest

from genderlens.errors import JobConflictError
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
