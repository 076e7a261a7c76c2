"""A process that has imported everything and runs commands in forks of itself, at once.

    python warm.py SOCKET [rehearsed]

Most of the time of a command on tiny data goes into importing PyTorch, Lightning and Matplotlib.
The server imports them once, and logs how each command ended and its seconds of processor. One that
is rehearsed starts later, and its forks export sooner. Every client (``asking.py``) sends the words
of a command, its folder, its environment and its descriptors; a fork becomes that command:
``genderlens WORD ...``, ``python -c CODE`` or ``pytest WORD ...``, behind ``-Werror`` with warnings
as errors. Workers, guests and jobs that a fork starts are forks, too. Where a client is
killed, its fork and what that started are killed as well. What a test measures of a process as a
whole (its start, its memory, what it imports) needs a process of its own.
"""

from __future__ import annotations

import atexit
import fcntl
import gc
import importlib
import json
import multiprocessing
import os
import resource
import runpy
import select
import signal
import socket
import sys
import tempfile
import threading
import time
import traceback
import warnings
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Final

_HEAVY: Final = (
    "alembic.command",
    "gcsfs",
    "genderlens.cli.app",
    "genderlens.cli.evaluation.judged_model",
    "genderlens.data_quality.check",
    "genderlens.evaluation.report.report_folder",
    "genderlens.export.bundle",
    "genderlens.history.keys",
    "genderlens.labelling.engines.local",
    "genderlens.service.app",
    "genderlens.training.run_report",
    "genderlens.training.sweep.run",
    "genderlens.training.train",
    "httpcore",
    "imageio.v3",
    "matplotlib.pyplot",
    "moto.server",
    "onnxscript",
    "pandas",
    "pytest",
    "s3fs",
    "skimage.data",
    "skimage.io",
    "sklearn.datasets",
    "torch.onnx",
    "torch.utils.tensorboard",
)

_CLIENT: Final = Path(__file__).resolve().with_name("asking.py")
_INTERPRETER: Final = """#!/bin/sh
case "$*" in
*spawn_main*) while [ "$1" != -c ]; do shift; done ;;
*"-m genderlens."*) while [ "$1" != -m ]; do shift; done ;;
*) exec {python} "$@" ;;
esac
exec {python} -I -S {client} {place} python "$@"
"""
"""What forks start workers, guests and jobs with: a client, and Python for what else there is."""
_APART: Final = 500
"""Received descriptors wait above this number until those below are free."""
_MOST: Final = 100
"""Descriptors of a client."""


def serve(place: str, *, rehearsed: bool = False) -> None:
    """Import, listen, and fork for each client until killed."""
    for name in [name for name in os.environ if name.startswith("GENDERLENS_")]:
        del os.environ[name]  # every fork has its client's
    for name in _HEAVY:
        importlib.import_module(name)
    importlib.import_module("genderlens.graphs.runtime").import_onnxruntime()
    if rehearsed:
        _export_once()
    _build_commands_once()
    _build_service_once()
    for plugin in metadata.entry_points(group="pytest11"):
        plugin.load()  # pytest would compile each of them anew, with its own assertions
    gc.freeze()
    os.write(1, f"0 {time.process_time():.2f} 'start'\n".encode())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    _write_interpreter(place)
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


def _write_interpreter(place: str) -> None:
    """Have forks start processes of ours as forks: most of what those cost is imports."""
    path = Path(place).with_name("python")
    words = {"python": sys.executable, "client": _CLIENT, "place": place}
    path.write_text(_INTERPRETER.format(**words), "utf-8")
    path.chmod(0o700)
    multiprocessing.set_executable(str(path))


def _export_once() -> None:
    """PyTorch imports most of its exporter when it first exports something."""
    import torch

    from genderlens.export.from_torch import export_onnx

    layer = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 1))
    with tempfile.TemporaryDirectory() as folder:
        export_onnx(layer, (2, 2), Path(folder) / "layer.onnx")


def _build_commands_once() -> None:
    """Typer would build the tree of commands again for every command, in tests of pytest too."""
    import typer.main

    from genderlens.cli.app import app

    typer.main.get_command = cache(typer.main.get_command)
    typer.main.get_command(app)


