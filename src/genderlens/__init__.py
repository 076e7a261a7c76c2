"""Perceived gender presentation from photos: train, audit, compress, serve and label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genderlens._version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genderlens.client.answers import ServedAnswer
    from genderlens.client.asynchronous import AsyncClient
    from genderlens.client.sync import Client
    from genderlens.heads import Head
    from genderlens.library.inputs import Color
    from genderlens.library.predictor import PhotoPredictor
    from genderlens.library.result import Result
    from genderlens.library.results import Results
    from genderlens.types import (
        Box,
        Device,
        FacePolicy,
        FaceResult,
        HeadAnswer,
        Outcome,
        Precision,
        Tta,
    )
    from genderlens.video.answers import VideoAnswers
    from genderlens.video.tracker import Track

__all__ = [
    "AsyncClient",
    "Box",
    "Client",
    "FaceResult",
    "Head",
    "HeadAnswer",
    "Outcome",
    "PhotoPredictor",
    "Result",
    "Results",
    "ServedAnswer",
    "Track",
    "VideoAnswers",
    "__version__",
    "load_predictor",
]

_HOMES = {
    "AsyncClient": "genderlens.client.asynchronous",
    "Box": "genderlens.types",
    "Client": "genderlens.client.sync",
    "FaceResult": "genderlens.types",
    "Head": "genderlens.heads",
    "HeadAnswer": "genderlens.types",
    "Outcome": "genderlens.types",
    "PhotoPredictor": "genderlens.library.predictor",
    "Result": "genderlens.library.result",
    "Results": "genderlens.library.results",
    "ServedAnswer": "genderlens.client.answers",
    "Track": "genderlens.video.tracker",
    "VideoAnswers": "genderlens.video.answers",
}
"""Where the exported names live; they are imported when somebody asks for them."""


def load_predictor(
    *,
    model: str | None = None,
    faces: FacePolicy | None = None,
    attributes: Sequence[str] = (),
    tta: Tta | None = None,
    precision: Precision | None = None,
    device: Device | None = None,
    abstain_below: float | None = None,
    target_error: float | None = None,
    threads: int | None = None,
    max_pixels: int | None = None,
    color: Color = "rgb",
    allow_urls: bool = False,
    **settings: Any,
) -> PhotoPredictor:
    """A predictor, loaded once: ``predictor("photo.jpg").label``.

    ``model``: ``default``, a folder, an address, or several joined by commas. ``faces``:
    ``single``, ``largest``, ``all`` or ``cropped``. ``attributes``: further heads of the model that
    every picture is asked, such as ``age_group``. ``device``: ``auto``, ``cpu``, ``cuda``,
    ``openvino``, ``coreml`` or ``directml``; the CPU stands in for one that does not start or does
    not give its answers. ``target_error``: share of wrong answers that decides what is
    ``uncertain``. ``color``: order of the channels of arrays, ``rgb`` or, as in OpenCV, ``bgr``.
    ``allow_urls``: whether addresses of the web are fetched. Any other setting of the reference
    goes by its name in lower case. Keywords win over the environment; no file is read for them.
    Raises SettingsError (an unknown keyword or attribute names the near one), MissingExtraError,
    BundleError or DetectorError.
    """
    from genderlens.errors import SettingsError, did_you_mean
    from genderlens.inference.predictor import create_predictor
    from genderlens.library.inputs import COLORS, InputOptions
    from genderlens.library.predictor import PhotoPredictor
    from genderlens.settings import load_environment

    if color not in COLORS:
        raise SettingsError(f"color={color!r} is neither rgb nor bgr{did_you_mean(color, COLORS)}")
    named = {
        "model": model,
        "faces": faces,
        "attributes": ",".join(attributes) or None,
        "tta": tta,
        "precision": precision,
        "device": device,
        "abstain_below": abstain_below,
        "target_error": target_error,
        "threads": threads,
        "max_pixels": max_pixels,
    }
    given = {name: value for name, value in named.items() if value is not None}
    predictor = create_predictor(load_environment(**given, **settings))
    return PhotoPredictor(predictor, InputOptions(color=color, allow_urls=allow_urls))


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
