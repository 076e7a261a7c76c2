"""A foreign network of PyTorch: asked, and exported as a bundle's graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from genderlens.export.from_torch import export_onnx
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.importing.foreign import Facts, ForeignScores, Sign
from genderlens.importing.from_onnx import require_few
from genderlens.pictures.imaging import RgbArray, normalize

_AT_ONCE = 16

Prepare = Callable[[RgbArray], Tensor]


class OneLogit(nn.Module):
    """A network of one or two logits as one of a single logit, N×3×H×W → N×1; others stay."""

    def __init__(self, network: nn.Module, sign: Sign) -> None:
        super().__init__()
        self.network, self.sign = network, float(sign)

    def forward(self, image: Tensor) -> Tensor:
        scores: Tensor = self.network(image)
        if scores.shape[1] > 2:
            return scores
        if scores.shape[1] == 2:
            scores = scores[:, 1:] - scores[:, :1]
        return self.sign * scores


def head_as_wide(scores: ForeignScores) -> Head:
    """A head of as many logits, whatever its words: the exporter asks for no more."""
    if scores.width == 1:
        return GENDER
    return Head("answer", tuple(f"label {n}" for n in range(scores.width)), "categorical")


@dataclass(frozen=True)
class TorchModel:
    """See genderlens.importing.foreign.Foreign."""

    facts: Facts
    network: nn.Module
    """In evaluation mode: N×3×H×W → N×k logits."""
    prepare: Prepare | None = None
    """Its own preprocessing of N×H×W×3 bytes, where it has some."""
    reduce: Callable[[nn.Module, Sign], nn.Module] = OneLogit
    """Makes a network of one logit of one with two."""

    def answer(self, crops: RgbArray) -> ForeignScores:
        """Its logits; BundleError where they are too many."""
        batches = np.array_split(crops, -(-len(crops) // _AT_ONCE))
        with torch.inference_mode():
            parts = [self.network(self._input(batch)).numpy() for batch in batches]
        values = np.concatenate(parts).astype(np.float64)
        require_few(values, self.facts.name)
        return ForeignScores(values, are_probabilities=False)

    def write(self, path: Path, sign: Sign, scores: ForeignScores) -> None:
        """Through PyTorch's exporter, with Grad-CAM where the network has maps."""
        reduced = self.reduce(self.network, sign).eval()
        export_onnx(reduced, self.facts.input.shape, path, (head_as_wide(scores),))

    def _input(self, crops: RgbArray) -> Any:
        if self.prepare is not None:
            return self.prepare(crops)
        spec = self.facts.input
        return torch.from_numpy(normalize(crops, spec.mean, spec.std))
