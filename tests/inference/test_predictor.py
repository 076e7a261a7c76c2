"""The one call, on real photographs and on whatever else people send."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import run

import pytest
from PIL import Image

import photos
from genderlens.bundle import load_bundle
from genderlens.errors import DetectorError
from genderlens.inference.classifiers import BundleClassifier
from genderlens.inference.predictor import Predictor, create_predictor
from genderlens.settings import Settings
from genderlens.types import Box, Detection, Outcome


class FakeDetector:
    """Finds what it is told to, or fails."""

    def __init__(self, *found: Detection, fails: bool = False) -> None:
        self.found, self.fails = found, fails

    def detect(self, image: Image.Image) -> Sequence[Detection]:
        if self.fails:
            raise DetectorError("the detector failed")
        return self.found


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return create_predictor(Settings())


PORTRAIT = photos.encode(photos.portrait())


def test_a_portrait_is_classified_with_the_right_label(predictor: Predictor) -> None:
    (answer,) = predictor.predict([PORTRAIT])
    assert (answer.outcome, answer.prediction) == (Outcome.CLASSIFIED, "female")
    assert answer.person_count == 1
    assert answer.error is None
    assert 0.5 < answer.confidence < 1.0
    assert answer.probabilities == {
        "male": pytest.approx(1 - answer.confidence, abs=1e-6),
        "female": pytest.approx(answer.confidence, abs=1e-6),
    }
    assert set(answer.timings_ms) == {"decode", "detect", "classify"}


@pytest.mark.parametrize("name", ["cat", "coffee", "temple", "flower"])
def test_nobody_in_view(predictor: Predictor, name: str) -> None:
    (answer,) = predictor.predict([photos.encode(photos.landscapes()[name])])
    assert (answer.outcome, answer.person_count) == (Outcome.NO_PERSON, 0)
    assert answer.error == (
        "No person detected. Please use a picture that shows one person's face."
    )


@pytest.mark.parametrize("count", [2, 3, 4])
def test_several_people(predictor: Predictor, count: int) -> None:
    (answer,) = predictor.predict([photos.encode(photos.crowd(count))])
    assert (answer.outcome, answer.person_count) == (Outcome.MANY_PEOPLE, count)
    assert answer.error is not None
    assert f"({count} people)" in answer.error


def test_policies_on_a_crowd(predictor: Predictor) -> None:
    crowd = photos.encode(photos.crowd(3))
    (largest,), (everyone,) = (predictor.predict([crowd], faces=p) for p in ("largest", "all"))
    assert (len(largest.faces), largest.person_count) == (1, 3)
    assert (len(everyone.faces), everyone.person_count) == (3, 3)
    assert {face.prediction for face in everyone.faces} == {"female"}
    boxes = sorted(face.box.left for face in everyone.faces if face.box)
    assert boxes[1] - boxes[0] == pytest.approx(512, abs=8)


def test_cropped_looks_for_no_face(predictor: Predictor) -> None:
    (detected,) = predictor.predict([PORTRAIT])
    assert detected.faces[0].box is not None
    square = predictor.bundle.crop.square(detected.faces[0].box)
    edges = (round(edge) for edge in (square.left, square.top, square.right, square.bottom))
    face = photos.portrait().crop(tuple(edges))
    (answer,) = predictor.predict([photos.encode(face, "PNG")], faces="cropped")
    assert answer.prediction == detected.prediction
    assert answer.faces[0].logit == pytest.approx(detected.faces[0].logit, abs=1.0)
    assert answer.faces[0].box is None
    (cat,) = predictor.predict([photos.encode(photos.landscapes()["cat"])], faces="cropped")
    assert cat.outcome in {Outcome.CLASSIFIED, Outcome.UNCERTAIN}


def test_one_bad_picture_never_costs_the_others(predictor: Predictor) -> None:
    answers = predictor.predict([PORTRAIT, b"text", PORTRAIT])
    assert [a.outcome.value for a in answers] == ["classified", "unreadable", "classified"]
    assert answers[1].error_code == "unsupported_format"
    assert answers[0] == answers[2]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_changes_nothing(predictor: Predictor, orientation: int) -> None:
    turned = photos.portrait()
    if orientation in photos.STORED:
        turned = turned.transpose(photos.STORED[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    plain = photos.encode(photos.portrait(), "PNG")
    marked = photos.encode(turned, "PNG", exif=exif)
    (expected,), (found,) = predictor.predict([plain]), predictor.predict([marked])
    assert found.faces[0].answer.positive_share == pytest.approx(
        expected.faces[0].answer.positive_share, abs=1e-3
    )


def test_a_detector_that_fails_never_means_one_person() -> None:
    predictor = Predictor(
        BundleClassifier(load_bundle()), Settings(), faces=FakeDetector(fails=True)
    )
    with pytest.raises(DetectorError):
        predictor.predict([PORTRAIT])


def test_who_wants_the_pixels_gets_them_with_the_answer() -> None:
    predictor = Predictor(BundleClassifier(load_bundle()), Settings(), faces=FakeDetector())
    answer, photo = predictor.predict_photo(PORTRAIT)
    (alone,) = predictor.predict([PORTRAIT])
    assert photo is not None
    assert photo.size == (512, 512)
    assert (answer.outcome, answer.faces) == (alone.outcome, alone.faces)
    unreadable, nothing = predictor.predict_photo(b"no picture")
    assert nothing is None
    assert unreadable.outcome is Outcome.UNREADABLE


def test_people_are_counted_before_faces() -> None:
    person = Detection(Box(0, 0, 250, 500), 0.95)
    face = Detection(Box(177, 55, 271, 179), 0.9)

    def answer(*people: Detection) -> Outcome:
        predictor = Predictor(
            BundleClassifier(load_bundle()),
            Settings(),
            faces=FakeDetector(face),
            people=FakeDetector(*people),
        )
        return predictor.predict([PORTRAIT])[0].outcome

    assert answer() is Outcome.NO_PERSON
    assert answer(person) is Outcome.CLASSIFIED
    assert answer(person, Detection(Box(250, 0, 500, 500), 0.9)) is Outcome.MANY_PEOPLE
    assert answer(person, Detection(Box(250, 0, 260, 20), 0.9)) is Outcome.CLASSIFIED


def test_abstaining_is_a_setting() -> None:
    unsure = create_predictor(Settings(abstain_below=1.0))
    (answer,) = unsure.predict([PORTRAIT])
    assert (answer.outcome, answer.prediction) == (Outcome.UNCERTAIN, None)
    assert answer.confidence > 0.5
    assert answer.probabilities is not None


def test_a_picture_over_the_cap_is_unreadable() -> None:
    small = create_predictor(Settings(max_pixels=1_000_000))
    (answer,) = small.predict([photos.encode(Image.new("RGB", (1001, 1000)))])
    assert answer.error_code == "too_many_pixels"


def test_serving_loads_no_training_library() -> None:
    script = (
        "import sys, photos\n"
        "from genderlens.inference.predictor import create_predictor\n"
        "from genderlens.service.app import create_app\n"
        "from genderlens.settings import Settings\n"
        "create_app(Settings())\n"
        "create_predictor(Settings()).predict([photos.encode(photos.portrait())])\n"
        "heavy = {'torch', 'tensorflow', 'streamlit', 'timm', 'lightning', 'transformers', 'cv2'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)\n"
    )
    done = run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=photos.__file__[:-10]
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_an_answer_loads_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    photo = tmp_path / "portrait.jpg"
    photo.write_bytes(photos.encode(photos.portrait()))
    script = (
        "import sys, genderlens\n"
        "(answer,) = genderlens.load_predictor().predict([sys.argv[1]])\n"
        "assert answer.label\n"
        "needless = {'onnx', 'pyarrow', 'rich', 'sqlalchemy', 'tqdm', 'urllib.request'}\n"
        "needless.add('genderlens.registry.store')\n"
        "sys.exit(', '.join(sorted(needless & set(sys.modules))) or 0)\n"
    )
    command = [sys.executable, "-c", script, str(photo)]
    done = run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_importing_the_package_does_nothing() -> None:
    script = (
        "import sys, genderlens; sys.exit(', '.join({'numpy', 'pydantic'} & set(sys.modules)) or 0)"
    )
    done = run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
