"""What the images install: everything that they need, each file by its hash."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LISTS = {path.stem: path for path in (ROOT / "requirements").glob("*.txt")}
IMAGE = {
    "python_version": "3.11",
    "python_full_version": "3.11.0",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
    "os_name": "posix",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
}
"""What markers are judged by, wherever the test runs: the oldest Python 3.11, which needs most."""


def listed(name: str) -> dict[str, tuple[str, list[str]]]:
    """Name → version and hashes."""
    text = LISTS[name].read_text("utf-8")
    blocks = re.findall(r"^(\S+)==(\S+)((?: \\\n    --hash=\S+)+)$", text, re.MULTILINE)
    assert len(blocks) == len(re.findall(r"^[^\s#]", text, re.MULTILINE)), "a line is no pin"
    return {canonicalize_name(one): (v, re.findall(r"--hash=(\S+)", h)) for one, v, h in blocks}


def extras_of(name: str) -> list[str]:
    """As the Makefile says."""
    (line,) = re.findall(rf".*-o requirements/{name}\.txt", (ROOT / "Makefile").read_text("utf-8"))
    return re.findall(r"--extra (\w+)", line)


def needed(name: str) -> set[str]:
    """All that the package and the extras of a list bring, as far as it is installed here."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    optional = project["project"]["optional-dependencies"]
    texts = list(project["project"]["dependencies"])
    texts += [text for extra in extras_of(name) for text in optional[extra]]
    waiting, found = [Requirement(text) for text in texts], set[tuple[str, frozenset[str]]]()
    while waiting:
        one = waiting.pop()
        key = (canonicalize_name(one.name), frozenset(one.extras))
        if key in found:
            continue
        found.add(key)
        waiting += [child for child in _children(one) if _is_wanted(child, one.extras)]
    return {name for name, _ in found}


def _children(parent: Requirement) -> list[Requirement]:
    try:
        return [Requirement(text) for text in requires(parent.name) or []]
    except PackageNotFoundError:
        return []


def _is_wanted(child: Requirement, extras: set[str]) -> bool:
    asked = [{**IMAGE, "extra": extra} for extra in (extras or {""})]
    return child.marker is None or any(child.marker.evaluate(one) for one in asked)


@pytest.mark.parametrize("name", sorted(LISTS))
def test_each_is_the_version_of_the_constraints_with_its_hashes(name: str) -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if "==" in line)
    versions = {canonicalize_name(one): version for one, version in pins.items()}
    for one, (version, hashes) in listed(name).items():
        assert versions.get(one) == version, f"{one}: run 'make requirements'"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in hashes), one


@pytest.mark.parametrize("name", sorted(set(LISTS) - {"build"}))
def test_nothing_that_is_needed_is_missing(name: str) -> None:
    missing = needed(name) - set(listed(name))
    assert not missing, f"{missing}: run 'make requirements'"


def test_nothing_names_a_host_or_a_path_of_a_machine() -> None:
    for path in LISTS.values():
        assert not re.search(r"://|@|/", path.read_text("utf-8")), path.name
