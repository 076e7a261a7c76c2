"""README's blocks are run as they stand."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL, Popen, run
from urllib.error import URLError
from urllib.request import urlopen

import pytest

import photos

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
ADDRESS = "http://127.0.0.1:8000"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reader")
    (folder / "photo.jpg").write_bytes(photos.encode(photos.portrait()))
    return folder


@pytest.fixture(scope="module")
def server(place: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "genderlens", "serve", "--port", str(port)]
    with Popen(command, cwd=place, stdout=DEVNULL, stderr=DEVNULL) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(f"{address}/health")
            yield address
        finally:
            process.kill()


def _wait(url: str) -> None:
    for _ in range(100):
        try:
            with urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    pytest.fail(f"{url} did not become healthy")


def test_the_two_commands_come_first() -> None:
    assert blocks("sh")[0] == "make serve\nmake test\n"
    assert re.search(r"\*\*\d\d\.\d% right\*\*", README.split("```sh")[0])


def test_shell_block(place: Path) -> None:
    shell = blocks("bash")[0]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = run(
        ["bash", "-e", "-c", shell],
        capture_output=True,
        text=True,
        cwd=place,
        env={**os.environ, "PATH": path},
    )
    assert done.returncode == 0, done.stderr
    assert '"prediction": "female"' in done.stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_http_block(place: Path, server: str) -> None:
    lines = blocks("bash")[1].replace(ADDRESS, server).splitlines()
    answers = [
        json.loads(run(["bash", "-c", line], capture_output=True, text=True, cwd=place).stdout)
        for line in lines
    ]
    assert answers[0]["prediction"] == "female"
    assert answers[1]["count"] == 2
    assert answers[2]["status"] == "healthy"


def test_python_block(place: Path) -> None:
    done = run(
        [sys.executable, "-c", blocks("python")[0]], capture_output=True, text=True, cwd=place
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("classified female 0.")


def test_training_block_uses_commands_that_exist() -> None:
    block = next(b for b in blocks("sh") if "genderlens train" in b)
    for command in re.findall(r"genderlens (\w+)", block):
        done = run(
            [sys.executable, "-m", "genderlens", command, "--help"], capture_output=True, text=True
        )
        assert done.returncode == 0
        for option in re.findall(rf"genderlens {command} .*?$", block, re.MULTILINE):
            for name in re.findall(r"--\w+", option):
                assert name in done.stdout
