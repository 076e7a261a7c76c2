"""``genderlens database``: copies of it, and its schema by version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genderlens.cli.terminal import print_json, print_table
from genderlens.settings import load_settings

if TYPE_CHECKING:
    from genderlens.history.database import Database

AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(help="The database of keys, history and audit log.", no_args_is_help=True)
    group.command()(show)
    group.command()(backup)
    group.command()(restore)
    group.command()(downgrade)
    app.add_typer(group, name="database")


def show(as_json: AsJson = False) -> None:
    """Tell which database the settings name, and which version its schema has."""
    from genderlens.history.backup import list_revisions, read_revision

    with _opened() as database:
        current, known = read_revision(database), list_revisions()
        name = database.name
    if as_json:
        versions = [{"version": version, "brought": text} for version, text in known]
        print_json({"database": name, "version": current, "versions": versions})
        return
    typer.echo(name)
    rows = ((version, "here" if version == current else "", text) for version, text in known)
    print_table(("version", "", "brought"), rows)


def backup(
    out: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes.")],
    as_json: AsJson = False,
) -> None:
    """Copy a SQLite database as of one moment, while services go on."""
    from genderlens.history.backup import write_backup

    with _opened() as database:
        write_backup(database, out)
    if as_json:
        print_json({"backup": str(out), "bytes": out.stat().st_size})
    else:
        typer.echo(f"wrote {out}; it holds hashes of keys and who asked: keep it as the original")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What 'backup' wrote.")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Replace what the database holds now, unasked.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put a copy in the place of a SQLite database. Stop the services first."""
    from genderlens.history.backup import read_revision, restore_backup

    with _opened() as database:
        if not yes:
            typer.confirm(f"replace everything in {database.name}?", abort=True, err=True)
        restore_backup(database, file)
        current = read_revision(database)
    if as_json:
        print_json({"restored": str(file), "version": current})
    else:
        typer.echo(f"restored {file}, schema version {current}")


def downgrade(
    to: Annotated[str, typer.Argument(metavar="VERSION", help="As 'database show' lists them.")],
    as_json: AsJson = False,
) -> None:
    """Take the schema back, before an older genderlens is installed. Make a backup first."""
    from genderlens.history.backup import downgrade as take_back
    from genderlens.history.backup import read_revision

    with _opened() as database:
        take_back(database, to)
        current = read_revision(database)
    if as_json:
        print_json({"version": current})
    else:
        typer.echo(f"schema version {current}; start only a genderlens of that time on it")


@contextmanager
def _opened() -> Iterator[Database]:
    """Without bringing it up to date, which would undo a downgrade."""
    from genderlens.history.database import Database, database_url

    database = Database(database_url(load_settings()))
    try:
        yield database
    finally:
        database.close()
