"""Faces to log-odds: one bundle under one or many views, or several bundles together.

Predictor knows the protocol alone. Test-time augmentation and ensembles are different classifiers,
so nothing else of a prediction changes with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from genderlens.bundle import Bundle
from genderlens.calibration import Calibration
from genderlens.graphs.devices import CPU, find_device
from genderlens.graphs.gathering import Gatherer
from genderlens.graphs.golden import Graph
from genderlens.inference.tta import VIEWS, TtaView
from genderlens.pictures.imaging import RgbArray, normalize, resize_region
from genderlens.pictures.regions import Region
from genderlens.types import Box, Detection, Precision, Tta

if TYPE_CHECKING:
    from PIL.Image import Image


class Classifier(Protocol):
    """Safe to call from several threads."""

    @property
    def bundles(self) -> tuple[Bundle, ...]:
        """What it computes with; the first one stands for it where only one can."""

    @property
    def graphs(self) -> tuple[Graph, ...]:
        """The graph of each bundle that computes, checked against its golden inputs."""

    @property
    def calibration(self) -> Calibration:
        """What its logits mean."""

    def logits(self, image: Image, faces: Sequence[Detection | None]) -> list[float]:
        """Log-odds of male before calibration, a face each; None: the whole picture is the face."""

    def raw_logits(self, values: NDArray[np.float32]) -> list[float]:
        """The same for N×3×H×W values as the network takes them; ValueError where none could be."""


class BundleClassifier:
    """One bundle; the logit of a face is the mean over its views, which share one batch.

    ``views`` stand in the place of those of the test-time augmentation where they are given.
    """

    def __init__(
        self,
        bundle: Bundle,
        *,
        tta: Tta | None = None,
        views: tuple[TtaView, ...] | None = None,
        target_error: float | None = None,
        threads: int = 1,
        precision: Precision = "auto",
        device: str = CPU,
    ) -> None:
        self.bundles = (bundle,)
        self.calibration = bundle.calibration_for(tta, target_error)
        self._views = views or VIEWS[tta or bundle.description.inference.tta]
        graph = bundle.load_graph(threads=threads, precision=precision, device=device)
        self.graphs = (graph,)
        self._session = graph.session
        suits = find_device(graph.device)
        self._at_once = suits.faces_at_once
        self._run = Gatherer(self._infer, self._at_once) if suits.gathers else self._infer

    def logits(self, image: Image, faces: Sequence[Detection | None]) -> list[float]:
        """See Classifier."""
        at_once = max(1, self._at_once // len(self._views))
        parts = (faces[start : start + at_once] for start in range(0, len(faces), at_once))
        return [logit for part in parts for logit in self._batch(image, part)]

    def raw_logits(self, values: NDArray[np.float32]) -> list[float]:
        """See Classifier; no views are made of them."""
        height, width = self.bundles[0].description.input.shape
        if values.shape[1:] != (3, height, width):
            raise ValueError(
                f"values of {list(values.shape)} are not [N, 3, {height}, {width}], which the "
                "model takes"
            )
        parts = np.array_split(values, -(-len(values) // self._at_once))
        return [float(logit) for part in parts for logit in self._run(part)]

    def _infer(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        wanted = self._session.output_names[:1]  # not the Grad-CAM that may lie behind it
        (found,) = self._session.run({self._session.input_name: values}, wanted)
        logits: NDArray[np.float32] = found.reshape(-1)
        return logits

    def _batch(self, image: Image, faces: Sequence[Detection | None]) -> list[float]:
        spec = self.bundles[0].description.input
        squares = [self._cut(image, face, view) for face in faces for view in self._views]
        values = normalize(np.stack(squares), spec.mean, spec.std)
        found = self._run(values)
        means: list[float] = found.reshape(len(faces), len(self._views)).mean(axis=1).tolist()
        return means

    def _cut(self, image: Image, face: Detection | None, view: TtaView) -> RgbArray:
        (bundle,) = self.bundles
        spec = bundle.description.input
        whole = Region(Box(0.0, 0.0, float(image.width), float(image.height)))
        region = view.region(bundle.crop.around(face) if face else whole)
        square = resize_region(image, spec.shape, region=region, interpolation=spec.interpolation)
        return square[:, ::-1] if view.flip else square
