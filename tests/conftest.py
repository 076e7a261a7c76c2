"""Fixtures that more than one folder of tests uses."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from httpx._transports import default
from PIL import Image

from databases import Server, create_postgres_database, serve_postgres

ClassFolders = Callable[[int], Path]


@pytest.fixture(scope="session", autouse=True)
def shared_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What outlives one test, such as an application that many ask, has its database here."""
    folder = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENDERLENS_STATE_DIR", str(folder))
        yield folder


OPT_IN = {
    "slow": "trains in earnest: run with --slow",
    "images": "builds images and runs them: run with --images, as 'make image-test' does",
}
"""Marks of tests that run only when asked for, each with the reason it is skipped for otherwise."""


def pytest_addoption(parser: pytest.Parser) -> None:
    for mark in OPT_IN:
        parser.addoption(f"--{mark}", action="store_true", help=f"run the tests marked {mark} too")
    as_built = "use the images that the last run built, where there are any"
    parser.addoption("--images-as-built", action="store_true", help=as_built)
    parser.addoption("--collected", help="write into this file how many tests there are to run")


def pytest_collection_finish(session: pytest.Session) -> None:
    if place := session.config.getoption("--collected"):
        Path(place).write_text(str(len(session.items)), "utf-8")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for mark, reason in OPT_IN.items():
        if config.getoption(f"--{mark}"):
            continue
        for item in items:
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, shared_state: Path) -> None:
    """Settings of the developer's shell must not decide what a test sees."""
    for name in list(os.environ):
        if name.startswith("GENDERLENS_") and name != "GENDERLENS_DATA_DIR":
            monkeypatch.delenv(name)
    monkeypatch.setenv("GENDERLENS_STATE_DIR", str(shared_state / uuid.uuid4().hex))


@pytest.fixture(scope="session", autouse=True)
def certificates_read_once() -> Iterator[None]:
    """Every ``httpx.get`` reads all certificates of the machine: 27 ms, and some tests poll."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(default, "create_ssl_context", cache(default.create_ssl_context))
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A running PostgreSQL; skips where it is not installed."""
    with serve_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.sqlite3'}"
    server: Server = request.getfixturevalue("postgres")
    return create_postgres_database(server.port)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The labelled photographs; skips where they are not there."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("GENDERLENS_DATA_DIR") or beside)
    if not folder.is_dir():
        pytest.skip("no labelled photographs: set GENDERLENS_DATA_DIR as CONTRIBUTING.md says")
    return folder


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Training in tests uses one thread: tiny tensors gain nothing from more."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def class_folders(tmp_path: Path) -> ClassFolders:
    """Builds ``faces/female`` and ``faces/male`` with so many pictures each, told by colour."""

    def build(per_label: int) -> Path:
        rng = np.random.default_rng(0)
        for label, tint in (("female", (150, 40, 40)), ("male", (40, 40, 150))):
            folder = tmp_path / "faces" / label
            folder.mkdir(parents=True)
            for index in range(per_label):
                noise = rng.integers(0, 100, (40, 40, 3)) + np.asarray(tint)
                Image.fromarray(noise.astype(np.uint8)).save(folder / f"{index:03d}.png")
        return tmp_path / "faces"

    return build
