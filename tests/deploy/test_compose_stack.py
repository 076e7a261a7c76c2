"""The variables and commands of compose.yaml and the image, without containers: with a real
PostgreSQL, a real Redis and an S3 server in the places of the other services."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

import clouds
from databases import Server, create_postgres_database, free_port
from forks import command, end
from service.serving import portrait_jpeg, wait_until

ROOT = Path(__file__).parents[2]
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())["services"]
DOCKERFILE = (ROOT / "deploy/docker/Dockerfile").read_text("utf-8")
START_S = 60.0


@pytest.fixture(scope="module")
def redis_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server: install the Debian package")
    command, port = SERVICES["redis"]["command"], free_port()
    place = ["--port", str(port), "--dir", str(tmp_path_factory.mktemp("redis"))]
    with subprocess.Popen([program, *command[1:], *place], stdout=subprocess.DEVNULL) as server:
        try:
            yield port
        finally:
            server.terminate()


@pytest.fixture
def environment(postgres: Server, redis_port: int, tmp_path: Path) -> Iterator[dict[str, str]]:
    """What the container would see, hosts and folders being this machine's."""
    with clouds.serve_s3():
        last_stage = DOCKERFILE.rsplit("FROM ", 1)[1].replace("\\\n", " ")
        (variables,) = re.findall(r"^ENV (.*)$", last_stage, re.MULTILINE)
        image = dict(word.split("=", 1) for word in shlex.split(variables))
        found = image | SERVICES["genderlens"]["environment"] | _aws()
        found |= {
            "GENDERLENS_DATABASE_URL": create_postgres_database(postgres.port),
            "GENDERLENS_MODEL": "default",
            "GENDERLENS_FACES": "single",
            "GENDERLENS_PORT": str(free_port()),
            "PATH": "/usr/bin:/bin",
        }
        place = {"redis:6379": f"127.0.0.1:{redis_port}", "/state": str(tmp_path / "state")}
        for there, here in place.items():
            found = {name: value.replace(there, here) for name, value in found.items()}
        yield {name: _defaulted(value) for name, value in found.items()}


def _defaulted(value: str) -> str:
    """What compose makes of ``${NAME:-default}`` where the variable is not set."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)


def _aws() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("AWS_")}


def _run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    words = command("genderlens", *arguments)
    return subprocess.run(words, env=environment, capture_output=True, text=True, timeout=START_S)


@contextmanager
def _served(environment: dict[str, str], log: Path) -> Iterator[httpx.Client]:
    url = f"http://127.0.0.1:{environment['GENDERLENS_PORT']}"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command("genderlens", *_command()),
            env=environment,
            stdout=output,
            stderr=output,
        ) as process,
    ):
        try:
            wait_until(lambda: process.poll() is not None or _is_ready(url), START_S)
            assert process.poll() is None, log.read_text()
            with httpx.Client(base_url=url, timeout=30) as client:
                yield client
        finally:
            end(process)


def _command() -> list[str]:
    (command,) = re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    words: list[str] = json.loads(command)
    return words


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health").status_code == 200
    except httpx.TransportError:
        return False


def test_bucket_key_service(environment: dict[str, str], redis_port: int, tmp_path: Path) -> None:
    import redis
    import s3fs

    refused = _run(environment, *_command())
    assert refused.returncode == 2
    assert "genderlens keys create" in refused.stderr
    program, *arguments = SERVICES["bucket"]["entrypoint"]
    assert program == "python"
    for _ in range(2):
        subprocess.run([sys.executable, *arguments], env=environment, check=True)
    assert s3fs.S3FileSystem().exists("genderlens")
    scopes = ["--scope", "predict", "--scope", "metrics"]
    made = _run(environment, "keys", "create", "first", *scopes)
    assert made.returncode == 0, made.stderr
    bearer = {"Authorization": f"Bearer {made.stdout.strip()}"}
    with _served(environment, tmp_path / "log") as client:
        photo = {"file": ("a.jpg", portrait_jpeg())}
        assert client.post("/predict", files=photo).status_code == 401
        answer = client.post("/predict", files=photo, headers=bearer)
        assert answer.json()["prediction"] == "female"
        wait_until(lambda: _history(client, bearer) == [answer.json()["id"]])
        assert client.get("/metrics", headers=bearer).status_code == 200
    with redis.Redis(port=redis_port, db=0) as counts:
        assert counts.dbsize() > 0


def _history(client: httpx.Client, headers: dict[str, str]) -> list[str]:
    rows = client.get("/predictions", headers=headers).json()["predictions"]
    return [row["id"] for row in rows]
