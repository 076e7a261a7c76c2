"""nginx and Caddy, configured as docs/how-to/proxy.md says, before a real service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

import photos
from deploy.proxies import caddy, nginx
from genderlens.history.database import open_database
from genderlens.history.keys import create_key
from genderlens.settings import load_settings
from genderlens.types import Scope
from service.processes import Service, serve
from service.serving import portrait_jpeg

KINDS = {"nginx": nginx, "caddy": caddy}
PREFIX = "/gl"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, str]]:
    """A service as the page starts it, and a key for it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('proxied') / 'keys.sqlite3'}"
    database = open_database(load_settings(database_url=url))
    _, key = create_key(database, "client", frozenset({Scope.PREDICT, Scope.METRICS}))
    database.close()
    with serve(auth="keys", trusted_proxies="127.0.0.1", database_url=url) as found:
        yield found, key


@pytest.fixture(params=KINDS)
def client(
    request: pytest.FixtureRequest, service: tuple[Service, str], tmp_path: Path
) -> Iterator[httpx.Client]:
    """Of the service behind each proxy, through TLS, with a key."""
    with (
        KINDS[request.param](tmp_path, service[0].port) as proxy,
        proxy.client as found,
    ):
        found.headers["Authorization"] = f"Bearer {service[1]}"
        yield found


def test_what_clients_ask_works_below_the_prefix(client: httpx.Client) -> None:
    page = client.get(f"{PREFIX}/app/")
    assert page.headers["content-type"].startswith("text/html")
    (script, *_) = re.findall(r'src="([^"]+\.js)"', page.text)
    assert client.get(httpx.URL(page.url).join(script).path).status_code == 200
    assert f"{PREFIX}/openapi.json" in client.get(f"{PREFIX}/docs").text
    answer = client.post(f"{PREFIX}/predict", files={"file": ("a.jpg", portrait_jpeg())})
    assert answer.json()["prediction"] == "female"


def test_a_photo_of_some_megabytes_gets_through(client: httpx.Client) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (1200, 1200, 3), np.uint8)
    photo = photos.encode(Image.fromarray(noise), "PNG")
    assert len(photo) > 4_000_000
    answer = client.post(f"{PREFIX}/predict", files={"file": ("a.png", photo)})
    assert answer.json()["outcome"] == "no_person"


def test_nobody_gets_in_without_a_key(client: httpx.Client) -> None:
    del client.headers["Authorization"]
    answer = client.post(f"{PREFIX}/predict", files={"file": ("a.jpg", portrait_jpeg())})
    assert answer.status_code == 401


def test_figures_are_not_passed_on(client: httpx.Client, service: tuple[Service, str]) -> None:
    for path in ("/metrics", "//metrics", "/%6detrics", "/app%2f..%2fmetrics", "/metrics/"):
        assert client.get(f"{PREFIX}{path}").status_code in (400, 404), path
    direct = httpx.get(f"{service[0].url}/metrics", headers=dict(client.headers))
    assert direct.status_code == 200


def test_a_client_cannot_choose_the_prefix(client: httpx.Client) -> None:
    told = client.get(f"{PREFIX}/docs", headers={"X-Forwarded-Prefix": "/other"}).text
    assert "/other/openapi.json" not in told


def test_the_prefix_alone_leads_into_it(client: httpx.Client) -> None:
    answer = client.get(PREFIX)
    assert answer.status_code == 308
    assert httpx.URL(answer.headers["location"]).path == f"{PREFIX}/"
