"""The plan of looks beside one that lacks a part of it: all pictures alike, or no small network.

Both answer the same labelled pictures in turn: accuracy, verdicts, faces found and CPU time of the
thread. Run ``python benchmarks/looks.py [--beside WAY] [SET…]``, which writes
``docs/figures/looks.json``.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageOps
from tqdm import tqdm

from common import data_folder, machine, people_counts
from genderlens.data.readers import read_source
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.detection.faces import CenterFace, create_centerface
from genderlens.detection.looks import Looks
from genderlens.inference.ensemble import create_classifier
from genderlens.inference.predictor import Predictor
from genderlens.settings import Settings, load_settings
from genderlens.types import FacePolicy, Outcome, Prediction
from groups import make_groups
from nobody import views_of

OUT: Final = Path(__file__).parents[1] / "docs" / "figures" / "looks.json"
_QUALITY: Final = 92
_LARGER: Final = 4
_TILTS: Final = (30.0, -45.0, 90.0, 180.0)


@dataclass(frozen=True)
class Case:
    """A picture, and what is known of it: a label, or how many people there are."""

    content: bytes
    label: str | None = None
    people: int | None = None


@dataclass
class Tally:
    """What one plan made of a set."""

    outcomes: Counter[str] = field(default_factory=Counter)
    right: int = 0
    right_verdicts: int = 0
    together: int = 0
    spent_s: list[float] = field(default_factory=list)

    def add(self, case: Case, answer: Prediction, seconds: float) -> None:
        self.spent_s.append(seconds)
        self.outcomes[answer.outcome.value] += 1
        if case.label is not None and answer.faces:
            self.right += answer.prediction == case.label
        if case.people is not None:
            counted = min(answer.person_count, 2)
            self.right_verdicts += counted == min(case.people, 2)
            self.together += counted < min(case.people, 2) and counted == 1

    def facts(self, *, labelled: bool) -> dict[str, Any]:
        classified = self.outcomes[Outcome.CLASSIFIED.value]
        facts: dict[str, Any] = {"outcomes": dict(sorted(self.outcomes.items()))}
        if labelled:
            pictures = sum(self.outcomes.values())
            facts["right_of_all"] = round(self.right / pictures, 4)
            facts["right_of_classified"] = round(self.right / max(1, classified), 4)
        else:
            facts["right_verdicts"] = self.right_verdicts
            facts["several_taken_for_one"] = self.together
        facts["median_cpu_ms"] = round(statistics.median(self.spent_s) * 1000.0, 2)
        return facts


ALIKE: Final = "every_picture_alike"
IN_INT8: Final = "as_needed_int8"
CLOSER: Final = "without_refinement"
EVERYWHERE: Final = "without_proposals"
DETECTOR: Final = "detector_looks_coarsely"


BESIDE: Final = (ALIKE, DETECTOR, CLOSER, EVERYWHERE, IN_INT8)
"""What the plan of looks is compared with."""


def looks_of_before(looks: Looks) -> Looks:
    """Every picture as finely as the finest look, turned pictures at 192 px, as shipped before."""
    turned = looks.turned.model_copy(update={"side_px": 192, "min_score": 0.5})
    return looks.model_copy(
        update={"coarse": None, "proposals": None, "closer_px": 160, "turned": turned}
    )


def looks_of_detector(looks: Looks) -> Looks:
    """Coarse looks and turned ones as well are the detector's own."""
    turned = looks.turned.model_copy(update={"network": "detector"})
    coarse = looks.coarse and looks.coarse.model_copy(update={"network": "detector"})
    return looks.model_copy(update={"coarse": coarse, "turned": turned})


def predictors(settings: Settings, beside: str) -> dict[str, Predictor]:
    """The same classifier behind both."""
    classifier = create_classifier(settings)
    given: dict[str, Any] = {
        "max_side_px": settings.detector_max_side_px,
        "min_score": settings.face_min_score,
    }
    shipped = CenterFace(**given)
    if beside == ALIKE:
        other = CenterFace(**given, looks=looks_of_before(shipped.looks))
    elif beside == DETECTOR:
        other = CenterFace(**given, looks=looks_of_detector(shipped.looks))
    elif beside == EVERYWHERE:
        other = CenterFace(**given, looks=shipped.looks.model_copy(update={"proposals": None}))
    elif beside == CLOSER:
        other = CenterFace(**given, looks=shipped.looks.model_copy(update={"refinement": None}))
    else:
        other = create_centerface(**given, precision="int8")
    detectors = {beside: other, "as_needed": shipped}
    return {name: Predictor(classifier, settings, faces=one) for name, one in detectors.items()}


