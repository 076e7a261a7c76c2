"""``genderlens train``: a recipe to a run folder."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from genderlens.cli.data.source import Kind, Pattern, Strict, Words, load_manifest
from genderlens.cli.terminal import printable
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
    strict_heads: Annotated[
        bool,
        typer.Option(
            "--strict-heads",
            help="Stop where the data lacks the column of a head that is not shipped.",
        ),
    ] = False,
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
    """Train a model; checkpoints survive a kill, a report of its accuracy ends it."""
    from genderlens.recipe import load_recipe

    try:
        from genderlens.training.phases import Devices, is_first_process
        from genderlens.training.run_report import write_run_report
        from genderlens.training.train import train as run_training
        from genderlens.training.upload import require_upload_address, upload_run
    except ModuleNotFoundError as error:
        raise MissingExtraError("train", "training") from error

    if upload:
        require_upload_address(upload)
    heads = ["data.strict_heads=true"] if strict_heads else []
    cache_dir = load_settings().cache_dir.expanduser()
    told = load_recipe(recipe, [*(override or []), *heads])
    run = run_training(
        told,
        load_manifest(
            data,
            kind,
            pattern,
            label,
            strict=strict,
            head=told.head,
            column=told.label_column,
        ),
        out,
        cache_dir=cache_dir,
        resume=resume,
        devices=Devices(devices, nodes),
        tell=lambda line: typer.echo(line, err=True),
    )
    if not is_first_process():
        return
    for line in write_run_report(run).lines():
        typer.echo(printable(line))
    if upload and (count := upload_run(run, upload)):
        typer.echo(f"uploaded {count} files to {upload}")
    bundle = shlex.join(["genderlens", "export", str(out), "--out", f"bundles/{run.path.name}"])
    typer.echo(f"next: {bundle}")
