"""The Streamlit page, run without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from streamlit.testing.v1 import AppTest

from genderlens.service.app import create_app
from genderlens.settings import load_settings
from genderlens.ui import session
from genderlens.ui.client import create_transport
from service.serving import running_server

Visit = Callable[..., AppTest]
Handler = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(scope="session")
def shipped() -> Iterator[str]:
    """The address of a real service with the shipped model."""
    with running_server(create_app(load_settings())) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Visit:
    """Opens one page, with its sidebar, at a service."""

    def open_page(page: str, address: str = "http://127.0.0.1:9", **settings: str) -> AppTest:
        for name, value in {"API_URL": address, **settings}.items():
            monkeypatch.setenv(f"GENDERLENS_{name}", value)
        session.settings.clear()
        script = (
            "from genderlens.ui import session\n"
            f"from genderlens.ui.views import {page}\n"
            f"session.show_sidebar()\n{page}.show()\n"
        )
        return AppTest.from_string(script, default_timeout=30).run()

    return open_page


@pytest.fixture
def staged(monkeypatch: pytest.MonkeyPatch, closed_transports: None) -> Callable[[Handler], None]:
    """Puts a function in the place of the service."""

    def stage(handler: Handler) -> None:
        def create(address: str) -> httpx.Client:
            return httpx.Client(base_url=address, transport=httpx.MockTransport(handler))

        monkeypatch.setattr(session, "create_transport", create)

    return stage


@pytest.fixture(autouse=True)
def closed_transports(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Connections of one test are not those of the next, and none stays open."""
    made: list[httpx.Client] = []

    def create(address: str) -> httpx.Client:
        made.append(create_transport(address))
        return made[-1]

    monkeypatch.setattr(session, "create_transport", create)
    session._transport.clear()
    yield
    session._transport.clear()
    for client in made:
        client.close()
