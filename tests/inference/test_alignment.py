"""Heads that tilt, lie and stand on themselves, through everything that cuts a face out."""

from __future__ import annotations

import io
import json
import shutil
import statistics
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import photos
from genderlens.bundle import DESCRIPTION, Bundle, default_bundle_path, load_bundle
from genderlens.errors import BundleError
from genderlens.inference.explain import Explainer
from genderlens.inference.inputs import INPUTS, measure_faces
from genderlens.inference.photo import Photo
from genderlens.inference.predictor import Predictor, create_predictor
from genderlens.labelling.outputs.artifacts import encode_crops
from genderlens.settings import Settings
from genderlens.types import Outcome

CENTRE = (224.0, 117.0)
"""Of the face in the portrait."""
PORTRAIT_LEANS = 6
"""Degrees by which she leans herself: turned by 25 to 60° either way, 4 to 7 more are told."""


def with_align(folder: Path, align: str | None) -> Path:
    """The shipped bundle that says so of its crops, or nothing."""
    shutil.copytree(default_bundle_path(), folder)
    document = json.loads((folder / DESCRIPTION).read_text("utf-8"))
    document["crop"].pop("align", None)
    document["crop"] |= {"align": align} if align else {}
    (folder / DESCRIPTION).write_text(json.dumps(document), "utf-8")
    return folder


