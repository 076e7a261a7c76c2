"""``genderlens openapi``: the schema of the HTTP API."""

from __future__ import annotations

import json

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(openapi)


def openapi() -> None:
    """Print the OpenAPI document of the service as JSON."""
    from genderlens.service.app import create_app
    from genderlens.settings import Settings

    typer.echo(json.dumps(create_app(Settings()).openapi(), indent=2, ensure_ascii=True))
