"""Reduced decoding beside full decoding: how often an answer flips, and how much time it saves.

CelebA test portraits are laid on everyday scenes without people, at a tenth to the whole of the
height, scaled to 12 megapixels with sensor noise and stored as JPEG. Both ways answer each photo in
turn. Writes ``docs/figures/decoding.json``; needs the labelled photographs (CONTRIBUTING.md).
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from common import data_folder, machine
from genderlens.data.readers import read_source
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.detection.faces import CenterFace
from genderlens.inference.ensemble import create_classifier
from genderlens.inference.photo import Photo
from genderlens.inference.predictor import Predictor, create_predictor
from genderlens.settings import Settings, load_settings
from genderlens.types import FacePolicy

OUT = Path(__file__).parents[1] / "docs" / "figures" / "decoding.json"
SIZE = (4000, 3000)
NOISE = 4.0
"""Standard deviation of the noise, in steps of 8 bits."""


def photographs(data: Path, count: int) -> Iterator[bytes]:
    """Portraits on scenes, as 12-megapixel JPEG; past the last they come anew, elsewhere."""
    rng = np.random.default_rng(5)
    scenes = [Image.open(path).convert("RGB").resize(SIZE) for path in _scenes(data / "coco")]
    noise = rng.normal(0.0, NOISE, (SIZE[1], SIZE[0])).astype(np.int16)[..., None]
    portraits = read_source(str(data / "celeba")).select("test")
    rows = [index % len(portraits) for index in range(count)]
    for index, content in enumerate(iterate_image_bytes(portraits.take(rows))):
        canvas = scenes[index % len(scenes)].copy()
        portrait = Image.open(io.BytesIO(content)).convert("RGB")
        height = round(SIZE[1] * rng.uniform(0.15, 1.0))
        portrait = portrait.resize((height * portrait.width // portrait.height, height))
        canvas.paste(portrait, (int(rng.integers(0, SIZE[0] - portrait.width)), SIZE[1] - height))
        values = np.asarray(canvas, np.int16) + np.roll(noise, index * 97, axis=(0, 1))
        stream = io.BytesIO()
        Image.fromarray(np.clip(values, 0, 255).astype(np.uint8)).save(stream, "JPEG", quality=88)
        yield stream.getvalue()


def _scenes(folder: Path, count: int = 12) -> list[Path]:
    files = {path.name: path for path in folder.rglob("*.jpg")}
    with (folder / "persons.csv").open(newline="", encoding="utf-8") as stream:
        empty = [row["file"] for row in csv.DictReader(stream) if row["person_count"] == "0"]
    return [files[name] for name in empty[:count]]


class FullDecoding(Predictor):
    """Decodes every pixel."""

    def _open(self, content: bytes, policy: FacePolicy) -> Photo:
        return Photo(content, max_pixels=self.settings.max_pixels, enough_px=None)


def create_full(settings: Settings) -> FullDecoding:
    """A predictor of the same parts."""
    faces = CenterFace(max_side_px=settings.detector_max_side_px, min_score=settings.face_min_score)
    return FullDecoding(create_classifier(settings), settings, faces=faces)


def compare(
    predictor: Predictor, full: Predictor, contents: Iterator[bytes], count: int
) -> dict[str, object]:
    """Flips of the label, of the outcome, and medians of CPU time, both ways in turn."""
    flips, outcomes, moved, both = 0, 0, [], 0
    spent: dict[str, list[float]] = {"reduced": [], "full": []}
    stages: dict[str, list[float]] = {"reduced": [], "full": []}
    for content in tqdm(contents, total=count):
        answers = {}
        for name, way in (("reduced", predictor), ("full", full)):
            start = time.thread_time()
            (answers[name],) = way.predict([content])
            spent[name].append(time.thread_time() - start)
            stages[name].append(answers[name].timings_ms["decode"])
        ours, theirs = answers["reduced"], answers["full"]
        outcomes += ours.outcome is not theirs.outcome
        if ours.faces and theirs.faces:
            both += 1
            mine, other = (one.faces[0].answer.positive_share for one in (ours, theirs))
            flips += (mine >= 0.5) != (other >= 0.5)
            moved.append(abs(mine - other))
    decode = statistics.median(stages["full"]) / statistics.median(stages["reduced"])
    total = statistics.median(spent["full"]) / statistics.median(spent["reduced"])
    return {
        "photos": count,
        "with_a_face_both_ways": both,
        "label_flips": flips,
        "outcome_changes": outcomes,
        "median_probability_gap": statistics.median(moved),
        "largest_probability_gap": max(moved),
        "decode_time_ratio": decode,
        "end_to_end_cpu_ratio": total,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=2250)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    settings = load_settings(threads=1, faces="largest")
    predictor, full = create_predictor(settings), create_full(settings)
    result = compare(predictor, full, photographs(data_folder(), given.count), given.count)
    facts = {
        "model": predictor.bundle.version,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
    }
    given.out.write_text(json.dumps({**facts, **result}, indent=2) + "\n", "utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
