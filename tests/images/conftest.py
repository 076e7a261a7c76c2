"""Images that are built once, where an engine runs and the tests of images are asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from databases import Server, serve_redis
from images.engine import build, find_engine, is_built, make_bases


@pytest.fixture(scope="session")
def serving_image(request: pytest.FixtureRequest) -> str:
    return _image(request, "Dockerfile", "genderlens:image-test")


@pytest.fixture(scope="session")
def training_image(request: pytest.FixtureRequest) -> str:
    return _image(request, "Dockerfile.training", "genderlens-training:image-test")


def _image(request: pytest.FixtureRequest, file: str, tag: str) -> str:
    find_engine()
    if request.config.getoption("--images-as-built") and is_built(tag):
        return tag
    return build(file, tag, make_bases("python", "node"))


@pytest.fixture(scope="session")
def redis() -> Iterator[Server]:
    with serve_redis() as server:
        yield server
