"""Small jobs with a predictor that answers at once, for tests of everything around it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from genderlens.bundle import Bundle, load_bundle
from genderlens.errors import DetectorError
from genderlens.inference.photo import Photo
from genderlens.labelling.engines import Engine
from genderlens.labelling.job import LabellingJob
from genderlens.labelling.plan import ShardPlan
from genderlens.labelling.run import RunOptions
from genderlens.labelling.shard import label_shard
from genderlens.settings import Settings
from genderlens.types import Box, FaceResult, Outcome, Prediction
from made_answers import DefaultQuestions, face_result

QUIET = RunOptions(progress=False)
CHANGING = {"run.json", "plan.json", "lock", "report.html"}
"""Files that tell times."""


class FakePredictor:
    """Answers by the bytes: about one in four is refused, one in four uncertain."""

    def __init__(self, delay_s: float = 0.0) -> None:
        self.version, self.device, self.delay_s = "fake-1", "cpu", delay_s
        self.seen: list[bytes] = []
        self.questions = DefaultQuestions()

    @property
    def bundle(self) -> Bundle:
        return load_bundle()

    def predict_photo(self, content: bytes) -> tuple[Prediction, Photo | None]:
        time.sleep(self.delay_s)
        self.seen.append(content)
        digest = hashlib.sha256(content).digest()
        if not content.startswith(b"\x89PNG"):
            return self.refuse("unsupported_format", "no picture"), None
        photo = Photo(content, max_pixels=1_000_000, enough_px=None)
        if digest[0] % 4 == 0:
            return Prediction(Outcome.NO_PERSON, 0, self.version, (), "nobody", "no_person"), photo
        face = self._face(digest, uncertain=digest[0] % 4 == 1)
        timings = {"decode": 0.1, "detect": 0.1, "classify": 0.1}
        return Prediction(face.outcome, 1, self.version, (face,), timings_ms=timings), photo

    def refuse(self, code: str, text: str) -> Prediction:
        return Prediction(Outcome.UNREADABLE, 0, self.version, (), text, code)

    def _face(self, digest: bytes, *, uncertain: bool) -> FaceResult:
        positive = 0.5 + (digest[1] - 128) / 256 / (20 if uncertain else 1)
        outcome = Outcome.UNCERTAIN if uncertain else Outcome.CLASSIFIED
        return face_result(positive, outcome, box=Box(4.0, 6.0, 20.0, 30.0), score=0.9)


class CrashingPredictor(FakePredictor):
    """Its detector fails."""

    def predict_photo(self, content: bytes) -> tuple[Prediction, Photo | None]:
        raise DetectorError("crashed")


def write_pictures(folder: Path, count: int, seed: int = 0) -> Path:
    """Different noise, 40×40, as PNG, spread over two folders."""
    rng = np.random.default_rng(seed)
    for index in range(count):
        path = folder / ("ab"[index % 2]) / f"{index:03d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = rng.integers(0, 256, (40, 40, 3), dtype=np.uint8)
        Image.fromarray(noise).save(path)
    return folder


def make_job(source: Path | str, out: Path, **changes: Any) -> LabellingJob:
    """A job of small shards."""
    values = {"settings": Settings(), "bundles": "fake", "shard_size": 4, **changes}
    return LabellingJob(source=str(source), out=out, **values)


def inline(predictor: FakePredictor) -> Engine:
    """An engine in this process."""

    def run(
        job: LabellingJob, plan: ShardPlan, numbers: Sequence[int], workers: int | None
    ) -> Iterator[int]:
        for number in numbers:
            label_shard(job, plan, number, predictor)  # type: ignore[arg-type]
            yield 1

    return run


def use(monkeypatch: pytest.MonkeyPatch, predictor: FakePredictor) -> FakePredictor:
    """From now on ``run_job`` asks this predictor."""
    monkeypatch.setattr("genderlens.labelling.run.load_engine", lambda _: inline(predictor))
    return predictor


def digests(out: Path) -> dict[str, str]:
    """SHA-256 of every file that does not tell times."""
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name not in CHANGING and path.parent.name != "progress"
    }
