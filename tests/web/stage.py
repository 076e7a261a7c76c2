"""The real service as its own process, with the built page and the real model, for a browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError

from databases import free_port
from forks import command, end
from genderlens.bundle import default_bundle_path, load_bundle
from genderlens.jobs.record import Progress, create_job
from genderlens.jobs.store import open_store
from genderlens.registry.store import open_registry
from genderlens.settings import Settings, load_settings

START_S = 90.0
_GATES = [
    {"gate": "accuracy", "value": 0.931, "limit": 0.915, "at_least": True, "passed": True},
    {"gate": "ece", "value": 0.061, "limit": 0.05, "at_least": False, "passed": False},
]


@dataclass
class Service:
    """`genderlens serve` on a port of this machine; may be killed and started anew."""

    environment: Mapping[str, str]
    log: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/app/"

    def start(self) -> None:
        """Returns once the model is warm."""
        serve = command("genderlens", "serve", "--port", str(self.port))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                serve, env=dict(self.environment), stdout=log, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + START_S
        while not self._is_ready():
            late = time.monotonic() > deadline
            if late or self.process.poll() is not None:
                self.stop()
                raise RuntimeError(f"the service did not start:\n{self.log.read_text('utf-8')}")
            time.sleep(0.1)

    def kill(self) -> None:
        """As when the machine fails: no farewell."""
        if self.process is not None:
            end(self.process)

    def stop(self) -> None:
        """SIGTERM, as an operator does."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()

    def _is_ready(self) -> bool:
        try:
            health = f"http://127.0.0.1:{self.port}/health/ready"
            with urllib.request.urlopen(health, timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False


@contextmanager
def serving(folder: Path, **settings: Any) -> Iterator[Service]:
    """A running service that writes in ``folder`` alone."""
    service = Service(environment_of(folder, **settings), folder / "service.log", free_port())
    folder.mkdir(parents=True, exist_ok=True)
    service.start()
    try:
        yield service
    finally:
        service.stop()


def settings_in(folder: Path, **changes: Any) -> Settings:
    """What a service in ``folder`` is told, for what is put there before it starts."""
    return load_settings(**_places(folder) | changes)


def environment_of(folder: Path, **changes: Any) -> dict[str, str]:
    """The shell's, its own settings replaced."""
    kept = {name: v for name, v in os.environ.items() if not name.startswith("GENDERLENS_")}
    given = {
        f"GENDERLENS_{name.upper()}": json.dumps(value) if isinstance(value, dict) else str(value)
        for name, value in (_places(folder) | changes).items()
    }
    return kept | given | {"ORT_DISABLE_TELEMETRY": "1"}


def _places(folder: Path) -> dict[str, Any]:
    return {
        "state_dir": folder / "state",
        "registry": str(folder / "registry"),
        "jobs_dir": folder / "jobs",
        "samples": str(folder / "samples"),
    }


def furnish(folder: Path) -> None:
    """Two versions in the registry, one of them in production, and jobs in three states."""
    settings = settings_in(folder)
    registry = open_registry(settings)
    shipped = registry.add(default_bundle_path())
    registry.add(_another_version(folder / "another"))
    registry.change(lambda state: state.promoted(shipped))
    store = open_store(settings)
    running = create_job("portraits", "small-data")
    failed = create_job("portraits", "nonesuch").ended(
        "failed", "training ended with code 2: no data"
    )
    refused = create_job("portraits", "default").with_changes(
        state="succeeded",
        stage="done",
        version="retrained-1",
        decision={"promoted": False, "gates": _GATES},
    )
    progress = Progress(epoch=3, epochs=12, figures={"loss": 0.41, "accuracy": 0.88})
    running = running.with_changes(state="running", stage="training", progress=progress)
    for job in (failed, refused, running):
        store.submit(job.with_changes(state="queued"))
        store.take("stage")
        store.save(job, "stage")
    store.close()


def damage(folder: Path) -> None:
    """Break the state of the registry, and the version that is not in production."""
    registry = folder / "registry"
    production = open_registry(settings_in(folder)).state().production
    (registry / "aliases.json").write_text("{", "utf-8")
    for description in registry.glob("*/bundle.json"):
        if description.parent.name != production:
            description.write_text("{}", "utf-8")


def _another_version(path: Path) -> Path:
    shutil.copytree(default_bundle_path(), path)
    description = json.loads((path / "bundle.json").read_text("utf-8"))
    (path / "bundle.json").write_text(json.dumps({**description, "name": "retrained"}), "utf-8")
    load_bundle(str(path))
    return path
