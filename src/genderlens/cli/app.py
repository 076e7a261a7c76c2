"""The Typer application: one file per command, wired here."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from genderlens._version import __version__
from genderlens.cli import doctor, label, predict, video
from genderlens.cli.data import group as data
from genderlens.cli.env_file import EnvFile, read_env_file
from genderlens.cli.evaluation import compare, drift, evaluate, robustness
from genderlens.cli.service import audit, database, keys, openapi, samples, serve, ui
from genderlens.cli.terminal import write_any_name
from genderlens.cli.training import (
    benchmark,
    calibrate,
    export,
    import_model,
    models,
    sweep,
    train,
    train_gpu,
    worker,
)
from genderlens.errors import GenderlensError

app = typer.Typer(
    name="genderlens",
    help="Perceived gender presentation from photos: predict, serve, train, evaluate.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # help is text: markup would take the extra in "[ui]" for a style
)
for module in (
    predict,
    video,
    label,
    serve,
    ui,
    train,
    train_gpu,
    sweep,
    export,
    import_model,
    calibrate,
    benchmark,
    evaluate,
    compare,
    robustness,
    drift,
    data,
    models,
    keys,
    samples,
    audit,
    database,
    openapi,
    worker,
    doctor,
):
    module.register(app)


def _print_version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version and leave.",
            is_eager=True,
            callback=lambda value: _print_version(wanted=value),
        ),
    ] = False,
    env_file: EnvFile = None,
) -> None:
    """Options that stand before a command."""
    read_env_file(env_file)


def main() -> None:
    """Run a command; an error of ours becomes one line and an exit code."""
    write_any_name()
    try:
        app()
    except GenderlensError as error:
        typer.echo(f"genderlens: {error.message}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
