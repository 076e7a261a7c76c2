"""The service as another program starts it, from settings in the environment alone."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from databases import free_port
from forks import command, end, script
from genderlens.service.app import create_app
from service.serving import assert_problem, portrait_jpeg, wait_until

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "proxy.md"


def _documented() -> list[str]:
    """The arguments of uvicorn in the guide."""
    (block,) = (part for part in PAGE.read_text("utf-8").split("```") if "--factory" in part)
    return shlex.split(block.split("uvicorn", 1)[1].replace("\\\n", " "))


@contextmanager
def _uvicorn(
    folder: Path,
    arguments: list[str],
    host: str = "127.0.0.1",
    *,
    start: Sequence[str] = (),
    **settings: str,
) -> Iterator[str]:
    port = free_port()
    arguments = [*arguments, "--port", str(port), "--host", host]
    names = {f"GENDERLENS_{name.upper()}": value for name, value in settings.items()}
    environment = {**os.environ, "GENDERLENS_STATE_DIR": str(folder), **names}
    words = [*(start or command("python", "-c", "import uvicorn; uvicorn.main()")), *arguments]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(words, env=environment, stderr=log, stdout=log)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: process.poll() is not None or _is_ready(address), 60.0)
        assert process.poll() is None, (folder / "log").read_text()
        yield address
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    finally:
        end(process)


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health/ready").status_code == 200
    except httpx.TransportError:
        return False


def test_as_the_guide_says(tmp_path: Path) -> None:
    arguments = _documented()
    assert arguments[:2] == ["--factory", f"{create_app.__module__}:{create_app.__name__}"]
    files = {"file": ("a.jpg", portrait_jpeg())}
    alone = (sys.executable, "-m", "uvicorn")
    with _uvicorn(tmp_path, arguments, start=alone, auth="open") as address:
        answer = httpx.post(f"{address}/predict", files=files, timeout=60)
        assert answer.json()["prediction"] == "female"
        assert "server" not in answer.headers
        smuggled = httpx.get(f"{address}/health%0A")
        assert_problem(smuggled, 400, "malformed_request")


def test_another_server_ends_in_time_as_well_and_the_log_says_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a model that hangs amid an answer, for which uvicorn would wait for ever."""
    when = tmp_path / "stuck"
    monkeypatch.setenv("STUCK_WHEN", str(when))
    stuck = Path(__file__).parents[1] / "hostile" / "stuck.py"
    start = script(stuck, "model", "uvicorn")
    with (
        ThreadPoolExecutor(1) as pool,
        _uvicorn(tmp_path, _documented(), start=start, auth="open") as address,
    ):
        assert "another server than that of 'genderlens serve'" in (tmp_path / "log").read_text()
        when.touch()
        pool.submit(_ask_in_vain, address)
        wait_until(lambda: _in_flight(address) > 0)
    assert "did not end within" in (tmp_path / "log").read_text()


def _ask_in_vain(address: str) -> None:
    with suppress(httpx.TransportError):
        httpx.post(f"{address}/predict", files={"file": ("a.jpg", portrait_jpeg())}, timeout=90)


def _in_flight(address: str) -> float:
    lines = httpx.get(f"{address}/metrics").text.splitlines()
    (line,) = (line for line in lines if line.startswith("genderlens_pictures_in_flight "))
    return float(line.split()[1])


def test_uvicorns_own_root_path(tmp_path: Path) -> None:
    arguments = [*_documented(), "--root-path", "/gl"]
    with _uvicorn(tmp_path, arguments) as address:
        browser = {"Accept": "text/html"}
        assert httpx.get(address, headers=browser).headers["location"] == "/gl/app/"
        assert "/gl/openapi.json" in httpx.get(f"{address}/docs").text
        assert httpx.get(f"{address}/models").status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0"])
def test_an_address_that_the_settings_do_not_know_of_is_not_open(tmp_path: Path, host: str) -> None:
    """Bound to all addresses, and asked on one that others reach as well."""
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        own = probe.getsockname()[0]
    with _uvicorn(tmp_path, _documented(), host) as address:
        assert httpx.get(f"{address}/models").status_code == 200
        elsewhere = address.replace("127.0.0.1", own)
        forged = {"Host": "localhost"}
        for path in ("/models", "/", "/app/"):
            assert_problem(httpx.get(f"{elsewhere}{path}", headers=forged), 403, "forwarded")
        assert httpx.get(f"{elsewhere}/health", headers=forged).status_code == 200
