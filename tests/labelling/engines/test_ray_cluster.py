"""The Ray engine against a real local cluster; its workers run the real model."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from genderlens.bundle import load_bundle
from genderlens.errors import LabellingError, MissingExtraError, SettingsError
from genderlens.labelling.engines import load_engine
from genderlens.labelling.engines.ray_cluster import count_fitting, list_needs, start_cluster
from genderlens.labelling.job import bundle_key
from genderlens.labelling.run import RunOptions, run_job
from genderlens.settings import Settings
from labelling.jobs import QUIET, digests, make_job, write_pictures


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    job = make_job(tmp_path, tmp_path / "out")
    with pytest.raises(MissingExtraError, match=r"genderlens\[ray\]"):
        next(load_engine("ray")(job, None, [0], 1))  # type: ignore[arg-type]


class _SlowRay:
    """Does not start in time so many times."""

    def __init__(self, failures: int) -> None:
        self.failures, self.began, self.ended = failures, 0, 0

    def init(self, **options: object) -> None:
        self.began += 1
        if self.began <= self.failures:
            raise ConnectionError("The current node timed out during startup.")

    def shutdown(self) -> None:
        self.ended += 1


def test_a_cluster_that_a_busy_machine_starts_slowly_is_started_again() -> None:
    ray = _SlowRay(failures=2)
    start_cluster(ray)
    assert (ray.began, ray.ended) == (3, 2)


def test_a_cluster_that_never_starts_is_told_with_the_way_out() -> None:
    ray = _SlowRay(failures=99)
    with pytest.raises(LabellingError, match=r"timed out.*RAY_ADDRESS.*--engine local"):
        start_cluster(ray)
    assert ray.began == ray.ended == 3


@pytest.mark.filterwarnings("default")
def test_a_killed_worker_changes_no_byte(cluster: object, tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "in", 120)
    settings, bundles = Settings(faces="cropped"), bundle_key([load_bundle()])
    job = make_job(folder, tmp_path / "out", settings=settings, bundles=bundles, shard_size=10)
    run_job(job, replace(QUIET, workers=2))
    local = digests(job.out)
    job.out.rename(tmp_path / "local")
    killed: list[int] = []
    thread = threading.Thread(target=_kill_one, args=(job.state / "done", killed))
    thread.start()
    run_job(job, RunOptions(engine="ray", workers=2, progress=False))
    thread.join()
    assert killed
    assert digests(job.out) == local


def _kill_one(done: Path, killed: list[int]) -> None:
    """Kills a worker that is labelling, once some shards are done and others are not."""
    limit = time.monotonic() + 240
    while time.monotonic() < limit and not killed:
        if len(list(done.glob("*.json"))) >= 2 and (workers := _labelling_workers()):
            os.kill(workers[0], signal.SIGKILL)
            killed.append(workers[0])
        time.sleep(0.01)


def _labelling_workers() -> list[int]:
    """Ray names a worker process after what it runs; ours, because they descend from us."""
    return [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if _cmdline(path).startswith(b"ray::_label") and _descends(int(path.parent.name))
    ]


def _cmdline(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _descends(pid: int) -> bool:
    while pid > 1:
        if pid == os.getpid():
            return True
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return False
    return False


def test_workers_ask_for_a_part_of_a_gpu_where_the_device_is_one() -> None:
    assert list_needs("cuda") == {"num_cpus": 1, "num_gpus": 0.25}
    for device in ("auto", "cpu", "openvino"):
        assert list_needs(device) == {"num_cpus": 1}


@pytest.mark.parametrize(
    ("resources", "device", "workers"),
    [
        ({"CPU": 16.0, "GPU": 2.0}, "cuda", 8),
        ({"CPU": 4.0, "GPU": 2.0}, "cuda", 4),
        ({"CPU": 16.0, "GPU": 2.0}, "cpu", 16),
        ({}, "cpu", 1),
    ],
)
def test_as_many_workers_run_as_the_cluster_has_room_for(
    resources: dict[str, float], device: str, workers: int
) -> None:
    assert count_fitting(resources, list_needs(device)) == workers


@pytest.mark.filterwarnings("default")
def test_a_cluster_without_gpus_is_refused_and_not_waited_for(
    cluster: object, tmp_path: Path
) -> None:
    folder = write_pictures(tmp_path / "in", 2)
    job = make_job(folder, tmp_path / "out", settings=Settings(device="cuda", faces="cropped"))
    with pytest.raises(SettingsError, match="the Ray cluster has 0 GPUs"):
        run_job(job, RunOptions(engine="ray", workers=1, progress=False))
