"""``genderlens serve``: the predictor over HTTP."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from genderlens.cli.data.source import Device
from genderlens.cli.env_file import EnvFile, mention_unread_file, read_env_file
from genderlens.errors import SettingsError, StartError
from genderlens.settings import load_settings

if TYPE_CHECKING:
    from genderlens.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to bind.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to bind.")] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="Bundle: 'default', a folder, or 'registry:production'; A,B is an ensemble."
        ),
    ] = None,
    device: Device = None,
    root_path: Annotated[
        str | None, typer.Option(help="Prefix under which a proxy passes requests on, like '/gl'.")
    ] = None,
    insecure: Annotated[
        bool,
        typer.Option("--insecure", help="Serve without keys on any address; anyone may ask."),
    ] = False,
    env_file: EnvFile = None,
) -> None:
    """Serve the HTTP API, its documentation at /docs."""
    read_env_file(env_file)
    mention_unread_file()
    from genderlens.service.process.sockets import (
        open_sockets,
        require_free,
        warn_of_separate_counts,
    )

    auth = "open" if insecure else None
    settings = load_settings(
        host=host, port=port, model=model, device=device, auth=auth, root_path=root_path
    )
    require_keys(settings)
    require_free(settings)
    signal.signal(signal.SIGTERM, _leave)
    from genderlens.inference.ensemble import load_bundles
    from genderlens.service.app import create_app
    from genderlens.service.middleware.auth import redact_keys
    from genderlens.service.middleware.request_facts import log_fields
    from genderlens.service.process.server import run_server
    from genderlens.service.telemetry.logs import configure_logging

    configure_logging(settings, redact=redact_keys, fields=log_fields)
    warn_of_separate_counts(settings)
    load_bundles(settings)
    with _failures_named():
        run_server(
            create_app(settings),
            open_sockets(settings),
            host=settings.host,
            port=settings.port,
            timeout_keep_alive=settings.keep_alive_s,
        )


@contextmanager
def _failures_named() -> Iterator[None]:
    """StartError where the server ends with a code of its own, which means others here."""
    try:
        yield
    except SystemExit as error:
        if error.code:
            raise StartError("the service did not start; the log above says why") from error
        raise


def _leave(_: int, __: FrameType | None) -> NoReturn:
    """To be asked to stop is no failure; the server raises the signal again after it is done."""
    raise SystemExit(0)


def require_keys(settings: Settings) -> None:
    """SettingsError where keys are asked for and there is none; DatabaseError where none is read.

    Only ``auth=open``, which ``--insecure`` sets, opens a service to other machines without keys.
    """
    from genderlens.history.database import Database, database_url
    from genderlens.service.middleware.auth import Keyring, needs_keys

    if not needs_keys(settings):
        return
    database = Database(database_url(settings))
    try:
        keyring = Keyring(database)
        keyring.load()
    finally:
        database.close()
    if not keyring.has_usable():
        raise SettingsError(
            f"host {settings.host!r} can be reached from other machines and there is no usable API "
            f"key in {database.name}; make one with 'genderlens keys create NAME', or pass "
            "--insecure"
        )
