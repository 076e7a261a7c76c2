"""A service of its own process, as an operator starts it, and what it takes of the machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from databases import free_port
from forks import command, end

_START_S = 90.0
ALONE: Final = (sys.executable, "-m", "genderlens", "serve")


@dataclass
class Service:
    """A running ``genderlens serve``; ``process`` is itself, or the client of a fork."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def memory_bytes(self, field: str = "VmRSS") -> int:
        """Resident memory now, or with ``VmHWM`` the most since ``forget_peak``."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (line,) = [line for line in status.splitlines() if line.startswith(f"{field}:")]
        return int(line.split()[1]) * 1024

    def forget_peak(self) -> None:
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def status_of(self, path: str, timeout_s: float = 10.0) -> int:
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=timeout_s) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def terminate(self, limit_s: float = 40.0) -> tuple[int, float]:
        """The exit code after SIGTERM, and the seconds until then."""
        start = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(limit_s), time.monotonic() - start


@contextmanager
def serve(
    *,
    start: Sequence[str] = (),
    shared_port: int | None = None,
    **settings: object,
) -> Iterator[Service]:
    """A service with a state folder of its own, once it is ready; killed in the end.

    By default it is forked from the warm process. What is measured of a process as a whole, such
    as its memory, needs to ``start`` as ``ALONE``.
    """
    with tempfile.TemporaryDirectory() as folder:
        port, log = shared_port or free_port(), Path(folder) / "log.txt"
        given = {"STATE_DIR": folder, **{name.upper(): value for name, value in settings.items()}}
        environment = {name: v for name, v in os.environ.items() if "GENDERLENS_" not in name}
        environment |= {f"GENDERLENS_{name}": str(value) for name, value in given.items()}
        words = [*(start or command("genderlens", "serve")), "--port", str(port)]
        with log.open("wb") as stream:
            process = subprocess.Popen(
                words, env=environment, cwd=folder, stdout=stream, stderr=stream
            )
        service = Service(process, port, log)
        try:
            _wait_until_ready(service)
            yield service
        finally:
            end(process)


def _wait_until_ready(service: Service) -> None:
    deadline = time.monotonic() + _START_S
    while service.process.poll() is None and time.monotonic() < deadline:
        try:
            if service.status_of("/health/ready") == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"the service did not start:\n{service.log.read_text()[-3000:]}")
