"""Write tests/fixtures: what the real preprocessing makes of synthetic pictures.

python scripts/fixtures.py; run it again where imaging.py, faces.py, calibration.py or the model
change. Pictures and results are raw bytes in base64, so that both sides read the very same.
"""

from __future__ import annotations

import base64
import io
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from skimage import data

from genderlens.bundle import CropSpec, load_bundle
from genderlens.calibration import Calibration
from genderlens.detection import faces as centerface
from genderlens.detection.confirm import face_doubt, find_faces
from genderlens.detection.gate import face_prominence
from genderlens.detection.looks import LOOKS, Looks, read_looks
from genderlens.detection.networks.planes import decode, suppress
from genderlens.detection.pose import read_landmarks, read_pose
from genderlens.detection.upright import look_upright
from genderlens.export.benchmark.measuring import PHOTO_SIZE
from genderlens.export.benchmark.photo import draw_photo
from genderlens.inference.classifiers import BundleClassifier
from genderlens.inference.photo import Photo
from genderlens.inference.predictor import Predictor
from genderlens.inference.private import describe
from genderlens.pictures.imaging import resize_region
from genderlens.pictures.regions import CropGeometry, Region, turned
from genderlens.settings import Settings
from genderlens.types import Box, Detection, Landmarks

TARGET = Path(__file__).parent.parent / "tests" / "fixtures"
PICTURES = {"landscape": (61, 43), "portrait": (50, 83), "large": (181, 122)}
REGIONS = [
    ("landscape", None, (24, 24)),
    ("landscape", (3.25, 4.5, 40.125, 39.75), (32, 32)),
    ("landscape", (-12.3, -7.7, 50.2, 61.4), (32, 24)),
    ("portrait", (10.1, 20.2, 30.3, 33.3), (48, 48)),
    ("portrait", (-300.0, -200.0, 400.0, 500.0), (20, 20)),
    ("large", (30.4, 15.2, 160.9, 121.1), (40, 40)),
    ("large", (-9000.0, -3000.0, 3000.0, 3000.0), (16, 16)),
]
SHRUNK = [
    ("large", (20, 13)),
    ("large", (41, 28)),
    ("large", (128, 87)),
    ("portrait", (7, 11)),
    ("landscape", (61, 43)),
]
PARTS = [(0.1, 0.25, 0.95, 0.9), (0.5, 0.0, 1.0, 0.6)]
"""Of the width and the height."""
DOUBTED = [(160, 0.5, 0.65), (160, 0.7, 0.75), (112, 0.7, 0.99)]
"""Width, least score and sure score: a doubtful face, a weak one, another doubtful one."""
TURNED = [
    ("landscape", (3.25, 4.5, 40.125, 39.75), 20.0, (32, 32)),
    ("landscape", (-12.3, -7.7, 50.2, 61.4), -75.25, (32, 24)),
    ("portrait", (10.1, 20.2, 30.3, 33.3), 180.0, (48, 48)),
    ("large", (30.4, 15.2, 160.9, 121.1), 33.5, (20, 20)),
    ("large", (-20.0, -30.0, 170.0, 160.0), 120.0, (16, 16)),
    ("large", (900.0, 900.0, 990.0, 990.0), 45.0, (16, 16)),
]
LEANING = [0.0, 14.0, 40.0, -75.0, 150.0]
"""Degrees by which a real portrait leans, clockwise."""
COARSE = [
    ((240, 240), [(200, 20, 20)]),
    ((400, 300), [(96, 200, 90)]),
    ((480, 360), [(120, 30, 100), (72, 300, 40)]),
    ((480, 360), [(110, 30, 100), (58, 300, 40)]),
    ((320, 400), [(56, 150, 300)]),
]
"""Sizes of a ground, and side, left and top of portraits on it: seen at once, or by finer looks."""
GREY = 112
FACES = [(60.0, 30.0, 120.5, 110.25), (0.0, 5.0, 70.0, 95.0)]


def main() -> None:
    """Write preprocessing.json and answers.json."""
    pictures = {name: _picture(index, size) for index, (name, size) in enumerate(PICTURES.items())}
    _write(
        "preprocessing.json",
        {
            "pictures": {name: _pack(np.asarray(image)) for name, image in pictures.items()},
            "regions": [_region(pictures, *wish) for wish in _region_wishes()],
            "turned": [_turned(pictures, *wish) for wish in TURNED],
            "poses": _poses(),
            "shrunk": [
                _shrunk(pictures[name], name, size, gap, part)
                for name, size in SHRUNK
                for gap in (2.0, 1.2)
                for part in (None, *PARTS)
            ],
            "crops": [_crop(*wish) for wish in ((1.0, 0.0), (0.75, 25.0), (1.5, -120.0))],
            "calibrated": [_calibrated(*wish) for wish in ((0.7, 1.0), (1.3, 0.6), (2.0, 1.8))],
            "detections": _detections(),
        },
    )
    _write("answers.json", _answers(pictures["large"]))
    _write("doubted.json", {"cases": [_doubted(*wish) for wish in DOUBTED]})
    _write("coarse.json", {"cases": [_coarse(*wish) for wish in COARSE]})
    _write("leaning.json", _leaning())


