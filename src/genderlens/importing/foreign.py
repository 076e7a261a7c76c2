"""A model from elsewhere: what is known of it, what it answers, and its graph as a bundle's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from genderlens.bundle import Bundle, InputSpec
from genderlens.pictures.imaging import RgbArray

Kind = Literal["huggingface", "timm", "run", "bundle", "onnx", "keras"]
Floats = NDArray[np.float64]
Order = tuple[str, ...]
Sign = Literal[1, -1]

LEAST_PROBABILITY: Final = 1e-7
"""Log-odds of a probability beyond it, at either end, are those of the end."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What a run of ours knows of its training; see genderlens.bundle.Provenance."""

    recipe: Mapping[str, Any]
    """Empty where this version does not understand it."""
    recipe_sha256: str
    manifest_sha256: str
    train_rows: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What a source says of itself."""

    kind: Kind
    name: str
    """Of its file or folder."""
    sha256: str
    input: InputSpec
    architecture: str
    parameters: int
    words: tuple[str, ...] = ()
    """Its own words for its outputs, in their order."""
    order: Order | None = None
    """Where the format itself fixes it."""
    bundle: Bundle | None = None
    """Where it is one already."""
    trained: Trained | None = None
    """Of a run of ours."""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ForeignScores:
    """What a model answers to N pictures: N×1, N×2, or N×k of k labels."""

    values: Floats
    are_probabilities: bool

    @property
    def outputs(self) -> int:
        return int(self.values.shape[1])

    @property
    def width(self) -> int:
        """How many logits a bundle makes of them: one, unless there are more than two labels."""
        return 1 if self.outputs <= 2 else self.outputs

    def take(self, count: int) -> ForeignScores:
        """Those of the first so many pictures."""
        return ForeignScores(self.values[:count], self.are_probabilities)

    def likeliest(self) -> NDArray[np.int64]:
        """N places of the likeliest output; of a single output 0 is its low and 1 its high end."""
        if self.outputs <= 2:
            return (self.log_odds() > 0).astype(np.int64)
        places: NDArray[np.int64] = self.values.argmax(axis=1)
        return places

    def logits(self, sign: Sign) -> Floats:
        """N×width logits as a bundle gives them; ``sign`` turns the log-odds of two labels."""
        if self.outputs <= 2:
            return sign * self.log_odds()[:, None]
        return _log(self.values) if self.are_probabilities else self.values

    def log_odds(self) -> Floats:
        """N log-odds of output 1 against output 0, or of a single output's high end."""
        if not self.are_probabilities:
            return (
                self.values[:, -1] - self.values[:, 0] if self.outputs == 2 else self.values[:, 0]
            )
        first = self.values[:, 0] if self.outputs == 2 else 1.0 - self.values[:, 0]
        return _log(self.values[:, -1]) - _log(first)


class Foreign(Protocol):
    """One model, opened."""

    @property
    def facts(self) -> Facts:
        """What it says of itself."""

    def answer(self, crops: RgbArray) -> ForeignScores:
        """Its own answers to N×H×W×3 bytes, by its own preprocessing where it has some."""

    def write(self, path: Path, sign: Sign, scores: ForeignScores) -> None:
        """Write the graph of a bundle, whose output ``logit`` holds ``ForeignScores.logits(sign)``.

        ``scores`` are those of ``answer``, which tell what the outputs are.
        """


def _log(values: Floats) -> Floats:
    clipped: Floats = np.log(np.clip(values, LEAST_PROBABILITY, 1.0))
    return clipped
