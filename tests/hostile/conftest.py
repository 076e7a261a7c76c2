"""A warm application, in memory and behind a real server, for the hostile tests over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from genderlens.service.app import create_app
from genderlens.settings import load_settings
from service.serving import portrait_jpeg, running_server, warm_client


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    with warm_client(create_app(load_settings())) as client:
        yield client


@pytest.fixture(scope="session")
def port() -> Iterator[int]:
    """The port of a server that waits a second at most for a body."""
    with running_server(create_app(load_settings(body_timeout_s=1.0))) as port:
        yield port


@pytest.fixture(scope="session")
def portrait() -> bytes:
    return portrait_jpeg()
