"""``python -m tools.coarse``: the network that takes the first, coarse look at a picture."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import onnx
import typer

from genderlens.data.readers import read_source
from genderlens.data.splits.asked import select_split
from genderlens.detection.detectors import find_detector
from genderlens.detection.network import COARSE
from genderlens.storage import sha256_of_file, write_bytes_atomically
from tools.coarse.judging import judge
from tools.coarse.lessons import LARGER, SIDE_PX, CoarseLessons, prepare_lessons
from tools.coarse.network import begin_network
from tools.coarse.teaching import CoarseTeaching
from tools.coarse.tiles import CoarseTiles
from tools.detector.graph import read_network, take_bytes, write_graph
from tools.detector.network import CenterFaceNetwork
from tools.half_precision import halve

FACTS: Final = "coarse.json"
_HELD_OUT: Final = 12
"""CoarseLessons for each one that is held out."""


def main(
    data: Annotated[str, typer.Option(help="SOURCE with a split train of face crops.")],
    scenes: Annotated[Path, typer.Option(help="Folder of JPEGs of all kinds of scenes.")],
    out: Annotated[Path, typer.Option(help="Folder for the network, and what to go on from.")],
    pictures: Annotated[int, typer.Option(min=12, help="Pictures of 128 px that teach.")] = 28_800,
    steps: Annotated[int, typer.Option(min=1, help="Batches of 64 of them.")] = 7_000,
    seed: Annotated[int, typer.Option(help="Of the pictures drawn and their order.")] = 0,
) -> None:
    """Teach it what the shipped detector sees; a run that was stopped goes on where it stood."""
    out.mkdir(parents=True, exist_ok=True)
    crops = select_split(read_source(data), "train", f"--data {data}")
    given: dict[str, Any] = {"crops": crops, "scenes": scenes, "side": LARGER * SIDE_PX}
    taught = prepare_lessons(CoarseTiles(**given, seed=seed), pictures, out, "taught")
    network = _teach(taught, steps, seed, out)
    model = halve(take_bytes(write_graph(network)))
    write_bytes_atomically(out / COARSE, model.SerializeToString(deterministic=True))
    unseen = CoarseTiles(**given, seed=seed, share="held out")
    held_out = prepare_lessons(unseen, pictures // _HELD_OUT, out, "held-out")
    facts = _describe(network, held_out, out / COARSE)
    text = json.dumps(facts | {"pictures": pictures, "steps": steps}, indent=2)
    write_bytes_atomically(out / FACTS, f"{text}\n".encode())
    typer.echo(f"wrote {out / COARSE}: {text}")


def _teach(lessons: CoarseLessons, steps: int, seed: int, out: Path) -> CenterFaceNetwork:
    whole = read_network(onnx.load(find_detector().graph))
    return CoarseTeaching(partial(begin_network, whole), lessons, steps=steps, seed=seed).run(out)


def _describe(network: CenterFaceNetwork, held_out: CoarseLessons, file: Path) -> dict[str, Any]:
    return {
        "command": "python -m tools.coarse --data SOURCE --scenes FOLDER --out FOLDER",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "sha256": sha256_of_file(file),
        "bytes": file.stat().st_size,
        "held_out": asdict(judge(network, held_out)),
    }


if __name__ == "__main__":
    typer.run(main)