def _build_service_once() -> None:
    """The first application imports its routes and builds the schemas of what they answer."""
    from genderlens.service.app import create_app
    from genderlens.settings import load_settings

    with tempfile.TemporaryDirectory() as folder:
        create_app(load_settings(state_dir=folder))


def _attend(connection: socket.socket) -> None:
    """Run the client's command in a fork of this fork, tell how it ended, and end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    head, streams, _, _ = socket.recv_fds(connection, 65536, _MOST)
    asked = json.loads(
        head + (b"" if head.endswith(b"\n") else connection.makefile("rb").readline())
    )
    child = os.fork()
    if child == 0:
        connection.close()
        os.setsid()
        _take(dict(zip(asked["numbers"], streams, strict=True)))
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        _become(asked["words"])
    for stream in streams:
        os.close(stream)
    with suppress(OSError):  # the client is gone already
        connection.sendall(f"{child}\n".encode())
    ended, _, _ = select.select([os.pidfd_open(child), connection], [], [])
    if connection in ended:
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
    _, status, used = os.wait4(child, 0)
    with suppress(OSError):
        told = f"{os.waitstatus_to_exitcode(status)} {used.ru_utime + used.ru_stime:.2f}"
        os.write(1, f"{told} {' '.join(asked['words'])[:200]!r}\n".encode())
        connection.sendall(f"{told}\n".encode())
    os._exit(0)


def _take(streams: Mapping[int, int]) -> None:
    """Make these the streams of this process; the server's own buffers know other files."""
    apart = {}
    for number, stream in streams.items():
        apart[number] = fcntl.fcntl(stream, fcntl.F_DUPFD, _APART)
        os.close(stream)
    for number, stream in apart.items():
        os.dup2(stream, number)
        os.close(stream)
    text = {"encoding": "utf-8", "closefd": False}
    sys.stdin = sys.__stdin__ = os.fdopen(0, **text)
    sys.stdout = sys.__stdout__ = os.fdopen(1, "w", **text)
    sys.stderr = sys.__stderr__ = os.fdopen(2, "w", buffering=1, errors="backslashreplace", **text)


def _become(words: list[str]) -> None:
    """Run the command in an empty ``__main__``, and end with its code."""
    sys.argv = list(words)
    sys.modules["__main__"] = main = ModuleType("__main__")
    code = 0
    try:
        _run(words, main)
    except SystemExit as end:
        code = _code_of(end)
    except BaseException:
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)  # taking apart what the server imported would cost more than most commands


def _run(words: list[str], main: ModuleType) -> None:
    if words[0] == "-Werror":
        warnings.simplefilter("error")
        sys.argv = words = words[1:]
    if words[:2] == ["python", "-m"]:
        _grant_what_is_there()
        sys.argv = words[2:]
        sys.modules.pop(words[2], None)
        runpy.run_module(words[2], run_name="__main__", alter_sys=True)
    elif words[0] == "python":
        sys.argv = ["-c", *words[3:]]
        sys.path[0] = ""
        exec(compile(words[2], "<block>", "exec"), vars(main))
    elif words[0] == "pytest":
        import pytest

        sys.path[0] = str(Path.cwd())
        sys.exit(pytest.main(words[1:]))
    else:
        from genderlens.cli.app import main as genderlens

        genderlens()


def _grant_what_is_there() -> None:
    """Have limits on memory count from what the server takes of the address space already."""
    set_limit, pages = resource.setrlimit, int(Path("/proc/self/statm").read_text().split()[0])
    before = pages * resource.getpagesize()

    def set_above(kind: int, limits: tuple[int, int]) -> None:
        further = before if kind == resource.RLIMIT_AS else 0
        set_limit(kind, (limits[0] + further, limits[1] + further))

    resource.setrlimit = set_above


def _code_of(end: SystemExit) -> int:
    """As the interpreter reads it: a text is told, and is a failure."""
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    sys.stderr.write(f"{end.code}\n")
    return 1


if __name__ == "__main__":
    serve(sys.argv[1], rehearsed="rehearsed" in sys.argv[2:])
