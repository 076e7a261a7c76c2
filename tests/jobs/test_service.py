"""The whole way: a real service, a real training and export, and a kill -9 in the midst of it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

import photos
from genderlens.registry.store import open_registry
from genderlens.settings import load_settings
from jobs.tiny_training import RECIPE, tinted_portraits
from service.serving import portrait_jpeg, wait_until


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return tinted_portraits(tmp_path / "pictures")


@pytest.fixture
def environment(tmp_path: Path, pictures: Path) -> dict[str, str]:
    (tmp_path / "tiny.yaml").write_text(RECIPE)
    settings = {
        "MODEL": "registry:production",
        "STATE_DIR": str(tmp_path / "state"),
        "CACHE_DIR": str(tmp_path / "cache"),
        "REGISTRY_POLL_S": "0.2",
        "RETRAIN_SOURCES": json.dumps({"portraits": str(pictures)}),
        "RETRAIN_RECIPE": str(tmp_path / "tiny.yaml"),
        "GATE_DATA": str(pictures),
        "GATE_SPLIT": "val",
        "GATE_MIN_GROUP": "1",
        "GATE_ACCURACY_DROP": "1",
        "GATE_GROUP_DROP": "1",
        "GATE_MAX_ECE": "1",
        "GATE_MAX_LATENCY_MS": "10000",
        "GATE_MAX_SLOWDOWN": "10000",
    }
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "OMP_NUM_THREADS": "1",
        **{f"GENDERLENS_{name}": value for name, value in settings.items()},
    }


@contextmanager
def _served(environment: dict[str, str], log: Path) -> Iterator[tuple[int, httpx.Client]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "genderlens", "serve", "--port", str(port)]
    with (
        log.open("ab") as output,
        subprocess.Popen(command, env=environment, stdout=output, stderr=output) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
    ):
        try:
            wait_until(lambda: process.poll() is not None or _is_ready(client), 60)
            assert process.poll() is None, log.read_text()
            yield process.pid, client
        finally:
            process.kill()


def _is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/health/ready").status_code == 200
    except httpx.TransportError:
        return False


def _job(client: httpx.Client, identifier: str) -> dict[str, Any]:
    job: dict[str, Any] = client.get(f"/jobs/{identifier}").json()
    return job


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_killed_service_goes_on_training_and_serves_the_result(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    registry = open_registry(load_settings(state_dir=tmp_path / "state"))
    first = registry.add(Path(str(photos.__file__)).parents[1] / "src/genderlens/models/default")
    registry.change(lambda state: state.promoted(first))
    log = tmp_path / "log"
    with _served(environment, log) as (process, client):
        identifier = client.post("/retrain").json()["id"]
        wait_until(lambda: _job(client, identifier)["progress"]["epoch"] > 0, 120)
        os.kill(process, signal.SIGKILL)
    assert registry.state().production == first
    with _served(environment, log) as (process, client):
        ended = {"succeeded", "failed", "cancelled"}
        wait_until(lambda: _job(client, identifier)["state"] in ended, 240)
        job = _job(client, identifier)
        assert job["state"] == "succeeded", job
        assert job["attempts"] == 2
        assert job["progress"]["epoch"] == 4
        assert job["decision"]["promoted"] is True
        version = job["version"]
        wait_until(lambda: client.get("/health").json()["model_version"] == version, 30)
        answer = client.post("/predict", files={"file": ("a.jpg", portrait_jpeg())}).json()
        assert answer["model_version"] == version
        assert client.post("/models/rollback").json()["serving"] == first
        assert "libtorch" not in Path(f"/proc/{process}/maps").read_text()
    assert registry.load(version).description.provenance.data == "portraits"
