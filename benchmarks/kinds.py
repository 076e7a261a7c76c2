"""Five kinds of photo, end to end on one thread: the plan of looks beside what was before.

A portrait, a group, a face far away, nobody, and 12 megapixels. Every way to answer is a process of
its own, and all take turns photo by photo, so that noise hits them alike; times are CPU time of the
thread. Run ``python benchmarks/kinds.py [--before SRC]``, SRC being ``src`` of an earlier checkout;
writes ``docs/figures/kinds.json``. Beside them stand the limit (decode, the smallest looks and one
classification by bare ONNX Runtime), a first script's plain loop, and as much work as SCRFD-500M
takes at 640 px. ``as_needed_int8`` is the plan of looks where the detector rounds as well.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from PIL import Image
from rich.console import Console
from rich.table import Table

from common import data_folder, machine, people_counts
from single_image import encode_jpeg, portrait

OUT: Final = Path(__file__).parents[1] / "docs" / "figures" / "kinds.json"
CHILD: Final = Path(__file__).with_name("kinds_child.py")
_GROUND: Final = (110, 120, 130)
_FACE: Final = (120, 0, 330, 260)
"""Of the portrait."""
_WARM_ROUNDS: Final = 2
WAYS: Final = (
    *("limit", "scrfd_work", "plain_loop"),
    *("every_picture_alike", "as_needed", "as_needed_int8"),
)


def photos(scene: Image.Image) -> dict[str, bytes]:
    """The five kinds; ``scene`` shows nobody."""
    whole, face = portrait(), portrait().crop(_FACE)
    group = Image.new("RGB", (1280, 960), _GROUND)
    for index in range(5):
        group.paste(face.resize((220, 272)), (20 + 250 * index, 300))
    nobody = scene.resize((1280, 960), Image.Resampling.LANCZOS)
    far = nobody.copy()
    far.paste(face.resize((180, 224), Image.Resampling.LANCZOS), (700, 500))
    pictures = {
        "portrait": whole.resize((1000, 1000), Image.Resampling.LANCZOS),
        "group": group,
        "far_face": far,
        "nobody": nobody,
        "12_megapixels": whole.resize((3464, 3464), Image.Resampling.LANCZOS),
    }
    return {name: encode_jpeg(image) for name, image in pictures.items()}


class Way:
    """A process that answers photos in one way."""

    def __init__(self, way: str, source: Path | None = None) -> None:
        paths = [str(source)] if source else [os.environ.get("PYTHONPATH", "")]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
        self._process = subprocess.Popen(
            [sys.executable, str(CHILD), way],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def __enter__(self) -> Way:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def answer(self, photo: Path) -> dict[str, Any]:
        """``ms`` of CPU time, ``outcome`` and ``people``."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{photo}\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


def measure(ways: dict[str, Way], files: dict[str, Path], rounds: int) -> dict[str, Any]:
    """Kind → way → median milliseconds and the answer, and the ratios to the plan of looks."""
    spent: dict[tuple[str, str], list[float]] = defaultdict(list)
    answers: dict[tuple[str, str], dict[str, Any]] = {}
    for turn in range(rounds + _WARM_ROUNDS):
        for kind, path in files.items():
            for name in sorted(ways, reverse=bool(turn % 2)):
                answers[kind, name] = ways[name].answer(path)
                if turn >= _WARM_ROUNDS:
                    spent[kind, name].append(answers[kind, name]["ms"])
    return {
        kind: {
            name: {
                "cpu_ms": round(statistics.median(spent[kind, name]), 2),
                **{key: answers[kind, name].get(key) for key in ("outcome", "people")},
                "ratio": round(
                    statistics.median(spent[kind, name])
                    / statistics.median(spent[kind, "as_needed"]),
                    2,
                ),
            }
            for name in ways
        }
        for kind in files
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--before", type=Path, help="src of an earlier checkout")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    scene = next(path for people, path in people_counts(data_folder() / "coco") if not people)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        files = {}
        for kind, content in photos(Image.open(scene).convert("RGB")).items():
            files[kind] = folder / f"{kind}.jpg"
            files[kind].write_bytes(content)
        ways = {name: Way(name) for name in WAYS}
        if given.before:
            ways["before"] = Way("plain", given.before)
        for way in ways.values():
            stack.enter_context(way)
        found = measure(ways, files, given.rounds)
    result = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "threads": 1,
        "kinds": found,
    }
    given.out.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    kinds = (kind.replace("_", " ") for kind in found)
    table = Table("", *kinds, title="CPU ms, and times the plan of looks")
    for way in ways:
        cells = [row[way] for row in found.values()]
        table.add_row(
            way.replace("_", " "), *(f"{one['cpu_ms']:.0f}, {one['ratio']:.1f}×" for one in cells)
        )
    Console().print(table)


if __name__ == "__main__":
    main()
