"""One warm application for all tests of the service."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from genderlens.service.app import create_app
from genderlens.settings import load_settings
from service.serving import portrait_jpeg, warm_client


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    with warm_client(create_app(load_settings())) as client:
        yield client


@pytest.fixture(scope="session")
def portrait() -> bytes:
    return portrait_jpeg()
