"""Faces to log-odds, under one view and under many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

import photos
from genderlens.bundle import load_bundle
from genderlens.inference.classifiers import VIEWS, BundleClassifier
from genderlens.pictures.imaging import normalize, resize_region
from genderlens.types import Box, Detection

FACE = Detection(Box(177.0, 55.0, 271.0, 179.0), 0.9)


@pytest.fixture(scope="module")
def plain() -> BundleClassifier:
    return BundleClassifier(load_bundle(), tta="off")


def _counting(classifier: BundleClassifier) -> list[int]:
    """The batch sizes that reach ONNX Runtime from now on."""
    sizes: list[int] = []
    session: Any = classifier._session

    class Watching:
        input_name, output_names = session.input_name, session.output_names

        def run(self, inputs: dict[str, np.ndarray], *wanted: Any) -> Any:
            sizes.append(len(inputs[self.input_name]))
            return session.run(inputs, *wanted)

    classifier._session = Watching()  # type: ignore[assignment]
    return sizes


def logits(
    classifier: BundleClassifier, image: Image.Image, faces: Sequence[Detection | None]
) -> list[float]:
    """Of the first head."""
    return [face[0][0] for face in classifier.logits(image, faces, classifier.heads[:1])]


def test_one_view_is_the_graph_and_nothing_else(plain: BundleClassifier) -> None:
    bundle = load_bundle()
    spec = bundle.description.input
    session = bundle.create_session()
    square = resize_region(
        photos.portrait(),
        spec.shape,
        region=bundle.crop.square(FACE.box),
        interpolation=spec.interpolation,
    )
    values = normalize(square[None], spec.mean, spec.std)
    expected = float(session.run({session.input_name: values})[0].ravel()[0])
    assert logits(plain, photos.portrait(), (FACE,)) == [expected]


def test_flip_averages_a_picture_and_its_mirror_image(plain: BundleClassifier) -> None:
    picture = photos.portrait()
    both = [logits(plain, image, (None,))[0] for image in (picture, ImageOps.mirror(picture))]
    assert abs(both[0] - both[1]) > 1e-3
    flipping = BundleClassifier(load_bundle(), tta="flip")
    assert logits(flipping, picture, (None,)) == [pytest.approx(np.mean(both), abs=0.02)]


@pytest.mark.parametrize("tta", VIEWS)
def test_all_views_of_a_picture_share_one_batch(tta: Any) -> None:
    classifier = BundleClassifier(load_bundle(), tta=tta)
    sizes = _counting(classifier)
    assert len(logits(classifier, photos.portrait(), (FACE, None))) == 2
    assert sizes == [2 * len(VIEWS[tta])]


def test_a_crowd_is_cut_into_batches_and_keeps_its_order(plain: BundleClassifier) -> None:
    classifier = BundleClassifier(load_bundle(), tta="crops")
    picture = photos.portrait()
    shifted = [Box(177.0 + 3 * i, 55.0, 271.0 + 3 * i, 179.0) for i in range(23)]
    faces = [Detection(box, 0.9) for box in shifted]
    alone = [logits(classifier, picture, (face,))[0] for face in faces]
    sizes = _counting(classifier)
    assert logits(classifier, picture, faces) == pytest.approx(alone, abs=1e-4)
    assert max(sizes) <= 64
    assert sum(sizes) == 23 * 6


def test_the_bundle_recommends_and_the_setting_overrides() -> None:
    bundle = load_bundle()
    wish = bundle.description.inference.model_copy(update={"tta": "flip"})
    description = bundle.description.model_copy(update={"inference": wish})
    recommending = type(bundle)(bundle.path, description)
    picture = Image.effect_noise((64, 64), 80).convert("RGB")

    def views(**choice: Any) -> list[int]:
        classifier = BundleClassifier(recommending, **choice)
        sizes = _counting(classifier)
        logits(classifier, picture, (None,))
        return sizes

    assert views() == [2]
    assert views(tta="off") == [1]
