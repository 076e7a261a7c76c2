"""``python -m tools.coarse``: the small networks that spare the detector looks."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import onnx
import typer

from genderlens.data.readers import read_source
from genderlens.data.splits.asked import select_split
from genderlens.detection.detectors import find_detector
from genderlens.storage import sha256_of_file, write_bytes_atomically
from tools.coarse.design import DESIGNS, Design
from tools.coarse.judging import judge
from tools.coarse.lessons import CoarseLessons, prepare_lessons
from tools.coarse.network import begin_network
from tools.coarse.teaching import CoarseTeaching
from tools.coarse.tiles import CoarseTiles
from tools.detector.graph import read_network, take_bytes, write_graph
from tools.detector.network import CenterFaceNetwork
from tools.half_precision import halve

_HELD_OUT: Final = 12
"""Lessons for each one that is held out."""

Known = Literal["coarse", "proposals"]


def main(
    network: Annotated[Known, typer.Argument(help="Which one.")],
    data: Annotated[str, typer.Option(help="SOURCE with a split train of face crops.")],
    scenes: Annotated[Path, typer.Option(help="Folder of JPEGs of all kinds of scenes.")],
    out: Annotated[Path, typer.Option(help="Folder for the network, and what to go on from.")],
    pictures: Annotated[
        int | None, typer.Option(min=12, help="Pictures that teach; unset: as its design has it.")
    ] = None,
    steps: Annotated[
        int | None, typer.Option(min=1, help="Batches of them; unset: as its design has it.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the pictures drawn and their order.")] = 0,
) -> None:
    """Teach it what the shipped detector sees; a run that was stopped goes on where it stood."""
    out.mkdir(parents=True, exist_ok=True)
    design = DESIGNS[network]
    pictures, steps = pictures or design.pictures, steps or design.steps
    given: dict[str, Any] = {
        "crops": select_split(read_source(data), "train", f"--data {data}"),
        "scenes": scenes,
        "side": design.larger * design.side_px,
        "kinds": design.kinds,
        "seed": seed,
    }
    taught = prepare_lessons(CoarseTiles(**given), design, pictures, out, "taught")
    model = _teach(design, taught, steps, seed, out)
    content = halve(take_bytes(write_graph(model))).SerializeToString(deterministic=True)
    write_bytes_atomically(out / design.file, content)
    unseen = CoarseTiles(**given, share="held out")
    held_out = prepare_lessons(unseen, design, pictures // _HELD_OUT, out, "held-out")
    facts = {
        "command": f"python -m tools.coarse {network} --data SOURCE --scenes FOLDER --out FOLDER",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "sha256": sha256_of_file(out / design.file),
        "bytes": len(content),
        "held_out": asdict(judge(model, held_out)),
        "pictures": pictures,
        "steps": steps,
    }
    text = json.dumps(facts, indent=2)
    write_bytes_atomically((out / design.file).with_suffix(".json"), f"{text}\n".encode())
    typer.echo(f"wrote {out / design.file}: {text}")


def _teach(
    design: Design, lessons: CoarseLessons, steps: int, seed: int, out: Path
) -> CenterFaceNetwork:
    whole = read_network(onnx.load(find_detector().graph))
    begin = partial(begin_network, whole, design.widths)
    teaching = CoarseTeaching(
        begin,
        lessons,
        steps=steps,
        batch=design.batch,
        compare_heat=design.compare_heat,
        small_px=design.small_px,
        seed=seed,
    )
    return teaching.run(out)


if __name__ == "__main__":
    typer.run(main)
