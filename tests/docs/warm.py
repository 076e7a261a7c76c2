"""A process that has imported everything and runs commands in forks of itself, at once.

    python warm.py SOCKET

Most of the time of a command on tiny data goes into importing PyTorch, Lightning and Matplotlib.
This imports them once. Every client sends the words of a command, its folder, its environment and
its three streams; the fork becomes that command: ``genderlens WORD ...`` or ``python -c CODE``. One
thread runs here, so that a fork is safe.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_WAIT_S: Final = 120.0
_HEAVY: Final = (
    "genderlens.cli.app",
    "genderlens.cli.evaluation.judged_model",
    "genderlens.data_quality.check",
    "genderlens.evaluation.report.report_folder",
    "genderlens.export.bundle",
    "genderlens.history.keys",
    "genderlens.labelling.engines.local",
    "genderlens.training.run_report",
    "genderlens.training.sweep.run",
    "genderlens.training.train",
    "matplotlib.pyplot",
    "onnxscript",
    "pandas",
    "torch.onnx",
    "torch.utils.tensorboard",
)


def ask(place: str, words: list[str]) -> int:
    """The exit code of a command that runs in this folder, environment and streams."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(place)
        asked = {"words": words, "folder": str(Path.cwd()), "environment": dict(os.environ)}
        line = json.dumps(asked).encode() + b"\n"
        sent = socket.send_fds(connection, [line], [0, 1, 2])
        connection.sendall(line[sent:])
        answer = connection.makefile().readline()
    return int(answer) if answer else 1


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """A server; the path of its socket, once it listens. Its log is ``warm.log``."""
    place = folder / "warm.socket"
    with (folder / "warm.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, __file__, str(place)],
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        end = time.monotonic() + _WAIT_S
        while not place.exists():
            if server.poll() is not None or time.monotonic() > end:
                raise RuntimeError((folder / "warm.log").read_text("utf-8"))
            time.sleep(0.05)
        yield str(place)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def serve(place: str) -> None:
    """Import, listen, and fork for each client until killed."""
    for name in _HEAVY:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        unready = f"{place}.bound"
        listener.bind(unready)
        listener.listen()
        Path(unready).rename(place)
        while True:
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _attend(connection)
            connection.close()


def _attend(connection: socket.socket) -> None:
    """Run the client's command in a fork of this fork, tell its exit code, and end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    head, streams, _, _ = socket.recv_fds(connection, 65536, 3)
    asked = json.loads(
        head + (b"" if head.endswith(b"\n") else connection.makefile("rb").readline())
    )
    child = os.fork()
    if child == 0:
        connection.close()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        _become(asked["words"])
    _, status = os.waitpid(child, 0)
    connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _become(words: list[str]) -> None:
    """Run the command; the fork ends as an interpreter would."""
    sys.argv = list(words)
    if words[0] == "python":
        exec(compile(words[2], "<block>", "exec"), {"__name__": "__main__"})
        sys.exit(0)
    from genderlens.cli.app import main

    main()


if __name__ == "__main__":
    serve(sys.argv[1])
