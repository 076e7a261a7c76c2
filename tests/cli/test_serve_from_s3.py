"""``genderlens serve --model s3://…`` as a process: fetched once, then served without the store."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

import clouds
from forks import command
from genderlens.bundle import MODEL, load_bundle
from genderlens.promotion.promote import promote
from genderlens.registry.store import open_registry
from genderlens.settings import load_settings
from service.serving import portrait_jpeg, wait_until

START_S = 60.0
AWS = {"AWS_MAX_ATTEMPTS": "1", "AWS_RETRY_MODE": "standard"}
"""A store that is gone is asked once: this is about what follows, not about patience."""


def _environment(folder: Path, **settings: str) -> dict[str, str]:
    """What an operator sets, the store's address and credentials among it."""
    aws = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    own = {"GENDERLENS_CACHE_DIR": str(folder / "cache"), "GENDERLENS_STATE_DIR": str(folder / "s")}
    return {"PATH": "/usr/bin:/bin", "COLUMNS": "200"} | aws | AWS | own | settings


def _command(*arguments: str) -> list[str]:
    return command("genderlens", "serve", *arguments)


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def _served(log: Path, model: str, environment: dict[str, str]) -> Iterator[httpx.Client]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with (
        log.open("wb") as output,
        subprocess.Popen(
            _command("--port", str(port), "--model", model),
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
        ) as process,
    ):
        try:
            wait_until(lambda: process.poll() is not None or _is_ready(port), START_S)
            assert process.poll() is None, log.read_text()
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
                yield client
        finally:
            process.kill()


def _answers(client: httpx.Client) -> str:
    """The version that answered, the answer being right."""
    answer = client.post("/predict", files={"file": ("a.jpg", portrait_jpeg())})
    assert answer.status_code == 200, answer.text
    assert answer.json()["prediction"] == "female"
    version: str = answer.json()["model_version"]
    return version


def _publish(files: Any, folder: str) -> str:
    for path in load_bundle().path.iterdir():
        files.pipe_file(f"{folder}/{path.name}", path.read_bytes())
    return f"s3://{folder}"


def test_a_bundle_is_served_from_s3_and_then_without_it(tmp_path: Path) -> None:
    with clouds.serve_s3() as files:
        files.mkdir("bundles")
        model = _publish(files, "bundles/models/mine")
        environment = _environment(tmp_path)
        with _served(tmp_path / "log", model, environment) as client:
            assert _answers(client) == load_bundle().version
    # The store is gone; nothing of the process is left but its cache.
    with _served(tmp_path / "log", model, environment) as client:
        assert _answers(client) == load_bundle().version
    done = _refused(f"{model}-other", environment)
    assert "check network and endpoint" in done.stderr


def test_the_registry_in_s3_is_followed_and_then_remembered(tmp_path: Path) -> None:
    with clouds.serve_s3() as files:
        files.mkdir("registry")
        settings = load_settings(registry="s3://registry/faces", cache_dir=tmp_path / "elsewhere")
        registry = open_registry(settings)
        promote(registry, registry.add(load_bundle().path), settings, forced="a test")
        environment = _environment(tmp_path, GENDERLENS_REGISTRY="s3://registry/faces")
        with _served(tmp_path / "log", "registry:production", environment) as client:
            assert _answers(client) == load_bundle().version
    with _served(tmp_path / "log", "registry:production", environment) as client:
        assert _answers(client) == load_bundle().version


def test_names_of_reference_system_001_serve_the_same(tmp_path: Path) -> None:
    with clouds.serve_s3() as files:
        files.mkdir("bucket-001")
        _publish(files, "bucket-001/models/mine")
        environment = _environment(tmp_path, MODEL_BUCKET="bucket-001", MODEL_PREFIX="models/mine/")
        done = subprocess.run(
            command("genderlens", "predict", "--json", str(_photo(tmp_path))),
            capture_output=True,
            text=True,
            env=environment,
            cwd=tmp_path,
        )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["prediction"] == "female"
    (cached,) = (tmp_path / "cache/models").iterdir()
    assert cached.name.startswith("mine-")


def _photo(folder: Path) -> Path:
    path = folder / "photo.jpg"
    path.write_bytes(portrait_jpeg())
    return path


def _refused(model: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A start that fails with one clear line."""
    done = subprocess.run(
        _command("--port", "0", "--model", model),
        capture_output=True,
        text=True,
        env=environment,
        timeout=START_S,
    )
    assert done.returncode not in {0, 1}, done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.mark.parametrize("damage", ["content", "checksum"])
def test_a_wrong_checksum_does_not_start(tmp_path: Path, damage: str) -> None:
    with clouds.serve_s3() as files:
        files.mkdir(f"damaged-{damage}")
        model = _publish(files, f"damaged-{damage}/mine")
        if damage == "content":
            content = bytearray(files.cat_file(f"{model}/{MODEL}"))
            content[-1] ^= 1
            files.pipe_file(f"{model}/{MODEL}", bytes(content))
        else:
            text = files.cat_file(f"{model}/bundle.json").decode()
            changed = re.sub(rf'("{MODEL}": ")[0-9a-f]{{64}}', r"\g<1>" + "0" * 64, text)
            assert changed != text
            files.pipe_file(f"{model}/bundle.json", changed.encode())
        done = _refused(model, _environment(tmp_path))
    assert "SHA-256 differs" in done.stderr
    assert list((tmp_path / "cache/models").iterdir()) == []
