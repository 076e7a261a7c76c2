"""A registry with production, a queue, and a trainer that takes no time: see ``standin``."""

from __future__ import annotations

import shutil
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genderlens.jobs.store import JobStore, open_store
from genderlens.jobs.worker import Worker, create_worker
from genderlens.registry.store import Registry, open_registry
from genderlens.settings import Settings, load_settings
from service.serving import wait_until
from tiny_bundles import make_bundle

STANDIN = Path(__file__).with_name("standin.py")


@dataclass(frozen=True)
class Workplace:
    """Everything below one folder; ``trainer`` holds the files that steer the stand-in."""

    root: Path
    settings: Settings

    @property
    def trainer(self) -> Path:
        return self.root / "trainer"

    @property
    def registry(self) -> Registry:
        return open_registry(self.settings)

    @contextmanager
    def store(self) -> Iterator[JobStore]:
        store = open_store(self.settings)
        try:
            yield store
        finally:
            store.close()

    def steer(self, **files: str) -> None:
        for name, text in files.items():
            (self.trainer / name).write_text(text)


def create_workplace(
    root: Path, pictures: Path, *, bundles: int = 1, gain: float = 12.0, **settings: Any
) -> Workplace:
    """``first-1`` in production; trainings give ``retrained-0``, ``retrained-1`` and so on."""
    trainer = root / "trainer"
    for index in range(bundles):
        folder = trainer / "bundles" / f"{index:02d}"
        make_bundle(folder, "retrained", gain=gain + index, version=str(index))
    shutil.copyfile(STANDIN, trainer / "standin.py")
    script = trainer / "python"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -S -E {trainer}/standin.py "$@"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    place = Workplace(
        root,
        load_settings(
            registry=str(root / "registry"),
            jobs_dir=str(root / "jobs"),
            retrain_sources={"squares": str(pictures)},
            retrain_python=str(script),
            gate_data=str(pictures),
            gate_min_group=2,
            gate_max_slowdown=1000,
            gate_max_latency_ms=10_000,
            **settings,
        ),
    )
    place.steer(epochs="3")
    registry = place.registry
    registry.add(make_bundle(root / "first", "first"))
    registry.change(lambda state: state.promoted("first-1"))
    return place


@contextmanager
def working(store: JobStore, settings: Settings) -> Iterator[Worker]:
    """A worker in a thread, as the service runs it."""
    worker = create_worker(store, settings)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(20)
        assert not thread.is_alive()


def wait_for(store: JobStore, identifier: str, condition: Callable[[Any], bool]) -> Any:
    """The job as soon as the condition holds of it."""
    wait_until(lambda: condition(store.get(identifier)), 30)
    return store.get(identifier)
