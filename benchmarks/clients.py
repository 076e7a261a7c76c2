"""Users of a service over HTTP, as light as can be: they share the CPUs with what they measure."""

from __future__ import annotations

import asyncio
import io
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

STARTED_WITHIN_S = 60.0
BOUNDARY = "genderlens-benchmark"


@dataclass
class Tally:
    """What users were answered. A refusal that does not say when to come again is a failure."""

    accepted_ms: list[float] = field(default_factory=list)
    refused_ms: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        self.accepted_ms += other.accepted_ms
        self.refused_ms += other.refused_ms
        self.failures += other.failures


@dataclass(frozen=True)
class Answer:
    """Status and headers in lower case; the body is read and dropped."""

    status: int
    headers: dict[str, str]

    @property
    def retry_after_s(self) -> float | None:
        """What a clean refusal says; None of any other answer."""
        wait = self.headers.get("retry-after", "")
        return float(wait) if self.status in {429, 503} and wait.isdigit() else None


class User:
    """One connection, opened again when the service closes it."""

    def __init__(self, port: int, request: bytes) -> None:
        self._port, self._request = port, request
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self) -> Answer:
        """Send the request and read the answer. OSError or EOFError where none comes."""
        try:
            return await self._ask()
        except (OSError, EOFError):
            self.close()
            raise

    async def _ask(self) -> Answer:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(self._request)
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        await reader.readexactly(int(headers["content-length"]))
        if headers.get("connection") == "close":
            self.close()
        return Answer(int(first.split()[1]), headers)

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _use(user: User, until: float, tally: Tally) -> None:
    """Ask again as soon as answered, and after a refusal when it says so."""
    while (start := time.perf_counter()) < until:
        try:
            answer = await user.ask()
        except (OSError, EOFError) as error:
            tally.failures[type(error).__name__] += 1
            await asyncio.sleep(0.1)
            continue
        spent_ms = (time.perf_counter() - start) * 1000.0
        if answer.status == 200:
            tally.accepted_ms.append(spent_ms)
        elif answer.retry_after_s is not None:
            tally.refused_ms.append(spent_ms)
            await asyncio.sleep(min(answer.retry_after_s, until - time.perf_counter()))
        else:
            tally.failures[str(answer.status)] += 1


def load(port: int, request: bytes, users: int, seconds: float) -> Tally:
    """So many users at the same time, for so long."""

    async def main() -> Tally:
        tally, until = Tally(), time.perf_counter() + seconds
        crowd = [User(port, request) for _ in range(users)]
        await asyncio.gather(*(_use(user, until, tally) for user in crowd))
        for user in crowd:
            user.close()
        return tally

    return asyncio.run(main())


def photo(side_px: int) -> bytes:
    """One woman (Eileen Collins, NASA) as a square JPEG."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from skimage.data import astronaut

        image = Image.fromarray(astronaut())
    stream = io.BytesIO()
    image.resize((side_px, side_px), Image.Resampling.LANCZOS).save(stream, "JPEG", quality=90)
    return stream.getvalue()


def multipart_request(path: str, content: bytes, name: str = "file") -> bytes:
    """A whole HTTP request that posts one file."""
    body = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="a.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    ).encode()
    body += content + f"\r\n--{BOUNDARY}--\r\n".encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n"
    )
    return head.encode() + body


@contextmanager
def running(
    command: Sequence[str], port: int, ready: str, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A server in a process of its own, with an empty state folder, once ``ready`` answers 200."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, *command],
                env=os.environ | {"GENDERLENS_STATE_DIR": folder} | environment,
                stdout=output,
                stderr=output,
            )
        try:
            _wait(process, f"http://127.0.0.1:{port}{ready}", log)
            yield process
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def service(**environment: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Our service with its defaults, and its port."""
    port = free_port()
    command = ["-m", "genderlens", "serve", "--port", str(port)]
    with running(command, port, "/health/ready", **environment) as process:
        yield process, port


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + STARTED_WITHIN_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    state = "still runs" if process.poll() is None else f"ended with {process.returncode}"
    said = log.read_text("utf-8", "replace")[-2000:]
    sys.exit(f"{said}\n{url} did not answer within {STARTED_WITHIN_S:g} s; its process {state}")
