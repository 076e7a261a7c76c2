"""kill -9 at ten random moments of a retraining in earnest: real training, export and gates."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from genderlens.bundle import default_bundle_path
from genderlens.inference.predictor import create_predictor
from genderlens.jobs.record import Job, Stage, create_job
from genderlens.jobs.store import JobStore, open_store
from genderlens.registry.store import open_registry
from genderlens.settings import Settings, load_settings
from jobs.nursery import nursery, require_whole
from jobs.tiny_training import RECIPE, tinted_portraits
from service.serving import portrait_jpeg, wait_until

AIMS: tuple[tuple[Stage, float], ...] = (
    ("waiting", 2.0),
    ("training", 3.0),
    ("training", 8.0),
    ("training", 12.0),
    ("exporting", 2.0),
    ("exporting", 6.0),
    ("exporting", 10.0),
    ("registering", 0.2),
    ("judging", 0.3),
    ("judging", 1.0),
)
"""The stage that a kill waits for, and the seconds that it waits then at most, at random."""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("GENDERLENS_CACHE_DIR", str(tmp_path / "cache"))
    pictures = str(tinted_portraits(tmp_path / "pictures"))
    recipe = tmp_path / "tiny.yaml"
    recipe.write_text(RECIPE)
    return load_settings(
        registry=str(tmp_path / "registry"),
        jobs_dir=str(tmp_path / "jobs"),
        cache_dir=tmp_path / "cache",
        retrain_sources={"portraits": pictures},
        retrain_recipe=str(recipe),
        retrain_python=sys.executable,
        gate_data=pictures,
        gate_split="val",
        gate_min_group=1,
        gate_accuracy_drop=1,
        gate_group_drop=1,
        gate_max_ece=1,
        gate_max_latency_ms=10_000,
        gate_max_slowdown=10_000,
    )


@pytest.fixture
def store(settings: Settings) -> Iterator[JobStore]:
    store = open_store(settings)
    yield store
    store.close()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_ten_kills_of_a_real_retraining_lose_nothing(settings: Settings, store: JobStore) -> None:
    registry = open_registry(settings)
    first = registry.add(default_bundle_path())
    registry.change(lambda state: state.promoted(first))
    moments = random.Random()  # other moments every time
    job = store.submit(create_job("portraits", settings.retrain_recipe))
    killed_at: list[str] = []
    with nursery(settings) as workers:
        for stage, at_most_s in AIMS:
            workers.start()
            _wait_for_stage(store, job.id, stage)
            time.sleep(moments.uniform(0.0, at_most_s))
            killed_at.append(store.get(job.id).stage)
            workers.kill()
            require_whole(settings)
            _require_service(settings, store.get(job.id), first)
        workers.start()
        wait_until(lambda: store.get(job.id).is_finished, 300)
        workers.kill()
    ended = store.get(job.id)
    sys.stderr.write(f"killed while {', '.join(killed_at)}; {ended.attempts} attempts\n")
    require_whole(settings)
    assert ended.state == "succeeded", ended.reason
    assert ended.decision is not None
    assert ended.decision["promoted"] is True
    state = registry.state()
    assert (state.production, state.previous) == (ended.version, first)
    assert registry.versions() == sorted([first, str(ended.version)])
    assert {"training", "exporting"} <= set(killed_at)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_training_that_is_killed_fails_with_a_reason(settings: Settings, store: JobStore) -> None:
    """As the kernel does where memory is short: the worker lives, and says so."""
    job = store.submit(create_job("portraits", settings.retrain_recipe))
    with nursery(settings) as workers:
        worker = workers.start()
        wait_until(lambda: store.get(job.id).progress.epochs > 0, 120)
        for child in _children(worker):
            os.kill(child, signal.SIGKILL)
        wait_until(lambda: store.get(job.id).is_finished, 30)
        workers.kill()
    ended = store.get(job.id)
    assert ended.state == "failed"
    assert "killed by signal 9" in str(ended.reason)


def _wait_for_stage(store: JobStore, identifier: str, stage: Stage) -> None:
    """Until the job is in the stage, or beyond it."""
    order = ["waiting", "training", "exporting", "registering", "judging", "done"]
    wait_until(lambda: order.index(store.get(identifier).stage) >= order.index(stage), 240)


def _require_service(settings: Settings, job: Job, first: str) -> None:
    """Production answers, and is the old version or, once that is promoted, the new one."""
    production = create_predictor(settings.model_copy(update={"model": "registry:production"}))
    (answer,) = production.predict([portrait_jpeg()])
    assert answer.faces
    assert answer.model_version in {first, job.version}


def _children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(child) for child in listed.split()]
