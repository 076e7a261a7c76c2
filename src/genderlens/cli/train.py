"""``genderlens train``: a recipe to a run folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genderlens.cli.source import Kind, Pattern, Words, load_manifest
from genderlens.errors import MissingExtraError
from genderlens.settings import load_settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(train)


def train(
    recipe: Annotated[str, typer.Argument(help="A recipe's name or YAML file.")],
    data: Annotated[str, typer.Option(help="SOURCE of labelled pictures.")],
    out: Annotated[Path, typer.Option(help="Run folder to write.")],
    kind: Kind = None,
    pattern: Pattern = None,
    label: Words = None,
    override: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change a recipe's value."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the newest checkpoint.")
    ] = False,
) -> None:
    """Train a model; checkpoints survive a kill."""
    from genderlens.recipe import load_recipe

    try:
        from genderlens.training.train import train as run_training
    except ModuleNotFoundError as error:
        raise MissingExtraError("train", "training") from error

    cache_dir = load_settings().cache_dir.expanduser()
    run_training(
        load_recipe(recipe, override),
        load_manifest(data, kind, pattern, label),
        out,
        cache_dir=cache_dir,
        resume=resume,
    )
    typer.echo(f"trained; next: genderlens export {out} --out BUNDLE")
