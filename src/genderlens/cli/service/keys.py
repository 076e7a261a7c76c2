"""``genderlens keys``: make, list, revoke and rotate API keys."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from genderlens.cli.service.audit import note
from genderlens.cli.service.opened_database import opened_database
from genderlens.cli.terminal import print_json, print_table, printable
from genderlens.errors import SettingsError
from genderlens.settings import load_settings
from genderlens.types import Scope

if TYPE_CHECKING:
    pass

Identity = Annotated[str, typer.Argument(metavar="ID", help="As 'genderlens keys list' shows it.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]

NOTICED_S: Final = 7.0
"""Services read the keys anew every 5 seconds, and write the last answers a moment later."""


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(help="Make, list, revoke and rotate API keys.", no_args_is_help=True)
    group.command()(create)
    group.command("list")(list_)
    group.command()(revoke)
    group.command()(rotate)
    app.add_typer(group, name="keys")


def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who or what it is for.")],
    scope: Annotated[
        list[Scope] | None, typer.Option(help="What it opens; give it once for each.")
    ] = None,
    expires_days: Annotated[
        int | None, typer.Option(min=1, max=36_500, help="Days after which it opens nothing.")
    ] = None,
    rate: Annotated[
        str | None, typer.Option(help="Its own limit, such as '100/minute', or 'off'.")
    ] = None,
    identity: Annotated[
        str | None,
        typer.Option("--id", metavar="ID", help="Of a key made elsewhere: what follows its gl_."),
    ] = None,
    sha256: Annotated[
        str | None,
        typer.Option(help="Of that key: it is stored, and the key itself never comes here."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key with the scope 'predict', or those given. It is shown once and never again.

    With --id and --sha256, store a key that was made where its secret is to stay.
    """
    from genderlens.history.keys import ApiKey, add_key, create_key
    from genderlens.history.tables import now
    from genderlens.service.middleware.rates import parse_rate

    if rate is not None:
        parse_rate(rate)
    expires_at = datetime.now(UTC) + timedelta(days=expires_days) if expires_days else None
    scopes = frozenset(one.value for one in scope or [Scope.PREDICT])
    if (identity is None) is not (sha256 is None):
        raise SettingsError("--id and --sha256 belong together; give both or none")
    with opened_database() as database:
        if identity is not None and sha256 is not None:
            stored = ApiKey(identity, name[:100], sha256, scopes, rate, now(), expires_at)
            add_key(database, stored)
            _tell_stored(stored.to_dict(), as_json=as_json)
            return
        stored, key = create_key(
            database, name[:100], scopes, expires_at=expires_at, rate_limit=rate
        )
    note(load_settings(), "key.create", stored.id, name=stored.name, scopes=sorted(scopes))
    _show(key, stored.to_dict(), as_json=as_json)


def list_(as_json: AsJson = False) -> None:
    """List all keys, with those that open nothing any more; JSON Lines with --json."""
    from genderlens.history.keys import list_keys

    with opened_database() as database:
        rows = [key.to_dict() for key in list_keys(database)]
    if as_json:
        for row in rows:
            print_json(row)
        return
    print_table(("id", "name", "scopes", "state", "expires", "rate"), (_cells(row) for row in rows))


def revoke(
    identity: Identity,
    delete_data: Annotated[
        bool,
        typer.Option(
            "--delete-data", help="Also delete every answer and picture that came with the key."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Close a key for good; running services notice within seconds.

    A key that is revoked already may be given with --delete-data, which waits until services that
    run have noticed.
    """
    from genderlens.erasure import create_eraser
    from genderlens.history.keys import close_key

    settings = load_settings()
    with opened_database() as database:
        if close_key(database, identity, again=delete_data) and delete_data:
            typer.echo(f"revoked; waiting {NOTICED_S:g} s until services notice", err=True)
            time.sleep(NOTICED_S)
        eraser = create_eraser(settings, database)
        left = eraser.count(identity)
        erased = eraser.key(identity) if delete_data else None
    deleted = asdict(erased) if erased else None
    note(settings, "key.revoke", identity, deleted=deleted)
    if as_json:
        shown = erased or left
        counts = {"predictions": shown.predictions, "samples": shown.samples}
        print_json({"id": identity, "state": "revoked", "deleted" if erased else "left": counts})
        return
    typer.echo(f"revoked {identity}")
    if erased:
        typer.echo(f"deleted {erased.predictions:,} answers and {erased.samples:,} samples")
    elif left.predictions or left.samples:
        typer.echo(
            f"{left.predictions:,} answers and {left.samples:,} samples of it stay; "
            f"'genderlens keys revoke {identity} --delete-data' deletes them",
            err=True,
        )


def rotate(
    identity: Identity,
    overlap_hours: Annotated[
        float, typer.Option(min=0, max=8760, help="How long the old key works beside the new one.")
    ] = 24.0,
    as_json: AsJson = False,
) -> None:
    """Give a key a new secret under the same id, which keeps its history, scopes and limits."""
    from genderlens.history.keys import rotate_key

    with opened_database() as database:
        key = rotate_key(database, identity, timedelta(hours=overlap_hours))
    note(load_settings(), "key.rotate", identity, overlap_hours=overlap_hours)
    _show(key, {"id": identity, "overlap_hours": overlap_hours}, as_json=as_json)


def _show(key: str, about: dict[str, Any], *, as_json: bool) -> None:
    """The key alone on stdout, so that a script may take it; what to know about it on stderr."""
    if as_json:
        print_json({"key": key, **about})
        return
    typer.echo(key)
    typer.echo(f"id {about['id']}; this is the only time that the key is shown", err=True)


def _tell_stored(about: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(about)
    else:
        typer.echo(f"stored {about['id']}")


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        row["id"],
        printable(row["name"]),
        ", ".join(row["scopes"]),
        row["state"],
        (row["expires_at"] or "never")[:10],
        row["rate_limit"] or "default",
    )
