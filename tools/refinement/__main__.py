"""``python -m tools.refinement``: the network that places faces which were seen coarsely."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from genderlens.data.readers import read_source
from genderlens.data.splits.asked import select_split
from genderlens.detection.networks.refinement import REFINEMENT
from genderlens.storage import sha256_of_file, write_bytes_atomically
from tools.half_precision import halve
from tools.refinement.graph import write_refinement
from tools.refinement.judging import judge
from tools.refinement.lessons import LESSONS, RefinementLessons, draw_lessons
from tools.refinement.teaching import Refining

FACTS: Final = "refinement.json"
_HELD_OUT: Final = 0.05
"""Of the lessons, the last ones: other crops and scenes than those that teach."""


def main(
    data: Annotated[str, typer.Option(help="SOURCE with a split train of face crops.")],
    scenes: Annotated[Path, typer.Option(help="Folder of JPEGs of all kinds of scenes.")],
    out: Annotated[Path, typer.Option(help="Folder for the network and the squares drawn.")],
    crops: Annotated[int, typer.Option(min=1, help="Face crops that teach.")] = 9_000,
    epochs: Annotated[int, typer.Option(min=1, help="Times that every square is seen.")] = 6,
    seed: Annotated[int, typer.Option(help="Of the squares drawn and their order.")] = 0,
) -> None:
    """Teach it what the shipped detector says of faces from near; squares are drawn once."""
    out.mkdir(parents=True, exist_ok=True)
    if not (out / LESSONS).is_file():
        faces = select_split(read_source(data), "train", f"--data {data}")
        draw_lessons(faces, scenes, crops, seed).save(out / LESSONS)
    taught, held_out = RefinementLessons.load(out / LESSONS).split(_HELD_OUT)
    model = halve(write_refinement(Refining(taught, epochs=epochs, seed=seed).run()))
    content = model.SerializeToString(deterministic=True)
    write_bytes_atomically(out / REFINEMENT, content)
    facts = {
        "command": "python -m tools.refinement --data SOURCE --scenes FOLDER --out FOLDER",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "sha256": sha256_of_file(out / REFINEMENT),
        "bytes": len(content),
        "squares": len(taught.squares),
        "epochs": epochs,
        "held_out": asdict(judge(content, held_out)),
    }
    text = json.dumps(facts, indent=2)
    write_bytes_atomically(out / FACTS, f"{text}\n".encode())
    typer.echo(f"wrote {out / REFINEMENT}: {text}")


if __name__ == "__main__":
    typer.run(main)
