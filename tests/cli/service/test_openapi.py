"""``genderlens openapi`` prints what the service serves."""

from __future__ import annotations

import json

from starlette.testclient import TestClient
from typer.testing import CliRunner

from genderlens.cli.app import app
from genderlens.service.app import create_app
from genderlens.settings import Settings


def test_it_is_the_document_of_the_service() -> None:
    done = CliRunner().invoke(app, ["openapi"], catch_exceptions=False)
    with TestClient(create_app(Settings()), base_url="http://localhost") as client:
        assert json.loads(done.stdout) == client.get("/openapi.json").json()
