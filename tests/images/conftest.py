"""Images that are built once, where an engine runs and the tests of images are asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from databases import Server, serve_redis
from images.engine import build, find_engine, make_bases


@pytest.fixture(scope="session")
def serving_image() -> str:
    find_engine()
    return build("Dockerfile", "genderlens:image-test", make_bases("python", "node"))


@pytest.fixture(scope="session")
def training_image() -> str:
    find_engine()
    bases = {"PYTHON_IMAGE": make_bases("python")["PYTHON_IMAGE"]}
    return build("Dockerfile.training", "genderlens-training:image-test", bases)


@pytest.fixture(scope="session")
def redis() -> Iterator[Server]:
    with serve_redis() as server:
        yield server
