"""Running services for the contract tests: one open, one that asks for keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from genderlens.history.database import open_database
from genderlens.history.keys import create_key
from genderlens.service.app import create_app
from genderlens.settings import load_settings
from genderlens.types import Scope
from service.serving import running_server


@dataclass(frozen=True)
class Served:
    """The address of a running service, and a key for each kind of caller that it knows."""

    url: str
    keys: dict[str, str]


@pytest.fixture(scope="session")
def open_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Everything is turned on that can be without other machines; nobody trains."""
    yield from _serve(tmp_path_factory.mktemp("open"), auth="open")


@pytest.fixture(scope="session")
def keyed_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same, for whoever has a key."""
    yield from _serve(tmp_path_factory.mktemp("keyed"), auth="keys")


@pytest.fixture
def fresh_service(tmp_path: Path) -> Iterator[Served]:
    """An open one that nobody has asked anything yet."""
    yield from _serve(tmp_path, auth="open")


def _serve(folder: Path, auth: str) -> Iterator[Served]:
    settings = load_settings(
        auth=auth,
        precision="fp32",  # answers alike on every processor
        state_dir=folder / "state",
        samples=str(folder / "samples"),
        jobs_here=False,
        rate_limit="off",
        body_timeout_s=5.0,
    )
    database = open_database(settings)
    keys = {scope.value: create_key(database, scope, frozenset({scope}))[1] for scope in Scope}
    database.close()
    with running_server(create_app(settings)) as port:
        yield Served(f"http://127.0.0.1:{port}", keys)
