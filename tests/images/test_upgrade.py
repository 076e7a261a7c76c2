"""From the image of an earlier version to this one and back, with the database that is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from databases import Server, create_postgres_database
from images.boxes import Box, box, make_key
from images.conftest import Earlier
from images.engine import ENOUGH_S, docker
from images.load import Load
from images.stores import predict

pytestmark = [pytest.mark.images, pytest.mark.timeout(ENOUGH_S)]


@pytest.fixture(params=["postgres", "sqlite"])
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    """Of both containers; an SQLite file is in the volume that they share."""
    if request.param == "sqlite":
        return {"rate_limit": "off"}
    postgres: Server = request.getfixturevalue("postgres")
    return {"rate_limit": "off", "database_url": create_postgres_database(postgres.port)}


@contextmanager
def pair(before: str, after: str, settings: dict[str, str]) -> Iterator[tuple[Box, Box]]:
    with box(before, **settings) as old, box(after, **settings) as new:
        own, new.volume = new.volume, old.volume
        yield old, new
        new.volume = own  # each removes its own in the end, when nobody uses it any more
        new.remove()


def knows(container: Box, headers: dict[str, str], *ids: str) -> bool:
    places = [f"{container.url}/predictions/{one}" for one in ids]
    return all(httpx.get(one, headers=headers, timeout=30).status_code == 200 for one in places)


def test_rolling_there_and_back(
    earlier: Earlier, serving_image: str, settings: dict[str, str]
) -> None:
    with pair(earlier.image, serving_image, settings) as (old, new):
        headers = make_key(old, "predict")
        old.serve()
        first = predict(old, headers).json()["id"]
        load = Load(old, headers)
        with load.by(2):
            new.serve()
            second = predict(new, headers).json()["id"]
            assert old.end("stop", "--time=30")["ExitCode"] == 0, old.log
        assert set(load.statuses) <= {200, 503}, load.statuses
        assert load.statuses[200] > 0
        assert not load.broken
        assert knows(new, headers, first, second)
        assert new.end()["ExitCode"] == 0, new.log
        refuses_the_newer_schema(old)
        new.run("database", "downgrade", earlier.schema)
        old.remove()
        old.serve()
        assert knows(old, headers, first, second)
        assert predict(old, headers).status_code == 200


def refuses_the_newer_schema(old: Box) -> None:
    """It ends with a word about it instead of writing into tables that it does not know."""
    old.remove()
    old.start()
    assert docker("wait", old.id).stdout.strip() not in ("0", "1"), old.log
    assert "install the version that wrote it" in old.log
