"""How many labels change when the detector's box moves: what a face is cut by is not what it is."""

from __future__ import annotations

from typing import Final

import numpy as np
from tqdm import tqdm

from genderlens.bundle import BoxJitter, Bundle, write_bundle
from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.detection import Detector
from genderlens.detection.moved import BoxMove, move_boxes
from genderlens.evaluation.figures.intervals import REPLICATES, SEED, percentile_interval
from genderlens.export.int8.crops import spread
from genderlens.inference.classifiers import BundleClassifier
from genderlens.inference.predictor import Predictor
from genderlens.settings import Settings
from genderlens.types import Prediction

SHIFT: Final = 0.03
"""Roots of the box's area that it is moved by: a few pixels of a face of a hundred."""
GROWTH: Final = 1.05
"""Times that its sides grow or shrink."""
MOVES: Final = (
    BoxMove(across=SHIFT),
    BoxMove(across=-SHIFT),
    BoxMove(down=SHIFT),
    BoxMove(down=-SHIFT),
    BoxMove(times=GROWTH),
    BoxMove(times=1 / GROWTH),
)
PICTURES: Final = 600
"""That are looked at, of those that judge."""


def note_box_jitter(bundle: Bundle, manifest: Manifest, detector: Detector) -> Bundle:
    """The bundle, whose accuracy is measured, with that beside it, written."""
    description = bundle.description
    assert description.evaluation is not None
    found = {"box_jitter": measure_box_jitter(bundle, manifest, detector)}
    evaluation = description.evaluation.model_copy(update=found)
    return write_bundle(bundle.path, description.model_copy(update={"evaluation": evaluation}))


def measure_box_jitter(bundle: Bundle, manifest: Manifest, detector: Detector) -> BoxJitter | None:
    """Labels that change in pictures of faces as photos; None where no face is found in any."""
    settings, classifier = Settings(faces="largest"), BundleClassifier(bundle)
    still = Predictor(classifier, settings, faces=detector)
    moved = [Predictor(classifier, settings, faces=move_boxes(detector, move)) for move in MOVES]
    sample, changed = spread(manifest, PICTURES), []
    contents = tqdm(
        iterate_image_bytes(sample), total=len(sample), desc="moving boxes", leave=False
    )
    for content in contents:
        label = _likelier(still.predict([content])[0])
        if label is not None:
            labels = [_likelier(one.predict([content])[0]) for one in moved]
            compared = [other != label for other in labels if other is not None]
            changed += [np.mean(compared)] if compared else []
    return _estimate(np.asarray(changed, np.float64)) if changed else None


def _likelier(answer: Prediction) -> str | None:
    return answer.faces[0].answer.likelier if answer.faces else None


def _estimate(changed: np.ndarray) -> BoxJitter:
    """From the share of labels that changed of each picture."""
    count, generator = len(changed), np.random.default_rng(SEED)
    drawn = generator.integers(0, count, (REPLICATES, count))
    value, replicates = float(changed.mean()), changed[drawn].mean(axis=1)
    share = percentile_interval(value, replicates, count, support=count)
    return BoxJitter(changed=share.rounded(5), moves=len(MOVES), shift=SHIFT, growth=GROWTH)