def compare(
    plans: dict[str, Predictor], cases: list[Case], policy: FacePolicy, name: str
) -> dict[str, Any]:
    """Both plans on the same pictures, each taking the first turn by turns."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    moved = verdicts = 0
    for index, case in enumerate(tqdm(cases, desc=name, unit="photo")):
        answers = {}
        for plan in sorted(plans, reverse=bool(index % 2)):
            start = time.thread_time()
            (answers[plan],) = plans[plan].predict([case.content], faces=policy)
            tallies[plan].add(case, answers[plan], time.thread_time() - start)
        before, after = (answers[plan] for plan in plans)
        same_verdict = min(before.person_count, 2) == min(after.person_count, 2)
        verdicts += not same_verdict
        moved += same_verdict and before.prediction != after.prediction
    labelled = any(case.label is not None for case in cases)
    ratios = (a / b for a, b in zip(*(tallies[plan].spent_s for plan in plans), strict=True))
    return {
        "pictures": len(cases),
        "faces": policy,
        **{plan: tallies[plan].facts(labelled=labelled) for plan in plans},
        "verdicts_that_differ": verdicts,
        "labels_that_differ": moved,
        "median_of_ratios_of_cpu_time": round(statistics.median(ratios), 2),
    }


def _encode(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=_QUALITY)
    return stream.getvalue()


def _celeba(data: Path) -> Iterator[Case]:
    test = read_source(str(data / "celeba")).select("test")
    labels = test.column("label")
    for content, label in zip(iterate_image_bytes(test), labels, strict=True):
        yield Case(content, label)


def _celeba_large(data: Path) -> Iterator[Case]:
    """Portraits as large as from a camera: the first look is a coarse one there."""
    for case in _celeba(data):
        image = Image.open(io.BytesIO(case.content)).convert("RGB")
        size = (_LARGER * image.width, _LARGER * image.height)
        yield Case(_encode(image.resize(size, Image.Resampling.LANCZOS)), case.label)


def _openimages(data: Path) -> Iterator[Case]:
    folder = data / "openimages"
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            yield Case((folder / "images" / row["file"]).read_bytes(), row["label"])


def _tilted(data: Path) -> Iterator[Case]:
    for index, case in enumerate(_celeba_large(data)):
        if index % 3 == 0:
            image = Image.open(io.BytesIO(case.content))
            degrees = _TILTS[index // 3 % len(_TILTS)]
            yield Case(_encode(image.rotate(degrees, Image.Resampling.BICUBIC)), case.label)


def _coco(data: Path) -> Iterator[Case]:
    for people, path in people_counts(data / "coco"):
        yield Case(path.read_bytes(), people=people)


def _nobody(data: Path) -> Iterator[Case]:
    for people, path in people_counts(data / "coco"):
        if not people:
            scene = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
            yield Case(path.read_bytes(), people=0)
            for _, image in views_of(scene):
                yield Case(_encode(image), people=0)


def _grouped(data: Path, people: tuple[int, ...], **options: Any) -> Iterator[Case]:
    for group in make_groups(data, people=people, **options):
        yield Case(group.content, people=group.people)


SETS: Final[dict[str, tuple[FacePolicy, Callable[[Path], Iterator[Case]]]]] = {
    "celeba_test": ("single", _celeba),
    "celeba_test_4_times_as_large": ("single", _celeba_large),
    "celeba_test_tilted": ("single", _tilted),
    "openimages": ("largest", _openimages),
    "coco": ("single", _coco),
    "coco_nobody_in_parts": ("single", _nobody),
    "made_up_ones": ("single", lambda data: _grouped(data, (1,), count=100, seed=1)),
    "made_up_pairs": ("single", lambda data: _grouped(data, (2,), count=150, seed=2)),
    "made_up_pairs_of_small_faces": (
        "single",
        lambda data: _grouped(data, (2,), count=65, seed=3, shares=(0.06, 0.12)),
    ),
    "made_up_groups": (
        "single",
        lambda data: _grouped(
            data, (2, 3, 4, 6), count=150, seed=4, shares=(0.1, 0.5), smallest=0.6
        ),
    ),
}
"""What is compared, under which policy."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("sets", nargs="*", help=f"of {', '.join(SETS)}; unset: all")
    parser.add_argument("--every", type=int, default=1, help="only every so many-th picture")
    parser.add_argument("--beside", choices=BESIDE, default=ALIKE)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    data, plans = data_folder(), predictors(load_settings(threads=1), given.beside)
    result: dict[str, Any] = {
        "model": next(iter(plans.values())).version,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "threads": 1,
    }
    for name in given.sets or SETS:
        policy, read = SETS[name]
        result[name] = compare(plans, list(read(data))[:: given.every], policy, name)
        print(name, json.dumps(result[name]), flush=True)
    given.out.write_text(json.dumps(result, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
