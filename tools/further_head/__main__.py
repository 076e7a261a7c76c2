"""``python -m tools.further_head``: a bundle with one head more."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genderlens.bundle import load_bundle
from genderlens.errors import GenderlensError
from genderlens.heads import Head, HeadKind
from genderlens.run_folder import RunFolder
from tools.further_head.making import make_bundle


def main(
    bundle: Annotated[str, typer.Argument(help="Bundle whose graphs get the head.")],
    run: Annotated[Path, typer.Option(help="Run folder that the bundle was exported from.")],
    column: Annotated[str, typer.Option(help="Auxiliary column that the run learnt.")],
    name: Annotated[str, typer.Option(help="Name of the head.")],
    labels: Annotated[str, typer.Option(help="Its words in their order, separated by commas.")],
    out: Annotated[Path, typer.Option(help="Folder of the new bundle.")],
    abstain_below: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Less sure answers of it are uncertain.")
    ] = 0.4,
    kind: Annotated[str, typer.Option(help="categorical or ordinal.")] = "ordinal",
) -> None:
    """Append a head to both graphs, calibrate it on the run's calibration part, and write."""
    kinds: dict[str, HeadKind] = {"categorical": "categorical", "ordinal": "ordinal"}
    words = tuple(word.strip() for word in labels.split(","))
    try:
        head = Head(name, words, kinds[kind], f"head_{name}")
        made = make_bundle(
            load_bundle(bundle), RunFolder(run), column, head, out, abstain_below=abstain_below
        )
    except (GenderlensError, KeyError, ValueError) as error:
        raise typer.BadParameter(str(error)) from error
    calibration = made.description.heads[-1].calibration
    typer.echo(f"{made.version}: {name} calibrated on {calibration.count:,} faces")


if __name__ == "__main__":
    typer.run(main)
