"""``genderlens calibrate``: an existing bundle calibrated and measured anew."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genderlens.cli.data.source import Words, parse_words
from genderlens.errors import MissingExtraError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(calibrate)


def calibrate(
    bundle: Annotated[str, typer.Argument(help="'default' or the folder of a bundle.")],
    data: Annotated[str, typer.Option(help="Labelled face crops, a SOURCE of any kind.")],
    out: Annotated[Path, typer.Option(help="Bundle folder to write.")],
    split: Annotated[str, typer.Option(help="Split to measure the accuracy on.")] = "val",
    int8: Annotated[
        bool,
        typer.Option(
            "--int8", help="Add an INT8 graph, which serves where it is faster and as accurate."
        ),
    ] = False,
    attribute_label: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HEAD=COLUMN", help="The column that holds the truth of a further head."
        ),
    ] = None,
    label: Words = None,
) -> None:
    """Fit calibration and INT8 graph of a bundle again, measure it, write its card."""
    try:
        from genderlens.export.renew import renew_bundle
    except ModuleNotFoundError as error:
        raise MissingExtraError("train", "calibrate") from error
    from genderlens.bundle import load_bundle
    from genderlens.data.readers import read_source
    from genderlens.evaluation.truth import parse_truths

    source = load_bundle(bundle)
    names = parse_words(label or (), source.head)
    renewed = renew_bundle(
        source,
        read_source(data, names=names, head=source.head),
        out,
        split=split,
        int8=int8,
        judged=Path(data.rstrip("/")).name if source.description.imported else None,
        columns=parse_truths(attribute_label or ()),
    )
    evaluation = renewed.description.evaluation
    accuracy = f", accuracy {evaluation.overall.value:.1%} on {split}" if evaluation else ""
    typer.echo(f"wrote {out} ({renewed.version}{accuracy})")
    if int8:
        typer.echo(renewed.description.precision.reason)
