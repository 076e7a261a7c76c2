"""A container of the service, hardened as compose.yaml says, on the host's network."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from subprocess import CompletedProcess
from typing import Any

import httpx
import yaml

from databases import free_port
from images.engine import ROOT, docker, inspect

_TEXT = (ROOT / "deploy/compose.yaml").read_text("utf-8")
_DEFAULT = re.compile(r"\$\{\w+:-([^}]*)\}")
SERVICES: dict[str, Any] = yaml.safe_load(_DEFAULT.sub(r"\1", _TEXT))["services"]
"""As compose.yaml is read where no variable is set."""
START_S = 300.0


def hardening(service: str) -> list[str]:
    """The options of ``docker run`` that stand for a service's lines in compose.yaml."""
    rules = SERVICES[service]
    options = ["--read-only"] if rules["read_only"] else []
    options += [f"--cap-drop={name}" for name in rules["cap_drop"]]
    options += [f"--security-opt={name}" for name in rules["security_opt"]]
    named = {"mem_limit": "memory", "pids_limit": "pids-limit", "shm_size": "shm-size"}
    return options + [f"--{ours}={rules[its]}" for its, ours in named.items() if its in rules]


@dataclass
class Box:
    """A container that may run several times over the same volume."""

    image: str
    service: str = "genderlens"
    environment: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    volume: str = field(default_factory=lambda: f"genderlens-test-{uuid.uuid4().hex[:12]}")
    port: int = field(default_factory=free_port)
    id: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, *command: str, check: bool = True) -> CompletedProcess[str]:
        """A command of its own, removed when it ends."""
        return docker("run", "--rm", *self._options(), self.image, *command, check=check)

    def start(self, *command: str) -> None:
        self.id = docker("run", "--detach", *self._options(), self.image, *command).stdout.strip()

    def serve(self) -> float:
        """Start the service; the seconds until it is ready."""
        self.start()
        return self.wait_until_ready()

    def wait_until_ready(self) -> float:
        start = time.monotonic()
        while not self.is_ready():
            assert self.state["Running"], self.log
            assert time.monotonic() - start < START_S, self.log
            time.sleep(0.05)
        return time.monotonic() - start

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/ready").status_code == 200
        except httpx.TransportError:
            return False

    @property
    def state(self) -> dict[str, Any]:
        return dict(inspect("container", self.id)["State"])

    @property
    def log(self) -> str:
        done = docker("logs", self.id, check=False)
        return done.stdout + done.stderr

    def end(self, *how: str) -> dict[str, Any]:
        """``docker stop``, or whatever else is said, and what the engine tells of the end."""
        docker(*(how or ("stop", "--time=30")), self.id)
        docker("wait", self.id)
        return self.state

    def remove(self) -> None:
        """Remove the container; the volume stays."""
        if self.id:
            docker("rm", "--force", self.id)
            self.id = ""

    def read(self, path: str) -> str:
        """A file of the running container."""
        return docker("exec", self.id, "cat", path).stdout

    def try_read(self, path: str) -> str:
        """As ``read``, or nothing where there is no such file."""
        return docker("exec", self.id, "cat", path, check=False).stdout

    def _options(self) -> list[str]:
        given = {"GENDERLENS_PORT": str(self.port), **self.environment}
        words = [f"--env={name}={value}" for name, value in given.items()]
        target = "/state" if self.service == "genderlens" else "/scratch"
        mount = [] if any(target in one for one in self.options) else [f"{self.volume}:{target}"]
        volumes = [f"--volume={one}" for one in mount]
        return ["--network=host", *hardening(self.service), *volumes, *words, *self.options]


@contextmanager
def box(image: str, *options: str, service: str = "genderlens", **settings: str) -> Iterator[Box]:
    """A container that is not started yet; it and its volume are removed in the end."""
    environment = {
        name if name.isupper() else f"GENDERLENS_{name.upper()}": value
        for name, value in settings.items()
    }
    found = Box(image, service, environment, options)
    try:
        yield found
    finally:
        found.remove()
        docker("volume", "rm", "--force", found.volume)


def make_key(container: Box, *scopes: str, rate: str | None = None) -> dict[str, str]:
    """The header that a new key of the container's database is sent in."""
    words = [word for scope in scopes for word in ("--scope", scope)]
    words += ["--rate", rate] if rate else []
    key = container.run("keys", "create", "client", *words).stdout.strip()
    return {"Authorization": f"Bearer {key}"}