def _region_wishes() -> list[tuple[Any, ...]]:
    return [(*wish, kind) for wish in REGIONS for kind in ("bilinear", "bicubic", "lanczos")]


def _picture(seed: int, size: tuple[int, int]) -> Image.Image:
    """Waves with noise: smooth parts and sharp ones."""
    generator = np.random.default_rng(seed)
    y, x = np.mgrid[: size[1], : size[0]]
    waves = [127 + 120 * np.sin(x / (3 + 4 * c) + y / (9 - 2 * c)) for c in range(3)]
    noisy = np.stack(waves, -1) + generator.normal(0, 25, (size[1], size[0], 3))
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


def _region(
    pictures: dict[str, Image.Image],
    name: str,
    region: tuple[float, float, float, float] | None,
    shape: tuple[int, int],
    kind: Any,
) -> dict[str, Any]:
    box = Box(*region) if region else None
    found = resize_region(pictures[name], shape, region=box, interpolation=kind)
    return {"picture": name, "region": region, "filter": kind, "result": _pack(found)}


def _turned(
    pictures: dict[str, Image.Image],
    name: str,
    box: tuple[float, float, float, float],
    roll: float,
    shape: tuple[int, int],
) -> dict[str, Any]:
    region = Region(Box(*box), roll)
    found = resize_region(pictures[name], shape, region=region, interpolation="bilinear")
    return {"picture": name, "region": {"box": box, "roll": roll}, "result": _pack(found)}


def _poses() -> list[dict[str, Any]]:
    """Points about a mean face that leans, and what they say."""
    generator, model = np.random.default_rng(9), _looks().pose
    cases = []
    for turned_by, degrees, noise in ((0, 4, 0), (0, 13, 1), (0, -80, 2), (90, 7, 1), (180, 30, 5)):
        places = [turned(50 * x, 50 * y, degrees) for x, y in model.face]
        points = (np.asarray(places) + generator.normal(60, noise, (5, 2))).tolist()
        landmarks = read_landmarks(points, 27.0, model, turned_by=turned_by)
        pose = asdict(read_pose(points, model))
        told = {"trust": landmarks.trust, "roll": landmarks.roll}
        cases.append({"points": points, "turned_by": turned_by, "pose": pose, "told": told})
    return cases


def _leaning() -> dict[str, Any]:
    """Answers for a portrait (Eileen Collins, NASA, public domain) turned about its middle."""
    bundle = load_bundle()
    crop = CropSpec(**{**bundle.description.crop.model_dump(), "align": "roll"})
    aligned = replace(bundle, description=bundle.description.model_copy(update={"crop": crop}))
    settings = Settings(upright_crops=True)
    classifier = BundleClassifier(aligned)
    predictor = Predictor(classifier, settings, faces=centerface.CenterFace())
    portrait = Image.fromarray(data.astronaut()).crop((100, 0, 340, 240))
    cases = []
    for degrees in LEANING:
        image = portrait.rotate(-degrees, Image.Resampling.BICUBIC).resize((96, 96))
        (answer,) = predictor.predict([_png(image)])
        (crop,) = predictor.predict([_png(image)], faces="cropped")
        (face,) = answer.faces
        assert face.box is not None
        assert face.landmarks is not None
        cases.append(
            {
                "picture": _pack(np.asarray(image)),
                "box": _corners(face.box),
                "roll": face.landmarks.roll,
                "trust": face.landmarks.trust,
                "male": face.answer.positive_share,
                "maleAsCrop": crop.faces[0].answer.positive_share,
            }
        )
    return {"facts": describe(aligned, settings), "cases": cases}


def _coarse(size: tuple[int, int], places: list[tuple[int, int, int]]) -> dict[str, Any]:
    """Faces that the plan of looks finds in a picture, and their boxes once they are settled."""
    portrait = Image.fromarray(data.astronaut()).crop((100, 0, 340, 240))
    image, portraits = Image.new("RGB", size, (GREY,) * 3), []
    for side, left, top in places:
        small = portrait.resize((side, side))
        image.paste(small, (left, top))
        portraits.append({"picture": _pack(np.asarray(small)), "at": (left, top)})
    settings, detector = Settings(), centerface.CenterFace()
    photo = Photo(_png(image), max_pixels=settings.max_pixels, enough_px=None)
    found = find_faces(detector, photo, face_prominence(settings), face_doubt(settings))
    settled = look_upright(detector, photo, found)
    return {
        "ground": size,
        "portraits": portraits,
        "found": [{"box": _corners(face.box), "score": face.score} for face in found],
        "settled": [_corners(face.box) for face in settled],
    }


