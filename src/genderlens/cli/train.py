"""``genderlens train``: a recipe to a run folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genderlens.cli.source import Kind, Pattern, Strict, Words, load_manifest
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
    strict: Strict = False,
    override: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change a recipe's value."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the newest checkpoint.")
    ] = False,
    devices: Annotated[
        int, typer.Option(min=1, help="GPUs of a node, or processes where it has none.")
    ] = 1,
    nodes: Annotated[int, typer.Option(min=1, help="Nodes; start the command on each.")] = 1,
    upload: Annotated[
        str | None, typer.Option(metavar="URL", help="Push the run to s3:// or gs:// at the end.")
    ] = None,
) -> None:
    """Train a model; checkpoints survive a kill."""
    from genderlens.recipe import load_recipe

    try:
        from genderlens.training.phases import Devices
        from genderlens.training.train import train as run_training
        from genderlens.training.upload import require_upload_address, upload_run
    except ModuleNotFoundError as error:
        raise MissingExtraError("train", "training") from error

    if upload:
        require_upload_address(upload)
    cache_dir = load_settings().cache_dir.expanduser()
    run = run_training(
        load_recipe(recipe, override),
        load_manifest(data, kind, pattern, label, strict=strict),
        out,
        cache_dir=cache_dir,
        resume=resume,
        devices=Devices(devices, nodes),
    )
    if upload and (count := upload_run(run, upload)):
        typer.echo(f"uploaded {count} files to {upload}")
    typer.echo(f"trained; next: genderlens export {out} --out BUNDLE")
