"""``genderlens serve`` as an operator meets it: a process, a port, a signal."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from forks import end, forked
from genderlens.cli.service.serve import require_keys
from genderlens.errors import DatabaseError, SettingsError
from genderlens.history.database import open_database
from genderlens.history.keys import create_key, revoke_key
from genderlens.settings import load_settings
from service.serving import RawConnection, portrait_jpeg, post_file, wait_until

FIRST_ANSWER_S = 60.0


def _environment(state: Path) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "COLUMNS": "120", "GENDERLENS_STATE_DIR": str(state)}


ALONE = [sys.executable, "-W", "error", "-m", "genderlens", "serve"]
"""A fresh interpreter, where the start itself is what is tested."""


def _command(*arguments: str) -> list[str]:
    return forked("serve", *arguments)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def _served(
    log: Path, *arguments: str, state: Path | None = None, start: Sequence[str] = ()
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A serving process and its port, from when it is ready."""
    port = _free_port()
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [*(start or _command()), "--port", str(port), *arguments],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=_environment(state or log.parent / "state"),
        ) as process,
    ):
        try:
            wait_until(lambda: process.poll() is not None or _is_ready(port), FIRST_ANSWER_S)
            assert process.poll() is None, log.read_text()
            yield process, port
        finally:
            end(process)


def test_start_answer_stop(tmp_path: Path) -> None:
    start = time.monotonic()
    with _served(tmp_path / "log", start=ALONE) as (process, port):
        files = {"file": ("a.jpg", portrait_jpeg())}
        answer = httpx.post(f"http://127.0.0.1:{port}/predict", files=files, timeout=10)
        assert time.monotonic() - start < FIRST_ANSWER_S
        assert answer.status_code == 200
        assert answer.json()["prediction"] == "female"
        assert "server" not in answer.headers
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_what_was_accepted_is_answered_after_sigterm(tmp_path: Path) -> None:
    with _served(tmp_path / "log") as (process, port), RawConnection(port) as idle:
        request = post_file("/predict", portrait_jpeg())
        begun = [RawConnection(port) for _ in range(4)]
        for connection in begun:
            connection.send(request[:-10])
        wait_until(lambda: _is_ready(port))
        process.send_signal(signal.SIGTERM)
        wait_until(lambda: not _is_ready(port))
        for connection in begun:
            connection.send(request[-10:])
        for connection in begun:
            assert connection.receive().json()["prediction"] == "female"
            connection.close()
        assert process.wait(10) == 0
        assert idle.is_closed()


def test_sigterm_during_the_start(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as output:
        process = subprocess.Popen(
            [*ALONE, "--port", "0"],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=_environment(tmp_path),
        )
        log = tmp_path / "log"
        wait_until(lambda: "startup" in log.read_text() or process.poll() is not None, 60)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_other_machines_only_with_a_key_or_when_told_so(host: str) -> None:
    with pytest.raises(SettingsError, match="--insecure"):
        require_keys(load_settings(host=host))
    require_keys(load_settings(host=host, auth="open"))
    database = open_database(load_settings())
    stored, _ = create_key(database, "app", frozenset({"predict"}))
    require_keys(load_settings(host=host))
    revoke_key(database, stored.id)
    database.close()
    with pytest.raises(SettingsError, match="keys create"):
        require_keys(load_settings(host=host))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_this_machine_is_fine(host: str) -> None:
    require_keys(load_settings(host=host))
    with pytest.raises(SettingsError, match="keys create"):
        require_keys(load_settings(host=host, auth="keys"))


def test_without_the_database_of_keys_nothing_is_served() -> None:
    url = f"postgresql://u:secret@127.0.0.1:{_free_port()}/d"
    with pytest.raises(DatabaseError, match="does not answer"):
        require_keys(load_settings(host="0.0.0.0", database_url=url))


def test_keys_open_a_served_address_and_never_reach_the_log(tmp_path: Path) -> None:
    database = open_database(load_settings(state_dir=tmp_path))
    _, key = create_key(database, "app", frozenset({"predict"}))
    database.close()
    with _served(tmp_path / "log", "--host", "0.0.0.0", state=tmp_path) as (process, port):
        address = f"http://127.0.0.1:{port}/predict"
        files = {"file": ("a.jpg", portrait_jpeg())}
        bearer = {"Authorization": f"Bearer {key}"}
        assert httpx.post(address, files=files).status_code == 401
        assert httpx.post(f"{address}?api_key={key}", files=files).status_code == 401
        assert httpx.post(address, files=files, headers=bearer, timeout=10).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    log = (tmp_path / "log").read_text()
    events = [json.loads(line) for line in log.splitlines()]
    asked = [one for one in events if one.get("route") == "/predict"]
    refused = [one for one in events if one.get("code") == "invalid_key"]
    assert [one["status"] for one in refused] == [401, 401]
    assert [one["key_id"] for one in asked if one["status"] == 200] == [key.split("_")[1]]
    assert {one["logger"] for one in events} >= {"uvicorn.error", "genderlens.access"}
    assert key.rpartition("_")[2] not in log
    assert "api_key" not in log


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--host", "0.0.0.0"), 2, "--insecure"),
        (("--port", "70000"), 2, "GENDERLENS_PORT"),
        (("--model", "/nowhere"), 5, "/nowhere"),
    ],
)
def test_refusals(arguments: tuple[str, ...], code: int, message: str, tmp_path: Path) -> None:
    done = subprocess.run(
        _command(*arguments), capture_output=True, text=True, env=_environment(tmp_path), timeout=30
    )
    assert done.returncode == code
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_a_taken_port_is_a_failure(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        arguments = _command("--port", str(taken.getsockname()[1]))
        done = subprocess.run(
            arguments, capture_output=True, text=True, env=_environment(tmp_path), timeout=30
        )
    assert done.returncode == 14
    assert "address already in use; give another --port" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_typo_in_a_setting_is_a_failure(tmp_path: Path) -> None:
    environment = {**_environment(tmp_path), "GENDERLENS_PROT": "9000"}
    done = subprocess.run(_command(), capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 2
    assert "GENDERLENS_PROT is no setting; did you mean 'GENDERLENS_PORT'" in done.stderr


SCRIPT = """
import json, sys, time
from starlette.testclient import TestClient
from genderlens.service.app import create_app
from genderlens.settings import load_settings

with TestClient(create_app(load_settings()), base_url="http://localhost") as client:
    while client.get("/health/ready").status_code != 200:
        time.sleep(0.01)
    answer = client.post("/predict", files={"file": ("a.jpg", open(sys.argv[1], "rb").read())})
heavy = {"torch", "torchvision", "timm", "transformers", "tensorflow", "keras", "lightning",
         "streamlit", "gradio", "pandas", "sklearn", "skimage", "cv2", "matplotlib", "ray"}
print(json.dumps([answer.json()["prediction"], sorted(heavy & set(sys.modules))]))
"""


def test_a_serving_process_loads_no_framework(tmp_path: Path) -> None:
    picture = tmp_path / "a.jpg"
    picture.write_bytes(portrait_jpeg())
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(picture)],
        capture_output=True,
        text=True,
        env=_environment(tmp_path),
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["female", []]
