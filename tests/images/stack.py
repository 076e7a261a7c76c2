"""compose.yaml brought up in a copy of the repository, on images of Debian packages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from images.engine import BUILD_S, CALL_S, ROOT, docker

PARTS = ("deploy", "src", "web", "requirements", "pyproject.toml", "README.md", "LICENSE")
MADE = shutil.ignore_patterns("node_modules", "dist", "__pycache__", ".terraform*", ".env", "*.key")
PORTS = """services:
  genderlens: {ports: !override ["127.0.0.1::8000"]}
  prometheus: {ports: !override ["127.0.0.1::9090"]}
  objects: {ports: !override ["127.0.0.1::8333"]}
  proxy: {ports: !override ["127.0.0.1::8443"]}
"""
"""Ports that the system chooses."""


@dataclass
class Stack:
    """What an operator has: a checkout and ``docker compose``."""

    folder: Path
    project: str = field(default_factory=lambda: f"genderlens-test-{uuid.uuid4().hex[:8]}")

    def __post_init__(self) -> None:
        for name in (*PARTS, "constraints.txt"):
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, self.folder / name, ignore=MADE)
            else:
                shutil.copy(source, self.folder)
        (self.folder / "deploy/ports.yaml").write_text(PORTS)

    @property
    def environment(self) -> dict[str, str]:
        names = ("compose.yaml", "images/compose.debian.yaml", "ports.yaml")
        files = ":".join(str(self.folder / "deploy" / name) for name in names)
        named = {"COMPOSE_FILE": files, "COMPOSE_PROJECT_NAME": self.project}
        # Two stacks on one machine do not have the same addresses.
        edge = f"172.31.{int(self.project[-2:], 16)}"
        return os.environ | named | {"COMPOSE_PROFILES": "tls", "EDGE_NETWORK": edge}

    def up(self) -> str:
        """The first key, as the command on docs/how-to/deploy.md prints it."""
        return self._call([*self._command("up"), "laptop"], BUILD_S)

    def down(self) -> None:
        self._call(self._command("down"), CALL_S)

    def _command(self, word: str) -> list[str]:
        """The line of the page that ends with this word, in the copy of the repository."""
        page = (ROOT / "docs/how-to/deploy.md").read_text("utf-8")
        (line,) = re.findall(rf"^(deploy/images/\S+ {word})$", page, re.M)
        program, *words = line.split()
        return [str(self.folder / program), *words]

    def compose(self, *words: str, timeout_s: float = CALL_S) -> str:
        """What a command of ``docker compose`` printed."""
        return self._call(["docker", "compose", *words], timeout_s)

    def url(self, service: str, port: int) -> str:
        return f"http://{self.compose('port', service, str(port))}"

    def left_overs(self) -> list[str]:
        """Containers, volumes and networks of this stack."""
        label = f"--filter=label=com.docker.compose.project={self.project}"
        kinds = (("ps", "--all"), ("volume", "ls"), ("network", "ls"))
        return " ".join(docker(*kind, "--quiet", label).stdout for kind in kinds).split()

    def _call(self, command: list[str], timeout_s: float) -> str:
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=timeout_s
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout.strip()