def _looks() -> Looks:
    return read_looks(centerface.CENTERFACE.with_name(LOOKS))


def _shrunk(
    image: Image.Image,
    name: str,
    size: tuple[int, int],
    gap: float,
    shares: tuple[float, float, float, float] | None,
) -> dict[str, Any]:
    """``shares``: left, top, right and bottom of a part, of the width and the height."""
    part = None
    if shares:
        part = tuple(share * side for share, side in zip(shares, 2 * image.size, strict=True))
    found = image.resize(size, Image.Resampling.BILINEAR, part, reducing_gap=gap)
    return {"picture": name, "gap": gap, "part": part, "result": _pack(np.asarray(found))}


def _crop(aspect: float, roll: float) -> dict[str, Any]:
    geometry = CropGeometry(1.129, 0.02, 0.037, aspect, align="roll")
    face = Detection(Box(*FACES[0]), 0.9, Landmarks((), 1.0, roll))
    region = geometry.around(face)
    return {
        "face": FACES[0],
        "roll": roll,
        "crop": asdict(geometry),
        "square": _corners(region.box),
    }


def _calibrated(temperature: float, exponent: float) -> dict[str, Any]:
    logits = [-40.0, -3.0, -0.2, 0.0, 0.4, 2.5, 40.0]
    calibration = Calibration(temperature, 0.55, exponent)
    found = calibration.probability_positive(np.asarray(logits)).tolist()
    return {
        "calibration": {"temperature": temperature, "abstain_below": 0.55, "exponent": exponent},
        "logits": logits,
        "probabilities": found,
    }


def _detections() -> dict[str, Any]:
    """Outputs of a detector that were made up, and the faces in them."""
    generator = np.random.default_rng(5)
    rows, columns = 8, 12
    heat = generator.uniform(0, 1, (1, rows, columns)).astype(np.float32)
    size = generator.normal(1.5, 0.4, (2, rows, columns)).astype(np.float32)
    offset = generator.uniform(-0.5, 0.5, (2, rows, columns)).astype(np.float32)
    places = generator.uniform(0, 1, (10, rows, columns)).astype(np.float32)
    found = decode([heat, size, offset, places], 0.8)
    kept = suppress(found.boxes, found.scores, 0.3)
    return {
        "rows": rows,
        "columns": columns,
        **{
            name: plane.ravel().tolist()
            for name, plane in (
                ("heat", heat),
                ("size", size),
                ("offset", offset),
                ("landmarks", places),
            )
        },
        "min_score": 0.8,
        "boxes": found.boxes.tolist(),
        "points": found.points.tolist(),
        "scores": found.scores.tolist(),
        "kept": kept,
    }


def _doubted(width: int, min_score: float, sure_score: float) -> dict[str, Any]:
    """Faces that the real detector finds in a drawn portrait, and then finds again, or not."""
    drawn = Image.open(io.BytesIO(draw_photo(*PHOTO_SIZE))).convert("RGB")
    image = drawn.resize((width, width * 3 // 4))
    settings = Settings(face_min_score=min_score, face_sure_score=sure_score)
    detector = centerface.CenterFace(min_score=min_score)
    photo = Photo(_png(image), max_pixels=settings.max_pixels, enough_px=None)
    found = find_faces(detector, photo, face_prominence(settings), face_doubt(settings))
    return {
        "picture": _pack(np.asarray(image)),
        "faces": asdict(face_prominence(settings)),
        "doubt": asdict(face_doubt(settings)),
        "found": [{"box": _corners(face.box), "score": face.score} for face in found],
    }


def _png(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def _answers(image: Image.Image) -> dict[str, Any]:
    """Probabilities of the default model for given faces of the large picture."""
    bundle = load_bundle()
    classifier = BundleClassifier(bundle)
    faces = [Detection(Box(*face), 0.9) for face in FACES]
    found = classifier.logits(image, [*faces, None], classifier.heads[:1])
    logits = [logit for ((logit,),) in found]
    calibration = classifier.calibration_of(classifier.heads[0])
    male = calibration.probability_positive(np.asarray(logits)).tolist()
    return {
        "facts": describe(bundle, Settings()),
        "faces": [*FACES, None],
        "logits": logits,
        "probabilities": male,
    }


def _corners(box: Box) -> list[float]:
    return [box.left, box.top, box.right, box.bottom]


def _pack(pixels: np.ndarray[Any, Any]) -> dict[str, Any]:
    height, width, _ = pixels.shape
    data = base64.b64encode(pixels.tobytes()).decode("ascii")
    return {"width": width, "height": height, "data": data}


def _write(name: str, content: dict[str, Any]) -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    (TARGET / name).write_text(json.dumps(content) + "\n", "utf-8")


if __name__ == "__main__":
    main()
