"""``genderlens ui``: the Streamlit page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genderlens.settings import load_settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(ui)


def ui(
    host: Annotated[str, typer.Option(help="Address to bind.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to bind.", min=1, max=65535)] = 8501,
    api: Annotated[
        str | None, typer.Option(help="Service to ask.", show_default="GENDERLENS_API_URL")
    ] = None,
    reports: Annotated[
        Path | None, typer.Option(help="Folder with reports of 'evaluate' to offer.")
    ] = None,
    insecure: Annotated[
        bool,
        typer.Option("--insecure", help="Let other machines ask a service of this one through it."),
    ] = False,
) -> None:
    """Show a page to classify and to retrain (extra [ui])."""
    from genderlens.ui.launch import launch, require_safe

    settings = load_settings(api_url=api, reports_dir=reports)
    if not insecure:
        require_safe(settings, host)
    launch(settings, host, port)
