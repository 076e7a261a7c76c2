"""Labels for pictures without a person, and the faces that looking twice costs or wins.

``make figures`` runs it as a part of ``accuracy.py``; alone it prints what it measured. The scenes
are shown whole and in eight more views each, since a detector errs where a thing fills the picture.
Both ways to look answer every photo in turn, so that whatever else the machine does hits each.
"""

from __future__ import annotations

import io
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageOps
from tqdm import tqdm

from common import data_folder, people_counts
from genderlens.data.images import iterate_image_bytes
from genderlens.data.readers import read_source
from genderlens.inference.predictor import Predictor, create_predictor
from genderlens.settings import Settings, load_settings
from genderlens.types import Outcome, Prediction

_QUALITY: Final = 95


def views_of(scene: Image.Image) -> Iterator[tuple[str, Image.Image]]:
    """Quarters, grey, mirrored, and two crops around the centre."""
    width, height = scene.size
    for row in range(2):
        for column in range(2):
            corner = column * width // 2, row * height // 2
            size = (width // 2, height // 2)
            yield f"quarter {row}{column}", _cut(scene, corner, size)
    yield "grey", ImageOps.grayscale(scene).convert("RGB")
    yield "mirrored", ImageOps.mirror(scene)
    for share in (2, 4):
        margin = width // (2 * share), height // (2 * share)
        size = width - 2 * margin[0], height - 2 * margin[1]
        yield f"centre without 1/{share}", _cut(scene, margin, size)


def measure_nobody(data: Path, settings: Settings) -> dict[str, Any]:
    """Labels where nobody is, faces found where somebody is, and time, by the way of looking."""
    first = settings.model_copy(update={"face_sure_score": 0.0})
    ways = {"first_sight": create_predictor(first), "looked_twice": create_predictor(settings)}
    scenes = [path for people, path in people_counts(data / "coco") if not people]
    people = [path for people, path in people_counts(data / "coco") if people]
    celeba = read_source(str(data / "celeba")).select("test")
    open_images = sorted((data / "openimages" / "images").glob("*.jpg"))
    views = _labelled(ways, scenes)
    found = {
        "coco_people": _answers(ways, (path.read_bytes() for path in people)),
        "openimages": _answers(ways, (path.read_bytes() for path in open_images)),
        "celeba_test": _answers(ways, iterate_image_bytes(celeba)),
    }
    return {
        "scenes": len(scenes),
        "views": views,
        "found": {name: _faces(answers) for name, answers in found.items()},
        "time_with_a_face": round(_time_ratio(list(found.values())), 4),
    }


def _cut(scene: Image.Image, corner: tuple[int, int], size: tuple[int, int]) -> Image.Image:
    return scene.crop((*corner, corner[0] + size[0], corner[1] + size[1]))


Answers = list[dict[str, tuple[Prediction, float]]]
"""Of each picture the answer and its CPU seconds, by the way of looking."""


def _answers(ways: Mapping[str, Predictor], contents: Iterable[bytes]) -> Answers:
    answers: Answers = []
    for number, content in enumerate(tqdm(contents, desc="looking", unit="photo")):
        timed = {}
        for name in sorted(ways, reverse=bool(number % 2)):
            start = time.thread_time()
            (answer,) = ways[name].predict([content])
            timed[name] = (answer, time.thread_time() - start)
        answers.append(timed)
    return answers


def _labelled(ways: Mapping[str, Predictor], scenes: Iterable[Path]) -> dict[str, Any]:
    """How many of the views got a label, and which."""
    names: list[str] = []
    contents: list[bytes] = []
    for path in scenes:
        scene = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
        for view, image in views_of(scene):
            stream = io.BytesIO()
            image.save(stream, "JPEG", quality=_QUALITY)
            names.append(f"{path.stem} {view}")
            contents.append(stream.getvalue())
    answers = _answers(ways, contents)
    labelled = {
        way: [
            name
            for name, timed in zip(names, answers, strict=True)
            if timed[way][0].outcome is Outcome.CLASSIFIED
        ]
        for way in ways
    }
    return {"pictures": len(names), **labelled}


def _faces(answers: Answers) -> dict[str, Any]:
    """Outcomes, and how many were not refused for want of a face."""
    counted: dict[str, Any] = {"pictures": len(answers)}
    for way in answers[0]:
        outcomes = Counter(timed[way][0].outcome.value for timed in answers)
        with_face = len(answers) - outcomes[Outcome.NO_PERSON.value]
        counted[way] = {"with_face": with_face, "outcomes": dict(outcomes)}
    return counted


def _time_ratio(sets: Iterable[Answers]) -> float:
    """CPU time of photos in which both ways find a face, the second over the first."""
    spent = Counter[str]()
    for timed in (timed for answers in sets for timed in answers):
        if all(answer.outcome is not Outcome.NO_PERSON for answer, _ in timed.values()):
            spent.update({way: seconds for way, (_, seconds) in timed.items()})
    return spent["looked_twice"] / spent["first_sight"]


if __name__ == "__main__":
    print(json.dumps(measure_nobody(data_folder(), load_settings()), indent=2))
