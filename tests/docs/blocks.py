"""The code blocks of README and the documentation, and how a reader would run them.

A block is run unless an HTML comment right above it, ``<!-- not run: REASON -->``, says why not: a
machine is missing, such as a cloud, a GPU or a registry of packages. ``<!-- run small: REASON -->``
runs its twin: the same commands, on tiny networks and a small labelled set (see ``twins.py``).
The blocks of a page run in order in one folder, with a photo, a folder of labelled pictures and a
bundle in it. A block of a language that nothing here runs is a failure.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
import yaml

from docs.twins import EXAMPLE_SERVICE, small_twin, warm_commands
from forks import client

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
ADDRESS = "http://127.0.0.1:8000"
_FENCE = re.compile(r"^```(\S*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_MARKER = re.compile(r"<!-- (not run|run small): *(.*?) *-->\n$")
_SERVES = re.compile(r"serve.*&$", re.MULTILINE)
"""A service that goes on beside the blocks that follow."""
_COMMAND = re.compile(r"\bgenderlens ")
_BLOCK_TIMEOUT_S = 600.0


@dataclass(frozen=True)
class Block:
    """One fenced block; ``reason`` says why it is not run, None where it is; or only small."""

    line: int
    language: str
    text: str
    reason: str | None
    small: str | None = None


def _asks_service(block: Block) -> bool:
    """Whether a service has to be up; the page's own test serves what React asks."""
    places = (ADDRESS,) if block.small is None else (ADDRESS, EXAMPLE_SERVICE)
    return block.language != "tsx" and any(place in block.text for place in places)


def read_blocks(text: str) -> Iterator[Block]:
    """The blocks of a page in order."""
    for match in _FENCE.finditer(text):
        before = text[: match.start()]
        marker = _MARKER.search(before)
        told = {marker[1]: marker[2]} if marker else {}
        small = told.get("run small")
        yield Block(before.count("\n") + 1, match[1], match[2], told.get("not run"), small)


@dataclass
class Reader:
    """Somebody who follows a page in ``folder``, with the package installed."""

    folder: Path
    warm: Callable[[], str]
    """The socket of ``warm.py``, which runs Python and commands."""
    port: int = 0
    groups: list[int] = field(default_factory=list)
    served: bool = False

    def __post_init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def follow(self, blocks: list[Block]) -> list[str]:
        """What each block that is run printed; a service is started where the page assumes one."""
        wanted = [block for block in blocks if block.reason is None]
        if not any(_SERVES.search(block.text) for block in wanted) and any(
            _asks_service(block) for block in wanted
        ):
            self.run(Block(0, "sh", "genderlens serve &\n", None))
        return [self.run(block) for block in wanted]

    def run(self, block: Block) -> str:
        """What the block printed; an AssertionError where it fails or nothing runs it."""
        text = block.text.replace(ADDRESS, self.address)
        match block.language:
            case "sh" | "bash":
                return self._run_shell(block, text)
            case "python":
                return self._start(block, client(self.warm(), "python", "-c", text))
            case "js":
                (self.folder / "block.mjs").write_text(text, "utf-8")
                return self._start(block, ["node", "block.mjs"])
            case "json":
                return str(json.loads(text))
            case "yaml":
                return str(yaml.safe_load(text))
            case "tsx":
                return "run by test_react.py"
        raise AssertionError(
            f"line {block.line}: nothing runs {block.language!r}; mark the block as not run, "
            "with the reason"
        )

    def _run_shell(self, block: Block, text: str) -> str:
        if block.small is not None:
            text = small_twin(text, self.folder, self.warm(), self.address)
        elif _COMMAND.search(text):
            text = warm_commands(text, self.folder, self.warm())
        output = self._start(block, ["bash", "-e", "-o", "pipefail", "-c", text])
        if _SERVES.search(text):
            self._wait_until_healthy()
        return output

    def _start(self, block: Block, command: list[str]) -> str:
        out, err = self.folder / "block.out", self.folder / "block.err"
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self._environment(),
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
            self.groups.append(process.pid)
            code = process.wait(timeout=_BLOCK_TIMEOUT_S)
        told = f"{out.read_text('utf-8')}\n{err.read_text('utf-8')}"[-3000:]
        assert code == 0, f"line {block.line} ended with {code}:\n{block.text}\n{told}"
        return out.read_text("utf-8")

    def _environment(self) -> dict[str, str]:
        """HOME is the folder, where curl finds that a refused request is a failure."""
        (self.folder / ".curlrc").write_text("fail-with-body\nshow-error\nmax-time = 60\n")
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        names = {"STATE_DIR": "state", "CACHE_DIR": "cache"}
        folders = {f"GENDERLENS_{n}": str(self.folder / f) for n, f in names.items()}
        ours = {"PATH": path, "HOME": str(self.folder), "GENDERLENS_PORT": str(self.port)}
        return {**os.environ, **ours, **folders, "OMP_NUM_THREADS": "1"}

    def _wait_until_healthy(self) -> None:
        for _ in range(600):
            try:
                with urlopen(f"{self.address}/health", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        pytest.fail(f"{self.address}/health did not become healthy; see {self.folder}/block.err")

    def stop(self) -> None:
        """End everything that the blocks left running."""
        for group in self.groups:
            try:
                os.killpg(group, signal.SIGKILL)
            except ProcessLookupError:
                continue
