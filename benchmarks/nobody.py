"""Labels for pictures without a person, and the faces that looking twice costs or wins.

``make figures`` runs it as a part of ``accuracy.py``; alone it prints what it measured. The scenes
are shown whole and in eight more views each, since a detector errs where a thing fills the picture.
What was seen at first sight is kept, so that one run tells both ways to look apart.
"""

from __future__ import annotations

import io
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageOps
from tqdm import tqdm

from common import data_folder, people_counts
from genderlens.data.readers import read_source
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.detection.coarse import Sought
from genderlens.detection.confirm import Survey
from genderlens.detection.faces import CENTERFACE, CenterFace
from genderlens.detection.gate import face_prominence
from genderlens.detection.sound import load_sound
from genderlens.inference.ensemble import create_classifier
from genderlens.inference.predictor import Predictor
from genderlens.pictures.regions import Region
from genderlens.settings import Settings, load_settings
from genderlens.types import Detection, Outcome

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
    eyes = _Eyes(settings)
    scenes = [path for people, path in people_counts(data / "coco") if not people]
    views = _labelled(eyes, scenes)
    people = [path for people, path in people_counts(data / "coco") if people]
    celeba = read_source(str(data / "celeba")).select("test")
    open_images = sorted((data / "openimages" / "images").glob("*.jpg"))
    eyes.spent = dict.fromkeys(eyes.spent, 0.0)
    found = {
        "coco_people": _faces(eyes, (path.read_bytes() for path in people)),
        "openimages": _faces(eyes, (path.read_bytes() for path in open_images)),
        "celeba_test": _faces(eyes, iterate_image_bytes(celeba)),
    }
    whole, looks = eyes.spent["whole"], eyes.spent["looks"]
    return {
        "scenes": len(scenes),
        "views": views,
        "found": found,
        "time_with_a_face": round(whole / (whole - looks), 4),
    }


class _Detector(CenterFace):
    """Remembers what it saw at first sight, and counts the CPU time of its further looks."""

    seen: Survey
    looks_s = 0.0

    def survey(self, image: Image.Image, weak_score: float, sought: Sought | None = None) -> Survey:
        self.seen, self.looks_s = super().survey(image, weak_score, sought), 0.0
        return self.seen

    def look_closer(self, image: Image.Image, square: Region, min_score: float) -> list[Detection]:
        start = time.thread_time()
        found = super().look_closer(image, square, min_score)
        self.looks_s += time.thread_time() - start
        return found


class _Eyes:
    """One predictor, and what it would have answered at first sight."""

    def __init__(self, settings: Settings) -> None:
        self.spent = {"whole": 0.0, "looks": 0.0}
        """CPU seconds of the photos with a face, and of the further looks at them."""
        self._settings = settings
        self._detector = _Detector(
            max_side_px=settings.detector_max_side_px,
            min_score=settings.face_min_score,
            graph=load_sound(CENTERFACE),
        )
        classifier = create_classifier(settings)
        self._twice = Predictor(classifier, settings, faces=self._detector)
        once = settings.model_copy(update={"face_sure_score": 0.0})
        self._once = Predictor(classifier, once, faces=self._detector)

    def look(self, content: bytes) -> dict[str, Outcome]:
        """The outcome at first sight, and after looking twice."""
        start = time.thread_time()
        answer, photo = self._twice.predict_photo(content)
        spent = time.thread_time() - start
        if answer.outcome is not Outcome.NO_PERSON:
            self.spent["whole"] += spent
            self.spent["looks"] += self._detector.looks_s
        assert photo is not None
        seen = photo.to_original(self._detector.seen.faces)
        first = face_prominence(self._settings).select(seen, photo.size)
        same = len(first) == answer.person_count
        (before,) = [answer] if same else self._once.predict([content])
        return {"first_sight": before.outcome, "looked_twice": answer.outcome}


def _cut(scene: Image.Image, corner: tuple[int, int], size: tuple[int, int]) -> Image.Image:
    return scene.crop((*corner, corner[0] + size[0], corner[1] + size[1]))


def _labelled(eyes: _Eyes, scenes: Sequence[Path]) -> dict[str, Any]:
    """Which of the views got a label."""
    labelled: dict[str, list[str]] = {"first_sight": [], "looked_twice": []}
    pictures = 0
    for path in tqdm(scenes, desc="scenes"):
        scene = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
        for view, image in views_of(scene):
            stream = io.BytesIO()
            image.save(stream, "JPEG", quality=_QUALITY)
            pictures += 1
            for way, outcome in eyes.look(stream.getvalue()).items():
                if outcome is Outcome.CLASSIFIED:
                    labelled[way].append(f"{path.stem} {view}")
    return {"pictures": pictures, **labelled}


def _faces(eyes: _Eyes, contents: Iterable[bytes]) -> dict[str, Any]:
    """Outcomes, and how many were not refused for want of a face."""
    outcomes = [eyes.look(content) for content in tqdm(contents, desc="people", unit="photo")]
    counted: dict[str, Any] = {"pictures": len(outcomes)}
    for way in outcomes[0]:
        found = Counter(each[way].value for each in outcomes)
        with_face = len(outcomes) - found[Outcome.NO_PERSON.value]
        counted[way] = {"with_face": with_face, "outcomes": dict(found)}
    return counted


if __name__ == "__main__":
    print(json.dumps(measure_nobody(data_folder(), load_settings()), indent=2))