@pytest.fixture(scope="module")
def aligned(tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    path = with_align(tmp_path_factory.mktemp("roll") / "bundle", "roll")
    return create_predictor(Settings(model=str(path)))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    path = with_align(tmp_path_factory.mktemp("none") / "bundle", None)
    return create_predictor(Settings(model=str(path)))


def tilted(degrees: float, size: int = 512) -> Image.Image:
    portrait = photos.portrait().rotate(-degrees, Image.Resampling.BICUBIC, center=CENTRE)
    return portrait.resize((size, size))


def encoded(degrees: float) -> bytes:
    return photos.encode(tilted(degrees), "PNG")


def logit(predictor: Predictor, content: bytes) -> float:
    (answer,) = predictor.predict([content])
    return answer.faces[0].logit


@pytest.mark.parametrize("degrees", [-60, -30, 30, 45, 90, 120, 180])
def test_a_tilted_head_gets_nearly_the_answer_of_the_upright_one(
    aligned: Predictor, degrees: float
) -> None:
    upright = logit(aligned, encoded(0))
    (answer,) = aligned.predict([encoded(degrees)])
    assert (answer.outcome, answer.prediction) == (Outcome.CLASSIFIED, "female")
    assert abs(answer.faces[0].logit - upright) < 0.35 * abs(upright)


def test_alignment_is_nearer_to_the_upright_answer_than_none(
    aligned: Predictor, plain: Predictor
) -> None:
    upright, tilts = logit(plain, encoded(0)), (-60, -45, -30, 30, 45, 60, 70)
    mine, theirs = (
        statistics.mean(abs(logit(one, encoded(degrees)) - upright) for degrees in tilts)
        for one in (aligned, plain)
    )
    assert mine < 0.75 * theirs


@pytest.mark.parametrize("degrees", [0, 2, -5])
def test_upright_faces_get_the_very_same_answer(
    aligned: Predictor, plain: Predictor, degrees: float
) -> None:
    mine, theirs = (p.predict([encoded(degrees)])[0] for p in (aligned, plain))
    assert mine.faces[0].logit == theirs.faces[0].logit
    assert mine.faces[0].box == theirs.faces[0].box


def test_a_bundle_of_before_looks_for_nobody_who_lies(
    aligned: Predictor, plain: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found_turned(_: object, __: Image.Image) -> dict[int, list[object]]:
        raise AssertionError("looked at the turned picture")

    cat = photos.encode(photos.landscapes()["cat"])
    monkeypatch.setattr(type(plain._faces), "look_turned", found_turned)
    assert plain.predict([cat])[0].outcome is Outcome.NO_PERSON
    assert plain.predict([encoded(90)])[0].faces[0].box is not None
    with pytest.raises(AssertionError, match="turned picture"):
        aligned.predict([cat])


def test_a_small_lying_face_is_found(aligned: Predictor, plain: Predictor) -> None:
    ground = Image.new("RGB", (700, 500), (120, 130, 110))
    ground.paste(photos.portrait().crop((120, 0, 330, 260)).rotate(90, expand=True), (300, 150))
    content = photos.encode(ground, "PNG")
    (answer,) = aligned.predict([content])
    assert (answer.outcome, answer.person_count) == (Outcome.CLASSIFIED, 1)
    face = answer.faces[0]
    assert face.landmarks is not None
    assert face.landmarks.roll == pytest.approx(-90, abs=10)
    assert face.box is not None
    assert 300 < face.box.center[0] < 560


@pytest.mark.parametrize("policy", ["largest", "all"])
def test_each_of_several_is_turned_for_itself(aligned: Predictor, policy: str) -> None:
    two = np.concatenate([np.asarray(tilted(0, 400)), np.asarray(tilted(50, 400))], axis=1)
    content = photos.encode(Image.fromarray(two), "PNG")
    (answer,) = aligned.predict([content], faces=policy)  # type: ignore[arg-type]
    rolls = sorted(face.landmarks.roll for face in answer.faces if face.landmarks)
    assert len(rolls) == len(answer.faces) == (2 if policy == "all" else 1)
    if policy == "all":
        assert rolls == [0.0, pytest.approx(50 + PORTRAIT_LEANS, abs=3)]


def test_a_large_photo_is_answered_as_a_small_one(aligned: Predictor) -> None:
    small, large = (photos.encode(tilted(40, side), "PNG") for side in (512, 2400))
    assert logit(aligned, large) == pytest.approx(logit(aligned, small), abs=0.6)
    jpeg = photos.encode(tilted(40, 2400), quality=95)
    assert logit(aligned, jpeg) == pytest.approx(logit(aligned, large), abs=0.6)


def test_crops_for_people_are_upright(aligned: Predictor) -> None:
    crops = []
    for degrees in (0, 40):
        image = tilted(degrees)
        (answer,) = aligned.predict([photos.encode(image, "PNG")])
        (crop,) = encode_crops(image, answer, aligned.bundle)
        with Image.open(io.BytesIO(crop)) as opened:
            crops.append(np.asarray(opened.convert("L").resize((32, 32)), float).ravel())
    (leaning,) = encode_crops(tilted(40), aligned.predict([encoded(0)])[0], aligned.bundle)
    with Image.open(io.BytesIO(leaning)) as opened:
        crops.append(np.asarray(opened.convert("L").resize((32, 32)), float).ravel())
    upright, turned, left_leaning = crops
    assert np.corrcoef(upright, turned)[0, 1] > 0.85
    assert np.corrcoef(upright, turned)[0, 1] > np.corrcoef(upright, left_leaning)[0, 1] + 0.1


def test_what_is_explained_is_what_was_seen(aligned: Predictor) -> None:
    explainer = Explainer(aligned)
    faces = []
    for degrees in (0, 40):
        answer, photo = aligned.predict_photo(encoded(degrees))
        assert photo is not None
        spec = aligned.bundle.description.input
        cut = explainer._cut(photo, answer.faces[0], spec.shape, spec.interpolation)
        faces.append(cut.astype(float).ravel())
        assert explainer(encoded(degrees)) is not None
    assert np.corrcoef(*faces)[0, 1] > 0.85


def test_drift_is_measured_of_leaning_faces_too(aligned: Predictor) -> None:
    answer, photo = aligned.predict_photo(encoded(40))
    assert isinstance(photo, Photo)
    (measured,) = measure_faces(aligned.bundle, photo, answer)
    assert set(measured) == set(INPUTS)


def test_what_a_bundle_says_of_alignment_is_checked(tmp_path: Path) -> None:
    assert load_bundle(str(with_align(tmp_path / "a", None))).crop.align == "none"
    assert load_bundle(str(with_align(tmp_path / "b", "roll"))).crop.align == "roll"
    with pytest.raises(BundleError, match=r"crop\.align"):
        load_bundle(str(with_align(tmp_path / "c", "yaw")))


def test_the_shipped_bundle_aligns() -> None:
    bundle: Bundle = load_bundle()
    assert bundle.crop.align == "roll"
