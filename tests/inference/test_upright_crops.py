"""Pictures that are cut out already and lean: taken as they are, or turned upright where asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import photos
from genderlens.bundle import load_bundle
from genderlens.detection.faces import CenterFace
from genderlens.inference.classifiers import BundleClassifier
from genderlens.inference.explain import Explainer
from genderlens.inference.inputs import measure_faces
from genderlens.inference.predictor import Predictor, create_predictor
from genderlens.labelling.outputs.artifacts import encode_crops
from genderlens.settings import Settings
from genderlens.types import Outcome

FACE = (170, 71, 280, 181)
"""Around the face of the portrait, as a data set of crops has it."""


@pytest.fixture(scope="module")
def upright() -> Predictor:
    return create_predictor(Settings(faces="cropped", upright_crops=True))


@pytest.fixture(scope="module")
def as_is() -> Predictor:
    return create_predictor(Settings(faces="cropped"))


def crop(degrees: float, *, expand: bool = False) -> Image.Image:
    cut = photos.portrait().crop(FACE)
    return cut.rotate(-degrees, Image.Resampling.BICUBIC, expand=expand)


def logit(predictor: Predictor, image: Image.Image) -> float:
    (answer,) = predictor.predict([photos.encode(image, "PNG")])
    return answer.faces[0].logit


@pytest.mark.parametrize("degrees", [-60, -30, 30, 90, 180, -90])
def test_a_crop_that_leans_gets_nearly_the_answer_of_the_upright_one(
    upright: Predictor, as_is: Predictor, degrees: float
) -> None:
    wanted = logit(as_is, crop(0))
    mine, theirs = (abs(logit(p, crop(degrees)) - wanted) for p in (upright, as_is))
    assert mine < 0.35 * abs(wanted)
    assert mine < theirs or abs(degrees) < 60


def test_a_lying_crop_of_another_aspect_is_seen_whole(upright: Predictor) -> None:
    wanted = logit(upright, crop(0))
    lying = logit(upright, crop(90, expand=True))
    assert lying == pytest.approx(wanted, abs=0.1 * abs(wanted))


@pytest.mark.parametrize("degrees", [0, 3])
def test_an_upright_crop_is_answered_by_the_very_same_pixels(
    upright: Predictor, as_is: Predictor, degrees: float
) -> None:
    assert logit(upright, crop(degrees)) == logit(as_is, crop(degrees))


def test_what_shows_no_face_is_taken_as_it_is(upright: Predictor, as_is: Predictor) -> None:
    cat = photos.landscapes()["cat"].resize((160, 160))
    assert logit(upright, cat) == logit(as_is, cat)


def test_a_model_that_does_not_align_is_not_helped(as_is: Predictor) -> None:
    bundle = load_bundle()
    crops = bundle.description.crop.model_copy(update={"align": "none"})
    told = replace(bundle, description=bundle.description.model_copy(update={"crop": crops}))
    settings = Settings(faces="cropped", upright_crops=True)
    plain = Predictor(BundleClassifier(told), settings, faces=CenterFace())
    assert logit(plain, crop(30)) == logit(as_is, crop(30))


def test_the_answer_names_no_box_of_a_crop(upright: Predictor) -> None:
    (answer,) = upright.predict([photos.encode(crop(40), "PNG")])
    assert (answer.outcome, answer.person_count) == (Outcome.CLASSIFIED, 1)
    told = answer.faces[0].to_dict()
    assert (told["box"], told["detection_score"]) == (None, None)


def test_all_that_shows_the_crop_shows_it_upright(upright: Predictor) -> None:
    content, image = photos.encode(crop(40), "PNG"), crop(40)
    answer, photo = upright.predict_photo(content)
    assert photo is not None
    spec = upright.bundle.description.input
    drawn = Explainer(upright)._cut(photo, answer.faces[0], spec.shape, spec.interpolation)
    there = crop(0).resize(spec.shape[::-1])
    alike = np.corrcoef(drawn.astype(float).ravel(), np.asarray(there, float).ravel())[0, 1]
    leaning = np.asarray(image.resize(spec.shape[::-1]), float).ravel()
    assert alike > np.corrcoef(leaning, np.asarray(there, float).ravel())[0, 1] + 0.1
    assert len(encode_crops(image, answer, upright.bundle)) == 1
    assert measure_faces(upright.bundle, photo, answer)[0]["side"] > 100


def test_jobs_of_before_go_on_where_it_is_unset() -> None:
    assert "upright_crops" not in Settings().decisive
    assert Settings(upright_crops=True).decisive["upright_crops"] is True
