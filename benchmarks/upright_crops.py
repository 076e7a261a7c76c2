"""Face crops as they are and turned upright: what that gains on tilted ones, and what it costs.

The angles from which on it turns were chosen on FairFace's held-out part; this measures its
validation part, all of it as it is and every fifth face turned. Run
``python benchmarks/upright_crops.py``; writes ``docs/figures/upright_crops.json``.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from PIL import Image
from tqdm import tqdm

from common import data_folder, machine
from crop_figures import mean, rightness
from crop_views import Cutter
from genderlens.bundle import Bundle, load_bundle
from genderlens.detection.crops import look_at_crop
from genderlens.detection.detectors import find_detector
from genderlens.detection.faces import CenterFace
from genderlens.inference.photo import Photo
from held_out import Labelled, judging_faces

OUT: Final = Path(__file__).parents[1] / "docs" / "figures" / "upright_crops.json"
TURNED: Final = (30, -30, 90, -90)
"""Degrees clockwise."""
_EVERY_TURNED: Final = 5


class Row(NamedTuple):
    """A crop turned by so many degrees: logits as it is and upright, and the look's time."""

    label: str
    degrees: int
    as_is: float
    upright: float
    looked_s: float


def measure(faces: Iterator[Labelled], cutter: Cutter, detector: CenterFace) -> Iterator[Row]:
    """A row for each face as it is, and further ones for every fifth."""
    for index, one in enumerate(faces):
        for degrees in (0, *TURNED) if index % _EVERY_TURNED == 0 else (0,):
            image = one.image.rotate(-degrees, Image.Resampling.BICUBIC) if degrees else one.image
            photo = Photo(image, max_pixels=image.width * image.height, enough_px=None)
            start = time.thread_time()
            face = look_at_crop(detector, photo)
            looked_s = time.thread_time() - start
            as_is, upright = cutter.ask([image, image], [None, face])
            yield Row(one.label, degrees, as_is, upright, looked_s)


def summarise(rows: list[Row], bundle: Bundle) -> dict[str, Any]:
    """Accuracy and loss by angle, and the difference of right answers in pairs."""
    found = {}
    for degrees in (0, *TURNED):
        told = [row for row in rows if row.degrees == degrees]
        positive = np.asarray([row.label == bundle.head.positive for row in told])
        as_is = np.asarray([row.as_is for row in told])
        upright = np.asarray([row.upright for row in told])
        gained = ((upright > 0) == positive).astype(float) - ((as_is > 0) == positive)
        spent_ms = [1e3 * row.looked_s for row in told]
        found[f"by {degrees}°"] = {
            "as_is": rightness(as_is, positive, bundle.calibration),
            "upright": rightness(upright, positive, bundle.calibration),
            "more_right": mean(gained),
            "turned": round(float((upright != as_is).mean()), 5),
            "look_ms": round(float(np.median(spent_ms)), 2),
        }
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--every", type=int, default=1, help="only every so many-th face")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    data, bundle = data_folder(), load_bundle()
    cutter, detector = Cutter(bundle, find_detector().looks), CenterFace()
    faces = tqdm(judging_faces(data, every=given.every), unit="face")
    result: dict[str, Any] = {
        "model": bundle.version,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "threads": 1,
        "fairface_validation": summarise(list(measure(faces, cutter, detector)), bundle),
    }
    given.out.write_text(json.dumps(result, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
