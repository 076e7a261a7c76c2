"""``genderlens export``: a run folder to a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genderlens.errors import MissingExtraError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(export)


def export(
    run: Annotated[Path, typer.Argument(help="Run folder that 'genderlens train' wrote.")],
    out: Annotated[Path, typer.Option(help="Bundle folder to write.")],
    name: Annotated[str, typer.Option(help="Name of the model.")] = "custom",
    data: Annotated[
        str, typer.Option(help="Name of the training data, for the card.")
    ] = "not stated",
    licence: Annotated[
        str, typer.Option(help="Licence of the training data, for the card.")
    ] = "not stated",
    attribution: Annotated[
        str, typer.Option(help="Whom the licence wants named, for the card.")
    ] = "not stated",
    split: Annotated[str, typer.Option(help="Split to measure the accuracy on.")] = "val",
) -> None:
    """Export, calibrate, measure, and write the model card."""
    try:
        from genderlens.export.bundle import export_bundle
    except ImportError as error:
        raise MissingExtraError("train", "export") from error
    from genderlens.training.run import RunFolder

    bundle = export_bundle(
        RunFolder(run),
        out,
        name=name,
        data=data,
        licence=licence,
        attribution=attribution,
        evaluate_split=split,
    )
    evaluation = bundle.description.evaluation
    accuracy = f", accuracy {evaluation.overall.value:.1%} on {split}" if evaluation else ""
    typer.echo(f"wrote {out} ({bundle.version}{accuracy})")
