"""What the one who imports says of a model that the model does not say itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from genderlens.pictures.imaging import Interpolation

Layout = Literal["nchw", "nhwc"]
LAYOUTS: Final[tuple[Layout, ...]] = ("nchw", "nhwc")
Meaning = Literal["logits", "probabilities"]
MEANINGS: Final[tuple[Meaning, ...]] = ("logits", "probabilities")

Channels = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """None and empty: the source has to say it."""

    name: str = "imported"
    labels: tuple[str, ...] = ()
    """A word for each output, or for low and high values of a single output."""
    head: str | None = None
    """The name of the question that it answers."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Further words for labels."""
    mean: Channels | None = None
    std: Channels | None = None
    """In shares of 255, red first."""
    preprocessing: Path | None = None
    """A JSON file as ``preprocessor_config.json``, or with ``mean`` and ``std``."""
    shape: tuple[int, int] | None = None
    """Height and width in pixels."""
    interpolation: Interpolation | None = None
    layout: Layout | None = None
    meaning: Meaning | None = None
    output: str | None = None
    """The output of an ONNX graph that answers, where it has several."""
    architecture: str | None = None
    """As in a recipe: ``custom_cnn``, ``timm:resnet18``."""
    data: str = "not stated"
    licence: str = "not stated"
    attribution: str = "not stated"
    """Of what taught the model, for the card."""
    split: str = "val"
    """Measured for the card, where there are labelled pictures."""
    int8: bool = False
