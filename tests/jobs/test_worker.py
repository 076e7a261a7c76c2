"""Jobs from the queue to their end, with a stand-in for the trainer and everything else real."""

from __future__ import annotations

import fcntl
import time
from pathlib import Path

import pytest

import photos
from conftest import ClassFolders
from genderlens.data.decoded import append_note
from genderlens.erasure import create_eraser
from genderlens.errors import JobConflictError, JobNotFoundError
from genderlens.history.database import open_database
from genderlens.history.pool import create_pool
from genderlens.history.samples import SampleQuery
from genderlens.jobs.job_folder import JobFolder
from genderlens.jobs.owner import read_owner
from genderlens.jobs.record import Job, create_job
from genderlens.jobs.worker import MAX_ATTEMPTS
from jobs.workplace import Workplace, create_workplace, wait_for, working
from service.serving import wait_until


@pytest.fixture
def place(tmp_path: Path, class_folders: ClassFolders) -> Workplace:
    return create_workplace(tmp_path, class_folders(2))


def _job(*, promote: bool = True) -> Job:
    return create_job("squares", "small-data", promote=promote)


def _ended(job: Job) -> bool:
    return job.is_finished


def test_a_retraining_becomes_a_version_in_production(place: Workplace) -> None:
    with place.store() as store, working(store, place.settings):
        job = wait_for(store, store.submit(_job()).id, _ended)
    assert (job.state, job.stage, job.reason) == ("succeeded", "done", None)
    assert job.version == "retrained-0"
    assert job.decision["promoted"]
    assert job.progress.epoch == 3
    assert job.progress.figures == {"train_loss": 0.5, "calibration_accuracy": 0.75}
    state = place.registry.state()
    assert (state.production, state.previous) == ("retrained-0", "first-1")
    assert place.registry.decisions("retrained-0") == [job.decision]


def test_one_that_the_gates_refuse_stays_a_candidate(
    tmp_path: Path, class_folders: ClassFolders
) -> None:
    place = create_workplace(tmp_path, class_folders(2), gain=-10.0)
    with place.store() as store, working(store, place.settings):
        job = wait_for(store, store.submit(_job()).id, _ended)
    assert job.state == "succeeded"
    assert not job.decision["promoted"]
    assert job.decision["figures"]["retrained-0"]["accuracy"] == 0.0
    state = place.registry.state()
    assert (state.production, state.candidate) == ("first-1", "retrained-0")


def test_without_a_validation_set_the_version_waits(place: Workplace) -> None:
    settings = place.settings.model_copy(update={"gate_data": None})
    with place.store() as store, working(store, settings):
        job = wait_for(store, store.submit(_job()).id, _ended)
    assert job.state == "succeeded"
    assert "GENDERLENS_GATE_DATA" in job.decision["reason"]
    assert place.registry.state().production == "first-1"


def test_promotion_may_be_left_to_people(place: Workplace) -> None:
    with place.store() as store, working(store, place.settings):
        job = wait_for(store, store.submit(_job(promote=False)).id, _ended)
    assert (job.state, job.decision) == ("succeeded", None)
    assert place.registry.state().aliases == {
        "production": "first-1",
        "candidate": "retrained-0",
    }


def test_jobs_run_one_at_a_time_in_order(place: Workplace) -> None:
    place.steer(epochs="6")
    with place.store() as store, working(store, place.settings):
        jobs = [store.submit(_job(promote=False)) for _ in range(3)]
        most, order = 0, list[str]()
        while not all(job.is_finished for job in store.list_jobs()):
            found = store.list_jobs()
            running = [job.id for job in found if job.state == "running"]
            most = max(most, len(running))
            order += [name for name in running if name not in order]
            time.sleep(0.02)
    assert most == 1
    assert order == [job.id for job in jobs]


@pytest.mark.parametrize(
    ("file", "text", "reason"),
    [
        ("fail", "genderlens: no data there", "train ended with code 1: genderlens: no data there"),
        ("die", "", "train was killed by signal 9"),
    ],
)
def test_a_failed_training_fails_the_job_with_its_last_words(
    place: Workplace, file: str, text: str, reason: str
) -> None:
    place.steer(**{file: text})
    with place.store() as store, working(store, place.settings):
        job = wait_for(store, store.submit(_job()).id, _ended)
        assert job.state == "failed"
        assert job.reason is not None
        assert job.reason.startswith(reason)
        (place.trainer / file).unlink()
        assert wait_for(store, store.submit(_job()).id, _ended).state == "succeeded"


def test_an_interpreter_that_is_not_there(place: Workplace) -> None:
    settings = place.settings.model_copy(update={"retrain_python": "/no/such/python"})
    with place.store() as store, working(store, settings):
        job = wait_for(store, store.submit(_job()).id, _ended)
    assert job.state == "failed"
    assert "/no/such/python" in str(job.reason)


def test_a_source_that_is_no_longer_allowed(place: Workplace) -> None:
    settings = place.settings.model_copy(update={"retrain_sources": {}})
    with place.store() as store, working(store, settings):
        job = wait_for(store, store.submit(_job()).id, _ended)
    assert job.state == "failed"
    assert "RETRAIN_SOURCES" in str(job.reason)


