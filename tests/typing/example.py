"""A small project as somebody who uses the package would write it; type checkers read it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import assert_type

import numpy as np
from numpy.typing import NDArray
from PIL import Image

import genderlens
from genderlens import (
    AsyncClient,
    Box,
    Client,
    FaceResult,
    Head,
    HeadAnswer,
    Outcome,
    PhotoPredictor,
    Result,
    Results,
    ServedAnswer,
    Track,
    VideoAnswers,
)


def classify(photo: bytes, picture: Image.Image, pixels: NDArray[np.uint8]) -> list[str]:
    """One picture gives one result, of any kind."""
    predictor = genderlens.load_predictor(
        model="default", faces="all", device="cpu", color="bgr", target_error=0.01
    )
    assert_type(predictor, PhotoPredictor)
    results = [predictor(photo), predictor(picture), predictor.predict(pixels, faces="single")]
    assert_type(results, list[Result])
    return [describe(result) for result in results if result]


def describe(result: Result) -> str:
    """What is in a result."""
    assert_type(result.outcome, Outcome)
    assert_type(result.box, Box | None)
    for face in result.faces:
        assert_type(face, FaceResult)
    for answer in result.attributes.values():
        assert_type(answer, HeadAnswer)
        assert_type(answer.head, Head)
    width = result.box.width if result.box else 0.0
    return f"{result.label} {result.confidence:.2f} {width:.0f} px, on {result.device}"


def count(predictor: PhotoPredictor, sources: Iterable[Path]) -> dict[str, int]:
    """Many give many, one after the other or on all cores."""
    counts = dict.fromkeys(["female", "male", "none"], 0)
    results = predictor.batch(sources, workers=2)
    assert_type(results, Results)
    for result in results:
        counts[result.label or "none"] += 1
    return counts


def follow(predictor: PhotoPredictor, video: Path) -> list[tuple[int, float]]:
    """The tracks of a video."""
    answers = predictor.track(video, every_s=0.5)
    assert_type(answers, VideoAnswers)
    tracks: tuple[Track, ...] = answers.all_tracks()
    return [(track.number, track.confidence) for track in tracks]


def ask(address: str, photo: bytes) -> ServedAnswer:
    """A service, from a program that waits."""
    with Client(address, key="glk_example") as client:
        return client.predict(photo)


async def ask_many(address: str, photos: Iterable[bytes]) -> list[ServedAnswer]:
    """A service, from a program that does not."""
    async with AsyncClient(address) as client:
        return list(await asyncio.gather(*(client.predict(photo) for photo in photos)))
