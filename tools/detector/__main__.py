"""``python -m tools.detector``: CenterFace, or a narrower one, to the detector that is shipped."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genderlens.errors import MissingExtraError, SettingsError


def main(
    data: Annotated[str, typer.Option(help="SOURCE with a split train of upright face crops.")],
    out: Annotated[
        Path, typer.Option(help="Folder to write detector.onnx, its looks and facts to.")
    ],
    judge: Annotated[
        list[str] | None,
        typer.Option(help="SOURCE:SPLIT of labelled photos to judge on; may be given again."),
    ] = None,
    photos: Annotated[int, typer.Option(min=1, help="Photos of each SOURCE to judge on.")] = 1000,
    network: Annotated[
        Path | None,
        typer.Option(
            help="network.onnx of python -m tools.detector.distil, instead of CenterFace."
        ),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(help="centerface.onnx; without it, the one of 'make centerface'."),
    ] = None,
) -> None:
    """Make the face detector, and say how it does beside the published one."""
    try:
        from genderlens.export.int8.crops import spread
        from tools.detector.making import export_detector as export
    except ModuleNotFoundError as error:
        raise MissingExtraError("train", "tools.detector") from error
    from genderlens.data.readers import read_source
    from genderlens.data.splits.asked import select_split
    from tools.detector.published import find_published

    judging = [_judged(one) for one in judge or [f"{data}:val"]]
    manifests = [
        spread(select_split(read_source(place), split, f"--judge {place}"), photos)
        for place, split in judging
    ]
    teaching = select_split(read_source(data), "train", f"--data {data}")
    published = source or find_published()
    found = export(network, out, published=published, teaching=teaching, judging=manifests)
    typer.echo(f"wrote {out / 'detector.onnx'}, {found.speed_ratio} times as fast")
    for clause in found.broken_rules():
        typer.echo(f"do not ship it: {clause}", err=True)
    if found.broken_rules():
        raise typer.Exit(1)


def _judged(text: str) -> tuple[str, str]:
    place, colon, split = text.rpartition(":")
    if not colon:
        raise SettingsError(f"--judge {text!r} names no split; write it as SOURCE:SPLIT")
    return place, split


if __name__ == "__main__":
    typer.run(main)
