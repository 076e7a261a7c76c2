"""``genderlens train-gpu``: a plan on a GPU of another machine, packed here and unpacked here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genderlens.cli.data.source import Kind, Pattern, Strict, Words, load_manifest
from genderlens.cli.terminal import printable
from genderlens.errors import MissingExtraError
from genderlens.settings import load_settings

_Recipe = Annotated[
    str, typer.Option(help="Recipe that says which rows calibrate, and the further heads.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        no_args_is_help=True,
        help="Train on a GPU of a machine that reaches no network: pack here, run there, unpack.",
    )
    group.command()(pack)
    group.command()(unpack)
    app.add_typer(group, name="train-gpu")


def pack(
    plan: Annotated[str, typer.Argument(help="A plan's name or YAML file.")],
    data: Annotated[str, typer.Option(help="SOURCE of labelled face crops.")],
    out: Annotated[Path, typer.Option(help="Folder for the parts.")],
    recipe: _Recipe = "default",
    part_mb: Annotated[int, typer.Option(min=1, help="Size of a part, about, in megabytes.")] = 60,
    kind: Kind = None,
    pattern: Pattern = None,
    label: Words = None,
    strict: Strict = False,
) -> None:
    """Write what the machine with the GPU needs, in parts small enough to be carried."""
    from genderlens.recipe import load_recipe

    try:
        from genderlens.training.gpu.pack import pack as write_pack
        from genderlens.training.gpu.plan_files import load_plan
    except ModuleNotFoundError as error:
        raise MissingExtraError("train", "training") from error

    told = load_recipe(recipe)
    paths = write_pack(
        told,
        load_manifest(
            data, kind, pattern, label, strict=strict, head=told.head, column=told.label_column
        ),
        load_plan(plan),
        out,
        part_bytes=part_mb * 1_000_000,
    )
    typer.echo(printable(f"wrote {len(paths)} parts, ImageNet starts and plan.json to {out}"))
    typer.echo(f"next, there: python -m genderlens.training.gpu {out} --out left --minutes 9")


def unpack(
    left: Annotated[Path, typer.Argument(help="Folder that the plan left.")],
    data: Annotated[str, typer.Option(help="The SOURCE that was packed.")],
    out: Annotated[Path, typer.Option(help="Run folder to write.")],
    stage: Annotated[str, typer.Option(help="Which network of the plan.")] = "student",
    recipe: _Recipe = "default",
    kind: Kind = None,
    pattern: Pattern = None,
    label: Words = None,
    strict: Strict = False,
) -> None:
    """Make a run folder of one stage, for export, evaluate, or as a start or teacher."""
    from genderlens.recipe import load_recipe

    try:
        from genderlens.training.gpu.unpack import unpack as make_run
        from genderlens.training.run_report import write_run_report
    except ModuleNotFoundError as error:
        raise MissingExtraError("train", "training") from error

    told = load_recipe(recipe)
    run = make_run(
        told,
        load_manifest(
            data, kind, pattern, label, strict=strict, head=told.head, column=told.label_column
        ),
        left,
        stage,
        out,
        cache_dir=load_settings().cache_dir.expanduser(),
    )
    for line in write_run_report(run).lines():
        typer.echo(printable(line))
    typer.echo(printable(f"next: genderlens export {out} --out bundles/{out.name}"))
