"""``genderlens serve``: the predictor over HTTP."""

from __future__ import annotations

import ipaddress
import signal
from types import FrameType
from typing import Annotated, NoReturn

import typer

from genderlens.errors import SettingsError
from genderlens.settings import Settings, load_settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to bind.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to bind.")] = None,
    model: Annotated[
        str | None, typer.Option(help="Bundle: 'default' or a folder; A,B is an ensemble.")
    ] = None,
    insecure: Annotated[
        bool,
        typer.Option("--insecure", help="Serve without keys beyond this machine; anyone may ask."),
    ] = False,
) -> None:
    """Serve the HTTP API, its documentation at /docs."""
    settings = load_settings(host=host, port=port, model=model)
    require_loopback(settings, insecure=insecure)
    signal.signal(signal.SIGTERM, _leave)
    import uvicorn

    from genderlens.inference.ensemble import load_bundles
    from genderlens.service.app import create_app
    from genderlens.service.protocol import HttpProtocol

    load_bundles(settings)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        http=HttpProtocol,
        ws="none",
        server_header=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=20,
    )


def _leave(_: int, __: FrameType | None) -> NoReturn:
    """To be asked to stop is no failure; the server raises the signal again after it is done."""
    raise SystemExit(0)


def require_loopback(settings: Settings, *, insecure: bool) -> None:
    """SettingsError where the service would be open to other machines without being told so."""
    if insecure or settings.host == "localhost":
        return
    try:
        loopback = ipaddress.ip_address(settings.host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise SettingsError(
            f"host {settings.host!r} can be reached from other machines and the service has no "
            "keys; bind 127.0.0.1 behind a proxy that asks for credentials, or pass --insecure"
        )
