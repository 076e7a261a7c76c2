"""``genderlens audit``: who changed what, and whether that record is whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genderlens.cli.service.opened_database import opened_database
from genderlens.cli.terminal import print_json, print_table, printable
from genderlens.errors import DataError, SettingsError

if TYPE_CHECKING:
    from genderlens.history.audit import Result
    from genderlens.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(help="The log of who changed what.", no_args_is_help=True)
    group.command("list")(list_)
    group.command()(verify)
    app.add_typer(group, name="audit")


def list_(
    since: Annotated[
        str | None, typer.Option(help="From this time on: 2026-01-31, or with T12:00:00Z.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List changes of models, keys, samples, deletions and retrainings, oldest first."""
    from genderlens.history.audit import iterate_entries

    start = _moment(since) if since else None
    with opened_database() as database:
        rows = (row for row in iterate_entries(database) if start is None or row["at"] >= start)
        if as_json:
            for row in rows:
                print_json({**row, "at": row["at"].isoformat()})
            return
        header = ("number", "time", "actor", "action", "object", "result")
        print_table(header, (_cells(row) for row in rows))


def verify(as_json: AsJson = False) -> None:
    """Follow the hashes of the log; 4 where an entry was changed, taken out or put in."""
    from genderlens.history.audit import verify_chain

    with opened_database() as database:
        chain = verify_chain(database)
    if as_json:
        print_json({"entries": chain.entries, "head": chain.head, "broken_at": chain.broken_at})
    else:
        typer.echo(f"{chain.entries:,} entries, the last hash is {chain.head}")
    if chain.broken_at is not None:
        raise DataError(
            f"the audit log is broken from entry {chain.broken_at} on: it was changed behind the "
            "back of genderlens; compare it with a backup"
        )


def note(
    settings: Settings, action: str, what: str, result: Result = "done", **detail: Any
) -> None:
    """Note what a command did; where that cannot be noted, say so."""
    from genderlens.history.audit import AuditEntry, local_actor, record

    if why := record(settings, AuditEntry(local_actor(), action, what, result, detail)):
        typer.echo(f"genderlens: done, but not in the audit log: {why}", err=True)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(f"--since {text!r} is no time; write 2026-01-31") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    at = row["at"].isoformat(timespec="seconds")
    words = (row["actor"], row["action"], row["object"], row["result"])
    return (str(row["number"]), at, *map(printable, words))
