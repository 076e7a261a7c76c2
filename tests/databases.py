"""PostgreSQL and Redis of Debian's packages, started by the tests on a free port of the loopback.

Where the programs are not installed, tests that need them are skipped and say so.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

START_S = 30.0
USER = "postgres"
"""PostgreSQL refuses to run as root; the package makes this user."""


class Server:
    """A program that can be stopped, as a failing machine would stop it, and started again."""

    def __init__(self, command: list[str], port: int, *, question: list[str] | None = None) -> None:
        """``question`` is a command that succeeds once clients are let in."""
        self.port = port
        self._command, self._question = command, question
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _wait_until(lambda: _listens(self.port) and self._lets_in())

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # PostgreSQL: do not wait for clients
            self._process.wait(START_S)
            self._process = None

    def freeze(self) -> None:
        """Have it and its children answer nothing more, with their connections left open."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Have them go on."""
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, signal_: signal.Signals) -> None:
        assert self._process is not None
        own = self._process.pid
        for pid in (own, *_children_of(own)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal_)

    def _lets_in(self) -> bool:
        return self._question is None or not subprocess.run(self._question, check=False).returncode


def find_postgres() -> Path:
    """The folder of PostgreSQL's programs, or a skip."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("no PostgreSQL: apt-get install postgresql")
    return found[-1].parent


@contextmanager
def serve_postgres() -> Iterator[Server]:
    """An empty cluster whose user ``genderlens`` needs no password."""
    programs, port = find_postgres(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="genderlens-postgres-"))
    data, drop = folder / "data", _drop_root(folder)
    initdb = ["-D", str(data), "-U", "genderlens", "-A", "trust", "--no-sync"]
    subprocess.run([*drop, str(programs / "initdb"), *initdb], check=True, capture_output=True)
    options = ["-h", "127.0.0.1", "-p", str(port), "-k", str(folder), "-c", "fsync=off"]
    # It listens for some moments before it is ready, and turns away who comes then.
    question = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    command = [*drop, str(programs / "postgres"), "-D", str(data), *options]
    server = Server(command, port, question=question)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def create_postgres_database(port: int) -> str:
    """A new database in a cluster; its URL."""
    import psycopg

    name = f"test_{uuid.uuid4().hex}"
    address = f"postgresql://genderlens@127.0.0.1:{port}"
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{address}/{name}"


@contextmanager
def serve_redis() -> Iterator[Server]:
    """A Redis that keeps nothing on disk."""
    program, port = shutil.which("redis-server"), free_port()
    if program is None:
        pytest.skip("no Redis: apt-get install redis-server")
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = Server([program, *options], port)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _drop_root(folder: Path) -> list[str]:
    """What to run PostgreSQL under, and give the folder to."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, USER)
    # setpriv, unlike runuser, leaves the program as our own child, so that a signal reaches it.
    return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]


def _children_of(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_S
    while not condition():
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.05)
