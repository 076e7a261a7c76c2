"""``genderlens sweep``: many variations of a recipe into one table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genderlens.cli.data.source import Kind, Pattern, Strict, Words, load_source
from genderlens.cli.terminal import print_json, print_table, printable
from genderlens.errors import MissingExtraError
from genderlens.settings import load_settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(sweep)


def sweep(
    sweep: Annotated[str, typer.Argument(metavar="SWEEP", help="A sweep's name or YAML file.")],
    data: Annotated[str, typer.Option(help="SOURCE of labelled pictures.")],
    out: Annotated[Path, typer.Option(help="Folder for the rows' runs and the table.")],
    kind: Kind = None,
    pattern: Pattern = None,
    label: Words = None,
    strict: Strict = False,
    override: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change a recipe's value in every row."),
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Train rows again that failed before.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The table as one JSON object.")] = False,
) -> None:
    """Train every variation and compare them; given again, the command goes on where it stopped."""
    from genderlens.recipe import load_recipe
    from genderlens.recipe.sweep import load_sweep

    try:
        from genderlens.training.sweep.run import run_sweep
        from genderlens.training.sweep.table import brief_table
    except ModuleNotFoundError as error:
        raise MissingExtraError("train", "training") from error

    asked = load_sweep(sweep)
    told = load_recipe(asked.recipe, override)
    reading = load_source(
        data, kind, pattern, label, strict=strict, head=told.head, column=told.label_column
    )
    outcome = run_sweep(
        asked,
        reading.manifest,
        out,
        cache_dir=load_settings().cache_dir.expanduser(),
        overrides=override,
        retry_failed=retry_failed,
        say=lambda line: typer.echo(printable(line), err=True),
    )
    if as_json:
        print_json({**outcome.table, **reading.counts()})
        return
    headings, rows = brief_table(outcome.results, outcome.marks, asked)
    print_table(headings, ([printable(cell) for cell in row] for row in rows))
    typer.echo(f"table: {out / 'table.md'}, {out / 'table.png'}")
