"""What decides how a face is cut out, measured on pictures that neither taught nor judge.

Which rolls are overlooked, on faces turned by known angles; whether answers stay the same when a
photo is cut and scaled by a hair; how right and how sure answers are by yaw. Run
``python benchmarks/crop_choices.py``; writes ``docs/figures/crop_choices.json``.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image
from tqdm import tqdm

from common import data_folder, machine
from crop_figures import rightness, steadiness, trust
from crop_views import NEVER, Cutter, Seen, Zone, nudge
from genderlens.bundle import Bundle, load_bundle
from genderlens.detection.detectors import find_detector
from genderlens.detection.looks import Looks
from genderlens.types import Box
from held_out import Labelled, held_out_faces, leaning, scenes, surrounded

OUT: Final = Path(__file__).parents[1] / "docs" / "figures" / "crop_choices.json"
ROLLS: Final = (0, 11, -11)
ZONES: Final[tuple[Zone, ...]] = ((4.0, 8.0), (8.0, 16.0), (12.0, 20.0), NEVER)
NUDGES: Final = (0.02, 0.05, 0.1)
YAWS: Final = (0.0, 0.1, 0.2, 0.35, np.inf)
"""How far the nose lies beside the middle, in heights from eyes to mouth."""
_SAVED_EVERY: Final = 10
_FACE_OF_CROP: Final = 0.88
"""Side of a face in sides of FairFace's crops, about."""


@dataclass(frozen=True)
class Views:
    """A labelled picture, and what is made of it."""

    label: str
    turned: Mapping[int, Image.Image]
    face: Box

    def nudged(self, level: float, seed: int) -> Image.Image:
        return nudge(self.turned[0], self.face, level, seed)


def views_of_faces(faces: Iterator[Labelled]) -> Iterator[Views]:
    """Crops with more around them, turned by known angles."""
    for one in faces:
        size = (2 * one.image.width, 2 * one.image.height)
        wide = surrounded(one.image, 1.0)
        half = _FACE_OF_CROP * one.image.width / 2
        x, y = one.image.size
        turned = {roll: leaning(wide, roll, size=size) for roll in ROLLS}
        yield Views(one.label, turned, Box(x - half, y - half, x + half, y + half))


def views_of_scenes(photos: Iterator[Labelled], cutter: Cutter) -> Iterator[Views]:
    """Whole photos in which somebody is found, as they are."""
    for one in photos:
        (seen,) = cutter.look([one.image], ())
        if seen is not None:
            yield Views(one.label, {0: one.image}, seen.face.box)


def measure(
    views: Iterator[Views],
    cutters: Mapping[str, Cutter],
    bundle: Bundle,
    save: Callable[[dict[str, Any]], None],
) -> None:
    """All figures of one set, by plan; ``save`` gets them every few pictures and at the end."""
    notes = {plan: _Notes(bundle) for plan in cutters}
    for index, one in enumerate(tqdm(views, unit="picture")):
        nudged = [one.nudged(level, 10 * index + n) for n, level in enumerate(NUDGES)]
        for plan, cutter in cutters.items():
            seen = cutter.look([*one.turned.values(), *nudged], ZONES)
            turned = dict(zip(one.turned, seen, strict=False))
            notes[plan].add(one.label, turned, seen[len(turned) :])
        if index % _SAVED_EVERY == _SAVED_EVERY - 1:
            save({plan: note.figures() for plan, note in notes.items()})
    save({plan: note.figures() for plan, note in notes.items()})


class _Notes:
    """What one plan made of a set."""

    def __init__(self, bundle: Bundle) -> None:
        self._positive, self._calibration = bundle.head.positive, bundle.calibration
        self._rolled: dict[tuple[int, Zone], list[tuple[float, bool]]] = defaultdict(list)
        self._nudged: dict[tuple[float, Zone], list[tuple[float, float]]] = defaultdict(list)
        self._yaws: list[tuple[float, float, bool]] = []
        self._missed = 0

    def add(
        self, label: str, turned: Mapping[int, Seen | None], nudged: Sequence[Seen | None]
    ) -> None:
        upright, positive = turned[0], label == self._positive
        if upright is None:
            self._missed += 1
            return
        self._yaws.append((abs(upright.yaw), upright.logits[SERVED], positive))
        for roll, seen in turned.items():
            for zone, logit in seen.logits.items() if seen else ():
                self._rolled[abs(roll), zone].append((logit, positive))
        for level, seen in zip(NUDGES, nudged, strict=True):
            for zone, logit in seen.logits.items() if seen else ():
                self._nudged[level, zone].append((upright.logits[zone], logit))

    def figures(self) -> dict[str, Any]:
        rolled: dict[str, dict[str, Any]] = defaultdict(dict)
        for (roll, zone), told in self._rolled.items():
            logits, positive = np.asarray([x for x, _ in told]), np.asarray([p for _, p in told])
            figures = rightness(logits, positive, self._calibration)
            rolled[f"by {roll}°"][_zone(zone)] = figures
        nudged: dict[str, dict[str, Any]] = defaultdict(dict)
        for (level, zone), pairs in self._nudged.items():
            nudged[f"{level:.0%} of face"][_zone(zone)] = steadiness(pairs, self._calibration)
        return {
            "pictures": len(self._yaws),
            "without_a_face": self._missed,
            "turned": rolled,
            "cut_and_scaled": nudged,
            "yaw": self._by_yaw(),
        }

    def _by_yaw(self) -> dict[str, Any]:
        yaws, logits, positive = (np.asarray(column) for column in zip(*self._yaws, strict=True))
        found = {}
        for low, high in pairwise(YAWS):
            here = (yaws >= low) & (yaws < high)
            if here.any():
                name = f"from {low:g}" if np.isinf(high) else f"{low:g} to {high:g}"
                found[name] = trust(logits[here], positive[here].astype(bool), self._calibration)
        return found


def _zone(zone: Zone) -> str:
    return "never" if zone == NEVER else "{:g} to {:g}°".format(*zone)


def plans(looks: Looks) -> dict[str, Looks]:
    """Those to compare: the shipped one."""
    return {"as_shipped": looks}


pose = find_detector().looks.pose
SERVED: Final[Zone] = (pose.ignored_roll, pose.whole_roll)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("sets", nargs="*", help="fairface_held_out, openimages_half; unset: both")
    parser.add_argument("--every", type=int, default=1, help="only every so many-th face")
    parser.add_argument("--every-scene", type=int, default=1, help="the same of scenes")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    data, bundle = data_folder(), load_bundle()
    cutters = {name: Cutter(bundle, looks) for name, looks in plans(find_detector().looks).items()}
    faces = views_of_faces(held_out_faces(data, bundle, every=given.every))
    photos = views_of_scenes(scenes(data, every=given.every_scene), cutters["as_shipped"])
    sets = {"fairface_held_out": faces, "openimages_half": photos}
    result: dict[str, Any] = {
        "model": bundle.version,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "threads": 1,
        "every": {"faces": given.every, "scenes": given.every_scene},
    }
    for name in given.sets or sets:

        def save(figures: dict[str, Any], name: str = name) -> None:
            result[name] = figures
            given.out.write_text(json.dumps(result, indent=2) + "\n", "utf-8")

        measure(sets[name], cutters, bundle, save)


if __name__ == "__main__":
    main()
