"""``python -m tools.proposals``: the network that says where a finer look looks."""

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
from genderlens.detection.proposals import PROPOSALS
from genderlens.storage import sha256_of_file, write_bytes_atomically
from tools.detector.graph import read_network, take_bytes, write_graph
from tools.detector.network import CenterFaceNetwork
from tools.half_precision import halve
from tools.proposals.judging import judge
from tools.proposals.lessons import Lessons, prepare_lessons
from tools.proposals.network import begin_network
from tools.proposals.teaching import Teaching
from tools.proposals.tiles import Tiles

FACTS: Final = "proposals.json"


def main(
    data: Annotated[str, typer.Option(help="SOURCE with a split train of face crops.")],
    scenes: Annotated[Path, typer.Option(help="Folder of JPEGs of all kinds of scenes.")],
    out: Annotated[Path, typer.Option(help="Folder for the network, and what to go on from.")],
    tiles: Annotated[int, typer.Option(min=24, help="Squares of 256 px that teach.")] = 19_200,
    steps: Annotated[int, typer.Option(min=1, help="Batches of 24 of them.")] = 6_000,
    seed: Annotated[int, typer.Option(help="Of the squares drawn and their order.")] = 0,
) -> None:
    """Teach it what the shipped detector sees; a run that was stopped goes on where it stood."""
    out.mkdir(parents=True, exist_ok=True)
    crops = select_split(read_source(data), "train", f"--data {data}")
    taught = prepare_lessons(Tiles(crops, scenes, seed=seed), tiles, out, "taught")
    network = _teach(taught, steps, seed, out)
    model = halve(take_bytes(write_graph(network)))
    write_bytes_atomically(out / PROPOSALS, model.SerializeToString(deterministic=True))
    unseen = Tiles(crops, scenes, seed=seed, share="held out")
    held_out = prepare_lessons(unseen, max(24, tiles // 12), out, "held-out")
    facts = _describe(network, held_out, out / PROPOSALS)
    text = json.dumps(facts | {"tiles": tiles, "steps": steps}, indent=2)
    write_bytes_atomically(out / FACTS, f"{text}\n".encode())
    typer.echo(f"wrote {out / PROPOSALS}: {text}")


def _teach(lessons: Lessons, steps: int, seed: int, out: Path) -> CenterFaceNetwork:
    whole = read_network(onnx.load(find_detector().graph))
    return Teaching(partial(begin_network, whole), lessons, steps=steps, seed=seed).run(out)


def _describe(network: CenterFaceNetwork, held_out: Lessons, file: Path) -> dict[str, Any]:
    look = find_detector().looks.proposals
    least = look.min_score if look else 0.1
    return {
        "command": "python -m tools.proposals --data SOURCE --scenes FOLDER --out FOLDER",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "sha256": sha256_of_file(file),
        "bytes": file.stat().st_size,
        "min_score": least,
        "upright": asdict(judge(network, held_out, least)),
        "turned_by_a_quarter": asdict(judge(network, held_out, least, quarters=1)),
    }


if __name__ == "__main__":
    typer.run(main)
