"""``python -m tools.detector.distil``: a narrow detector, taught by the published CenterFace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import onnx
import typer

from genderlens.data.readers import read_source
from genderlens.data.splits.asked import select_split
from genderlens.storage import write_bytes_atomically
from tools.detector.distillation import Distillation
from tools.detector.graph import write_graph
from tools.detector.network import NARROW
from tools.detector.published import find_published
from tools.detector.published_weights import read_published
from tools.detector.tiles import Tiles

NETWORK: Final = "network.onnx"


def main(
    data: Annotated[str, typer.Option(help="SOURCE with a split train of face crops.")],
    scenes: Annotated[Path, typer.Option(help="Folder of JPEGs of all kinds of scenes.")],
    out: Annotated[Path, typer.Option(help="Folder for network.onnx, and state to go on from.")],
    source: Annotated[
        Path | None,
        typer.Option(help="centerface.onnx; without it, the one of 'make centerface'."),
    ] = None,
    steps: Annotated[int, typer.Option(min=1, help="Batches of 12 squares of 256 px.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Of the squares drawn.")] = 11,
) -> None:
    """Write network.onnx, which ``python -m tools.detector --network`` makes the detector of.

    A run that was stopped goes on where it stood.
    """
    crops = select_split(read_source(data), "train", f"--data {data}")
    out.mkdir(parents=True, exist_ok=True)
    whole = read_published(onnx.load(source or find_published()))
    taught = Distillation(whole, Tiles(crops, scenes, seed=seed), NARROW, steps=steps).run(out)
    content = write_graph(taught).SerializeToString(deterministic=True)
    write_bytes_atomically(out / NETWORK, content)
    typer.echo(f"wrote {out / NETWORK}")


if __name__ == "__main__":
    typer.run(main)
