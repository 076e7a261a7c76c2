"""The Docker engine that the tests of the images drive through its command line."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
BUILD_S = 3000.0
CALL_S = 300.0
ENOUGH_S = 5400
"""For one test, where it is the first to ask for an image that has to be built from nothing."""


def find_engine() -> None:
    """Skips where no image can be built, with the reason."""
    if shutil.which("docker") is None:
        pytest.skip("no docker on the path: apt-get install docker.io docker-buildx docker-compose")
    if docker("version", check=False).returncode != 0:
        pytest.skip("no Docker engine answers: start dockerd")
    if docker("buildx", "version", check=False).returncode != 0:
        pytest.skip("no BuildKit: apt-get install docker-buildx")


def docker(
    *arguments: str, check: bool = True, timeout_s: float = CALL_S
) -> subprocess.CompletedProcess[str]:
    """One command; with ``check``, a failure tells what the command wrote."""
    done = subprocess.run(
        ["docker", *arguments], capture_output=True, text=True, timeout=timeout_s, check=False
    )
    assert done.returncode == 0 or not check, f"docker {arguments}: {done.stdout}{done.stderr}"
    return done


def make_bases(*names: str) -> dict[str, str]:
    """The build arguments that name base images of Debian packages, which are made if need be."""
    script = ROOT / "deploy/images/bases.sh"
    if os.geteuid() != 0 or shutil.which("mmdebstrap") is None:
        pytest.skip("no base images: needs root and mmdebstrap (apt-get install mmdebstrap)")
    subprocess.run([script, *names], check=True, timeout=BUILD_S)
    listed = subprocess.run([script, "--list"], capture_output=True, text=True, check=True)
    return dict(line.split("=", 1) for line in listed.stdout.splitlines())


def build(file: str, tag: str, arguments: dict[str, str], root: Path = ROOT) -> str:
    """An image of ``deploy/docker/FILE``; what has not changed is taken from the engine's cache."""
    path = root / "deploy/docker" / file
    known = re.findall(r"^ARG (\w+)", path.read_text("utf-8"), re.MULTILINE)
    given = [f"--build-arg={name}={arguments[name]}" for name in known]
    where = ["--network=host", "--file", str(path), "--tag", tag, str(root)]
    docker("buildx", "build", "--progress=plain", *given, *where, timeout_s=BUILD_S)
    return tag


def is_built(tag: str) -> bool:
    return docker("image", "inspect", tag, check=False).returncode == 0


def inspect(kind: str, name: str) -> dict[str, Any]:
    """What the engine knows of an ``image`` or a ``container``."""
    (found,) = json.loads(docker(kind, "inspect", name).stdout)
    return dict(found)
