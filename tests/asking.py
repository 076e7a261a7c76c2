"""Asks the warm process (``warm.py``) to run a command, and is that command for who started it.

    python -I -S asking.py SOCKET WORD ...

It passes SIGINT and SIGTERM on, SIGUSR1 as SIGKILL, and ends as its fork does. It is started
hundreds of times and compiled each time, so it is short and imports little.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence

_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)


def ask(
    place: str,
    words: Sequence[str],
    *,
    streams: Sequence[int] = (0, 1, 2),
    further: Sequence[int] = (),
    environment: Mapping[str, str] | None = None,
    forward: bool = False,
) -> tuple[int, float]:
    """Run a command in this folder, by default with this environment; ``forward`` signals to it.

    ``further`` are descriptors that it has as well, by the same numbers. Gives how it ended, as
    ``subprocess`` tells it, and the seconds of processor that it took.
    """
    if forward:
        signal.pthread_sigmask(signal.SIG_BLOCK, _FORWARDED)  # until there is a fork to tell
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(place)
        asked = {
            "words": list(words),
            "folder": os.getcwd(),  # noqa: PTH109 - pathlib takes longer than all else
            "environment": dict(os.environ if environment is None else environment),
            "numbers": [0, 1, 2, *further],
        }
        line = json.dumps(asked).encode() + b"\n"
        sent = socket.send_fds(connection, [line], [*streams, *further])
        connection.sendall(line[sent:])
        answers = connection.makefile()
        number = answers.readline()
        if forward and number:
            _forward(int(number))
        code, _, cpu_s = answers.readline().partition(" ")
    return (int(code), float(cpu_s)) if code else (1, 0.0)


def _forward(number: int) -> None:
    """Pass what should end this process on to its fork."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda which, _: os.kill(number, which))
    signal.signal(signal.SIGUSR1, lambda *_: os.kill(number, signal.SIGKILL))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _FORWARDED)


def _inherited() -> list[int]:
    """What this process was given beside its three streams."""
    numbers = map(int, os.listdir("/proc/self/fd"))  # noqa: PTH208 - as above
    return [number for number in numbers if number > 2 and _is_inheritable(number)]


def _is_inheritable(number: int) -> bool:
    try:
        return os.get_inheritable(number)
    except OSError:  # of the folder that was listed
        return False


def _end(code: int) -> None:
    """End as the fork did, by the same signal where one ended it."""
    if code < 0:
        if -code != signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    sys.exit(code)


if __name__ == "__main__":
    _end(ask(sys.argv[1], sys.argv[2:], further=_inherited(), forward=True)[0])
