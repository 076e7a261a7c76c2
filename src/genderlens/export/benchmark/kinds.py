"""Five kinds of drawn photo, from bytes to answer in the ways there are, on one thread.

``plan of looks`` is what serves; ``every picture alike`` looks at each as finely as the finest look
does; ``plain loop`` is a first script's: full decoding, detection at full size, FP32; ``limit`` the
least work there is: a reduced decode, the smallest looks and one classification by bare sessions;
``SCRFD work`` a network that works as much as SCRFD-500M at 640 px, whose weights may not be
shipped.
"""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
from PIL import Image

from genderlens.bundle import MODEL, Bundle
from genderlens.detection.faces import CENTERFACE, CenterFace
from genderlens.detection.networks.face import COARSE
from genderlens.detection.networks.inputs import MULTIPLE
from genderlens.detection.networks.refinement import REFINEMENT
from genderlens.errors import BundleError
from genderlens.export.benchmark.photo import MIN_SCORE, draw_photo
from genderlens.export.benchmark.synthetic import SIDE_PX, build_scrfd_work
from genderlens.export.int8.verify import interleave
from genderlens.graphs.runtime import LOGIT, Session
from genderlens.inference.predictor import Predictor, create_predictor
from genderlens.pictures.imaging import normalize
from genderlens.settings import load_settings

SERVES: Final = "plan of looks"
PLAIN: Final = "plain loop"
WAYS: Final = (SERVES, "every picture alike", PLAIN, "limit", "SCRFD work")
_SCENE_PX: Final = (1280, 960)
_LARGE: Final = "12 megapixels"
"""Too large for the plain loop, which would take gigabytes."""

Answer = Callable[[bytes], object]


def draw_kinds() -> dict[str, bytes]:
    """Kind → JPEG: one face, five, one far away, none, and one in 12 megapixels."""
    nobody = draw_photo(*_SCENE_PX, face=False)
    scene, face = (Image.open(io.BytesIO(one)) for one in (nobody, draw_photo(1000, 1000)))
    group, far = scene.copy(), scene.copy()
    for number in range(5):
        group.paste(face.resize((248, 248)), (5 + 255 * number, 350))
    far.paste(face.resize((260, 260)), (700, 500))
    return {
        "portrait": draw_photo(1000, 1000),
        "group": _encode(group),
        "far face": _encode(far),
        "nobody": nobody,
        _LARGE: draw_photo(4000, 3000),
    }


def _encode(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=90)
    return stream.getvalue()


def measure_kinds(bundle: Bundle, rounds: int) -> dict[str, dict[str, dict[str, float]]]:
    """Kind → way → ``cpu_ms``, the median, and ``ratio``, how often the plan of looks fits in.

    Raises BundleError where the plan of looks sees nobody in a photo that shows somebody.
    """
    photos, predictor = draw_kinds(), _predictor(bundle)
    for kind, content in photos.items():
        people = predictor.predict([content])[0].person_count
        if bool(people) == (kind == "nobody"):
            raise BundleError(f"the drawn photo {kind!r} shows {people} faces to the detector")
    ways = list_ways(bundle, predictor)
    found = {}
    for kind, content in photos.items():
        calls = {
            name: partial(answer, content)
            for name, answer in ways.items()
            if (name, kind) != (PLAIN, _LARGE)
        }
        spent = interleave(list(calls.values()), rounds=rounds, clock=time.thread_time)
        medians = dict(zip(calls, map(statistics.median, spent), strict=True))
        found[kind] = {
            name: {
                "cpu_ms": round(1000.0 * seconds, 2),
                "ratio": round(seconds / max(medians[SERVES], 1e-9), 2),
            }
            for name, seconds in medians.items()
        }
    return found


def list_ways(bundle: Bundle, predictor: Predictor) -> dict[str, Answer]:
    """The ways to answer, by name; ``predictor`` is the first of them."""
    alike = _predictor(bundle)
    assert isinstance(alike._faces, CenterFace)
    alike._faces.looks = alike._faces.looks.model_copy(update={"coarse": None})
    answers: tuple[Answer, ...] = (
        lambda content: predictor.predict([content]),
        lambda content: alike.predict([content]),
        plain_loop(bundle),
        limit(bundle),
        scrfd_work(),
    )
    return dict(zip(WAYS, answers, strict=True))


def _predictor(bundle: Bundle) -> Predictor:
    settings = load_settings(
        model=str(bundle.path),
        faces="all",
        face_min_score=MIN_SCORE,
        face_sure_score=0.0,
        threads=1,
    )
    return create_predictor(settings)


def plain_loop(bundle: Bundle) -> Answer:
    """What a first script does with the same files."""
    detector, spec = Session(CENTERFACE.read_bytes()), bundle.description.input
    classifier = Session((bundle.path / MODEL).read_bytes())

    def answer(content: bytes) -> object:
        image = Image.open(io.BytesIO(content)).convert("RGB")
        pixels = np.asarray(image)
        height, width = (side - side % MULTIPLE for side in pixels.shape[:2])
        heat, size = detector.run({detector.input_name: pixels[None, :height, :width]})[:2]
        row, column = np.unravel_index(int(heat[0, 0].argmax()), heat.shape[2:])
        half = 2.25 * float(np.exp(size[0, :, row, column]).max())
        x, y = column * 4 + 2, row * 4 + 2
        region = (round(x - half), round(y - half), round(x + half), round(y + half))
        face = np.asarray(image.crop(region).resize(spec.shape[::-1]))
        values = normalize(face[None], spec.mean, spec.std)
        return classifier.run({classifier.input_name: values}, [LOGIT])

    return answer


def limit(bundle: Bundle) -> Answer:
    """The least work there is: a reduced decode, the small networks once, one classification."""
    looks, spec = CenterFace().looks, bundle.description.input
    assert looks.coarse is not None
    assert looks.refinement is not None
    small = {COARSE: looks.coarse.side_px, REFINEMENT: looks.refinement.side_px}
    networks = [
        (Session(CENTERFACE.with_name(name).read_bytes()), side) for name, side in small.items()
    ]
    classifier, side_px = bundle.create_session(), 2 * looks.coarse.side_px

    def answer(content: bytes) -> object:
        image = Image.open(io.BytesIO(content))
        image.draft("RGB", (side_px, side_px))
        for network, side in networks:
            pixels = np.asarray(image.resize((side, side), Image.Resampling.BILINEAR))
            network.run({network.input_name: pixels[None]})
        face = np.asarray(image.resize(spec.shape[::-1], Image.Resampling.BILINEAR))
        values = normalize(face[None], spec.mean, spec.std)
        return classifier.run({classifier.input_name: values}, [LOGIT])

    return answer


def scrfd_work() -> Answer:
    """Decoding, and what detection alone takes with a network of SCRFD-500M's size."""
    session = Session(build_scrfd_work())
    mean, std = (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)

    def answer(content: bytes) -> object:
        image = Image.open(io.BytesIO(content))
        image.draft("RGB", (SIDE_PX, SIDE_PX))
        pixels = np.asarray(image.convert("RGB").resize((SIDE_PX, SIDE_PX)))
        return session.run({session.input_name: normalize(pixels[None], mean, std)})

    return answer
