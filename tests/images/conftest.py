"""Images that are built once, where an engine runs and the tests of images are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from databases import Server, serve_redis
from images.earlier import check_out_earlier, newest_schema
from images.engine import build, find_engine, is_built, make_bases


@pytest.fixture(scope="session")
def serving_image(request: pytest.FixtureRequest) -> str:
    return _image(request, "Dockerfile", "genderlens:image-test")


@pytest.fixture(scope="session")
def training_image(request: pytest.FixtureRequest) -> str:
    return _image(request, "Dockerfile.training", "genderlens-training:image-test")


@dataclass(frozen=True)
class Earlier:
    """An image of an earlier version, and the newest schema of a database that it knows."""

    image: str
    schema: str


@pytest.fixture(scope="session")
def earlier(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Earlier:
    """Of the last release; before the first one, of the last commit with another schema."""
    find_engine()
    folder, tag = tmp_path_factory.mktemp("earlier"), "genderlens:image-test-earlier"
    check_out_earlier(folder)
    schema = newest_schema(folder)
    if not (request.config.getoption("--images-as-built") and is_built(tag)):
        build("Dockerfile", tag, make_bases("python", "node"), folder)
    return Earlier(tag, schema)


def _image(request: pytest.FixtureRequest, file: str, tag: str) -> str:
    find_engine()
    if request.config.getoption("--images-as-built") and is_built(tag):
        return tag
    return build(file, tag, make_bases("python", "node"))


@pytest.fixture(scope="session")
def redis() -> Iterator[Server]:
    with serve_redis() as server:
        yield server
