"""The queue in a real Redis, and workers of several machines that take turns."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from conftest import ClassFolders
from genderlens.errors import JobError
from genderlens.jobs.lease import Lease
from genderlens.jobs.record import create_job
from genderlens.jobs.store import open_store
from jobs.workplace import create_workplace, wait_for, working
from service.serving import wait_until


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server: install the Debian package")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with subprocess.Popen([program, *options], stdout=subprocess.DEVNULL) as server:
        try:
            wait_until(lambda: _answers(port))
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_retraining_through_redis(
    redis_url: str, tmp_path: Path, class_folders: ClassFolders
) -> None:
    place = create_workplace(tmp_path, class_folders(2), jobs_url=redis_url)
    with place.store() as store, working(store, place.settings):
        first, second = (store.submit(create_job("squares", "small-data")) for _ in range(2))
        assert store.cancel(second.id).state == "cancelled"
        assert wait_for(store, first.id, lambda job: job.is_finished).state == "succeeded"
        assert [job.id for job in store.list_jobs()] == [second.id, first.id]
    assert place.registry.state().production == "retrained-0"
    assert not (tmp_path / "jobs" / "queue.db").exists()


def test_workers_of_two_machines_take_turns(redis_url: str, tmp_path: Path) -> None:
    from genderlens.settings import load_settings

    with_redis = load_settings(jobs_url=redis_url, jobs_dir=tmp_path)
    store = open_store(with_redis)
    store.storage.flush_all()
    one, other = (Lease(store.storage, tmp_path / name, term_s=1.0) for name in ("a", "b"))
    assert one.renew()
    assert not other.renew()
    again = Lease(store.storage, tmp_path / "a", term_s=1.0)
    assert again.renew()
    assert other.wait(threading.Event())  # the first one has stopped renewing
    again._renewed = 0.0
    assert not again.renew()
    store.close()


@pytest.mark.parametrize("jump_s", [-1e6, 1e6])
def test_a_clock_that_jumps_gives_nobody_a_second_worker(
    redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump_s: float
) -> None:
    from genderlens.settings import load_settings

    store = open_store(load_settings(jobs_url=redis_url, jobs_dir=tmp_path))
    store.storage.flush_all()
    one, other = (Lease(store.storage, tmp_path / name, term_s=1.0) for name in ("a", "b"))
    assert one.renew()
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + jump_s)
    assert not other.renew(), "the other machine's clock runs ahead"
    for _ in range(3):
        one._renewed = 0.0
        assert one.renew()
        time.sleep(0.5)
        assert not other.renew()
    assert other.wait(threading.Event()), "nobody renews it any longer"
    store.close()


def test_no_redis_is_an_error_of_ours() -> None:
    from genderlens.settings import load_settings

    store = open_store(load_settings(jobs_url=SecretStr("redis://127.0.0.1:1/0")))
    with pytest.raises(JobError, match="cannot be used now"):
        store.list_jobs()
    store.close()
