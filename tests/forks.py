"""Commands for ``subprocess`` that run in forks of the warm process (``warm.py``), started once."""

from __future__ import annotations

import atexit
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

SOCKET: Final = "TESTS_WARM"
"""The environment variable that holds the socket of a server that runs already."""
SERVER: Final = Path(__file__).with_name("warm.py")
CLIENT: Final = Path(__file__).with_name("asking.py")
_RUN_FILE: Final = "import runpy, sys; runpy.run_path(sys.argv.pop(1), run_name='__main__')"
LOG: Final = "warm.log"
_ENDED: Final = re.compile(r"-?\d+ (\d+\.\d+) ['\"]")
_WAIT_S: Final = 120.0


def forked(*words: object) -> list[str]:
    """A command of ours, warnings being errors; what it does is the same, its start is not."""
    return command("-Werror", "genderlens", *map(str, words))


def command(*words: str) -> list[str]:
    """The words with which ``subprocess`` runs a command that ``warm.py`` knows."""
    return client(place(), *words)


def client(place: str, *words: str) -> list[str]:
    """The same, of the server that listens at a place."""
    return [sys.executable, "-I", "-S", str(CLIENT), place, *words]


def script(path: Path, *words: str) -> list[str]:
    """As ``python PATH WORD ...``."""
    return command("python", "-c", _RUN_FILE, str(path), *words)


def kill(process: subprocess.Popen[Any]) -> None:
    """SIGKILL to the fork behind a client, which then ends by that signal, as a parent sees it."""
    process.send_signal(signal.SIGUSR1)


def end(process: subprocess.Popen[Any]) -> None:
    """Kill the fork behind a client, where it still runs, and wait until it is gone."""
    if process.poll() is None:
        kill(process)
    process.wait()


@cache
def place() -> str:
    """The socket of one server for this process, and for the run where one is going on."""
    stack = ExitStack()
    atexit.register(stack.close)
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    return stack.enter_context(running(Path(folder)))


def read_spent(folder: Path) -> float:
    """Seconds of processor of all commands so far of the server that was started with a folder.

    Commands that a part of the run asked for are forks of the server, and no children of the part.
    """
    path = folder / LOG
    lines = path.read_text("utf-8", "replace").splitlines() if path.is_file() else []
    return sum(float(found[1]) for line in lines if (found := _ENDED.match(line)))


@contextmanager
def running(folder: Path, *, rehearsed: bool = False) -> Iterator[str]:
    """The socket of a server once it listens: the run's, or one of its own, with a ``warm.log``."""
    if place := os.environ.get(SOCKET):
        yield place
        return
    place = str(folder / "warm.socket")
    with (folder / LOG).open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, str(SERVER), place, *["rehearsed"] * rehearsed],
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        end = time.monotonic() + _WAIT_S
        while not Path(place).exists():
            if server.poll() is not None or time.monotonic() > end:
                raise RuntimeError((folder / LOG).read_text("utf-8"))
            time.sleep(0.05)
        yield place
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()
