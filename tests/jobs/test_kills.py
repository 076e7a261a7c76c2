"""kill -9 at random moments of retraining and promotion; the clocks differ, the outcome may not.

The trainer is a stand-in that takes no time; test_real_kills kills the real one. Training processes
that outlive their worker are part of the test: the stand-in ignores the leash, and only the
inherited lock keeps the next worker waiting.
"""

from __future__ import annotations

import fcntl
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from conftest import ClassFolders
from genderlens.jobs.record import create_job
from jobs.nursery import nursery, require_whole
from jobs.workplace import create_workplace
from service.serving import wait_until

KILLS = 10
JOBS = 4


def test_ten_kills_lose_nothing(tmp_path: Path, class_folders: ClassFolders) -> None:
    place = create_workplace(tmp_path, class_folders(2), bundles=JOBS)
    moments = random.Random(17)
    with place.store() as store, nursery(place.settings) as workers:
        jobs = [store.submit(create_job("squares", "small-data")) for _ in range(JOBS)]
        for _ in range(KILLS):
            workers.start()
            time.sleep(moments.uniform(0.02, 0.7))
            workers.kill()
            require_whole(place.settings)
        workers.start()
        wait_until(lambda: all(job.is_finished for job in store.list_jobs()), 240)
        workers.kill()
        ended = [store.get(job.id) for job in jobs]
    require_whole(place.settings)
    assert [job.state for job in ended] == ["succeeded"] * JOBS, [job.reason for job in ended]
    assert sum(job.attempts for job in ended) > JOBS
    assert len({job.version for job in ended}) == JOBS
    assert all(job.decision and job.decision["promoted"] for job in ended)
    assert place.registry.state().production == ended[-1].version
    assert place.registry.state().previous == ended[-2].version


def test_a_training_that_outlives_its_worker_keeps_the_next_one_waiting(
    tmp_path: Path, class_folders: ClassFolders
) -> None:
    place = create_workplace(tmp_path, class_folders(2))
    place.steer(epochs="60")
    with place.store() as store, nursery(place.settings) as workers:
        job = store.submit(create_job("squares", "small-data", promote=False))
        workers.start()
        wait_until(lambda: store.get(job.id).progress.epoch > 0, 30)
        workers.kill()
        with (tmp_path / "jobs" / "worker.lock").open("ab") as lock:
            with pytest.raises(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(lock, fcntl.LOCK_EX)
        assert (tmp_path / "jobs" / job.id / "run" / "run.json").exists()


def test_a_worker_that_dies_takes_its_training_along(tmp_path: Path) -> None:
    """The real leash: a command that never ends does, when the holder's end of the pipe closes."""
    code = (
        "import subprocess, sys, time\n"
        "command = [sys.executable, '-m', 'genderlens.jobs.child_process', 'worker']\n"
        "child = subprocess.Popen(command, "
        "stdin=subprocess.PIPE, start_new_session=True)\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(90)\n"
    )
    environment = {**os.environ, "GENDERLENS_STATE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as holder:
        assert holder.stdout is not None
        child = int(holder.stdout.readline())
        wait_until((tmp_path / "jobs" / "worker.lock").exists, 60)
        assert _is_running(child)
        holder.kill()
        try:
            wait_until(lambda: not _is_running(child), 5)
        finally:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)


def _is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