def test_a_running_job_is_cancelled_and_the_next_one_runs(place: Workplace) -> None:
    place.steer(epochs="1000")
    with place.store() as store, working(store, place.settings):
        first, second = store.submit(_job()), store.submit(_job())
        wait_for(store, first.id, lambda job: job.progress.epoch > 0)
        waiting = store.cancel(second.id)
        assert waiting.state == "cancelled"
        store.cancel(first.id)
        job = wait_for(store, first.id, _ended)
        assert (job.state, job.version) == ("cancelled", None)
        place.steer(epochs="1")
        third = store.submit(_job())
        assert wait_for(store, third.id, _ended).state == "succeeded"
        assert store.get(second.id).finished is not None
        with pytest.raises(JobConflictError, match="cancelled already"):
            store.cancel(first.id)
    assert place.registry.versions() == ["first-1", "retrained-0"]


def test_a_stopped_worker_leaves_the_job_to_the_next(place: Workplace) -> None:
    place.steer(epochs="1000")
    with place.store() as store:
        job = store.submit(_job())
        with working(store, place.settings):
            wait_for(store, job.id, lambda job: job.progress.epoch > 0)
        left = store.get(job.id)
        assert (left.state, left.attempts) == ("queued", 0)
        place.steer(epochs="2")
        with working(store, place.settings):
            assert wait_for(store, job.id, _ended).state == "succeeded"


def test_what_was_begun_goes_on_before_what_waits(place: Workplace) -> None:
    with place.store() as store:
        first, second = (store.submit(_job(promote=False)) for _ in range(2))
        owner = read_owner(place.root / "jobs")
        assert store.take(owner) == first  # as a worker that was killed then
        store.save(first.with_changes(state="running", attempts=1), owner)
        with working(store, place.settings):
            wait_for(store, second.id, _ended)
        assert store.get(first.id).version == "retrained-0"
        assert store.take("another") is None


def test_only_one_worker_works_in_a_folder(place: Workplace) -> None:
    with place.store() as store:
        job = store.submit(_job())
        lock = place.root / "jobs" / "worker.lock"
        lock.parent.mkdir()
        with lock.open("ab") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            with working(store, place.settings):
                with pytest.raises(AssertionError):
                    wait_until_taken(store, job)
                fcntl.flock(other, fcntl.LOCK_UN)
                assert wait_for(store, job.id, _ended).state == "succeeded"


def wait_until_taken(store: object, job: Job) -> None:
    from service.serving import wait_until

    wait_until(lambda: store.get(job.id).state != "queued", 0.5)  # type: ignore[attr-defined]


def test_a_job_that_kills_every_worker_is_given_up(place: Workplace) -> None:
    with place.store() as store:
        job = store.submit(_job().with_changes(attempts=MAX_ATTEMPTS))
        with working(store, place.settings):
            ended = wait_for(store, job.id, _ended)
    assert ended.state == "failed"
    assert f"interrupted {MAX_ATTEMPTS} times" in str(ended.reason)


def test_the_same_weights_once_more_keep_their_version(place: Workplace) -> None:
    with place.store() as store, working(store, place.settings):
        jobs = [store.submit(_job()) for _ in range(2)]
        versions = [wait_for(store, job.id, _ended).version for job in jobs]
    assert versions == ["retrained-0", "retrained-0"]


def test_the_queue_is_bounded_and_names_are_checked(place: Workplace) -> None:
    settings = place.settings.model_copy(update={"jobs_waiting": 2})
    from genderlens.jobs.store import open_store

    store = open_store(settings)
    for _ in range(2):
        store.submit(_job())
    with pytest.raises(JobConflictError, match="the limit is 2"):
        store.submit(_job())
    store.cancel(store.list_jobs()[0].id)
    store.submit(_job())
    with pytest.raises(JobNotFoundError):
        store.get("../queue")
    store.close()


def test_the_log_shows_bars_in_their_last_state(tmp_path: Path) -> None:
    folder = JobFolder(tmp_path)
    assert folder.tail() == []
    folder.log.write_bytes(b"start\n 10%|#\r 50%|##\r100%|###\n\x1b[31mred\x1b[0m\x07\nend")
    assert folder.tail() == ["start", "100%|###", "red", "end"]
    assert folder.tail(1) == ["end"]


@pytest.mark.parametrize("end", ["succeeded", "cancelled", "failed"])
def test_a_picture_that_is_withdrawn_during_a_training_leaves_the_machine_with_it(
    tmp_path: Path, class_folders: ClassFolders, end: str
) -> None:
    """The training uses its decoded copy to the end, whichever that is; then it goes."""
    here = {"samples": str(tmp_path / "pool"), "cache_dir": tmp_path / "cache"}
    place = create_workplace(tmp_path, class_folders(2), **here)
    database = open_database(place.settings)
    pool = create_pool(place.settings, database)
    assert pool is not None
    sample = pool.add(photos.encode(photos.crowd(1)), "male", None).sha256
    copy = tmp_path / "cache" / "pixels-1.npy"
    copy.parent.mkdir()
    copy.write_bytes(b"pixels")
    append_note(copy, [f"{pool.place}/male/{sample}.jpg"])
    epochs = "1000" if end == "cancelled" else "60"
    place.steer(holds=str(copy), epochs=epochs, **({"fail_late": "no"} if end == "failed" else {}))
    with place.store() as store, working(store, place.settings):
        job = store.submit(create_job("samples", "small-data", promote=False))
        wait_for(store, job.id, lambda job: job.progress.epoch > 0)
        eraser = create_eraser(place.settings, database)
        assert eraser.samples(SampleQuery(sha256=sample)) == 1
        assert copy.exists(), "a training cannot go on without what it reads"
        assert eraser.stale_copies() == [copy]
        if end == "cancelled":
            store.cancel(job.id)
        assert wait_for(store, job.id, _ended).state == end
        wait_until(lambda: not copy.exists())
    database.close()
