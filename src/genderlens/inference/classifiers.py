"""Faces to log-odds: one bundle under one or many views, or several bundles together.

Predictor knows the protocol alone. Test-time augmentation and ensembles are different classifiers,
so nothing else of a prediction changes with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, product
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from genderlens.bundle import Bundle
from genderlens.calibration import Calibration
from genderlens.graphs.devices import CPU, find_device
from genderlens.graphs.gathering import Gatherer
from genderlens.graphs.golden import Graph
from genderlens.heads import Head
from genderlens.pictures.imaging import RgbArray, normalize, resize_region
from genderlens.pictures.regions import Region
from genderlens.types import Box, Detection, Precision, Tta

if TYPE_CHECKING:
    from PIL.Image import Image


FaceLogits = list[tuple[float, ...]]
"""Of one face: the logits of each head that was asked, in their order."""


@dataclass(frozen=True, slots=True)
class TtaView:
    """One way to cut out a face: mirrored or not, ``scale`` times as wide as the bundle says.

    The logits of all views of a face are averaged; see Krizhevsky, Sutskever & Hinton, "ImageNet
    Classification with Deep Convolutional Neural Networks", NeurIPS 2012, section 4.1.
    """

    flip: bool = False
    scale: float = 1.0

    def region(self, square: Region) -> Region:
        """What to cut, about the centre of the bundle's own square."""
        return square.widened(self.scale)


VIEWS: Final[dict[Tta, tuple[TtaView, ...]]] = {
    "off": (TtaView(),),
    "flip": (TtaView(), TtaView(flip=True)),
    "crops": tuple(TtaView(flip, scale) for scale, flip in product((1.0, 0.9, 1.1), (False, True))),
}
"""The views of every test-time augmentation; the first is always the plain one."""


class Classifier(Protocol):
    """Safe to call from several threads."""

    @property
    def bundles(self) -> tuple[Bundle, ...]:
        """What it computes with; the first one stands for it where only one can."""

    @property
    def graphs(self) -> tuple[Graph, ...]:
        """The graph of each bundle that computes, checked against its golden inputs."""

    @property
    def heads(self) -> tuple[Head, ...]:
        """Every question that it answers, the answer first."""

    def calibration_of(self, head: Head) -> Calibration:
        """What the logits of one of its heads mean."""

    def logits(
        self, image: Image, faces: Sequence[Detection | None], heads: Sequence[Head]
    ) -> list[FaceLogits]:
        """Logits before calibration, a face each; None: the whole picture is the face.

        ``heads`` are some of its own.
        """

    def raw_logits(self, values: NDArray[np.float32], heads: Sequence[Head]) -> list[FaceLogits]:
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
        self.heads = bundle.heads
        self._calibrations = {
            head.name: bundle.calibration_for(
                tta, target_error if head == bundle.head else None, head=head.name
            )
            for head in bundle.heads
        }
        self._views = views or VIEWS[tta or bundle.description.inference.tta]
        graph = bundle.load_graph(threads=threads, precision=precision, device=device)
        self.graphs = (graph,)
        self._session = graph.session
        suits = find_device(graph.device)
        self._at_once = suits.faces_at_once
        self._gathers = suits.gathers
        self._gatherers: dict[tuple[Head, ...], Gatherer] = {}

    def calibration_of(self, head: Head) -> Calibration:
        """See Classifier."""
        return self._calibrations[head.name]

    def logits(
        self, image: Image, faces: Sequence[Detection | None], heads: Sequence[Head]
    ) -> list[FaceLogits]:
        """See Classifier."""
        at_once = max(1, self._at_once // len(self._views))
        parts = (faces[start : start + at_once] for start in range(0, len(faces), at_once))
        return [face for part in parts for face in self._batch(image, part, heads)]

    def raw_logits(self, values: NDArray[np.float32], heads: Sequence[Head]) -> list[FaceLogits]:
        """See Classifier; no views are made of them."""
        height, width = self.bundles[0].description.input.shape
        if values.shape[1:] != (3, height, width):
            raise ValueError(
                f"values of {list(values.shape)} are not [N, 3, {height}, {width}], which the "
                "model takes"
            )
        parts = np.array_split(values, -(-len(values) // self._at_once))
        return [face for part in parts for face in _by_face(self._run(part, heads), heads)]

    def _run(self, values: NDArray[np.float32], heads: Sequence[Head]) -> NDArray[np.float32]:
        """N×logits, those of each head in turn; with what other threads ask where that suits."""
        if not self._gathers:
            return self._infer(heads, values)
        asked = tuple(heads)
        gatherer = self._gatherers.get(asked)
        if gatherer is None:  # of two threads that come first, one keeps its own
            mine = Gatherer(partial(self._infer, asked), self._at_once)
            gatherer = self._gatherers.setdefault(asked, mine)
        return gatherer(values)

    def _infer(self, heads: Sequence[Head], values: NDArray[np.float32]) -> NDArray[np.float32]:
        """What else than these heads the graph could give costs nothing."""
        wanted = [head.output for head in heads]
        found = self._session.run({self._session.input_name: values}, wanted)
        rows = [
            one.reshape(len(values), head.width) for one, head in zip(found, heads, strict=True)
        ]
        return np.concatenate(rows, axis=1)

    def _batch(
        self, image: Image, faces: Sequence[Detection | None], heads: Sequence[Head]
    ) -> list[FaceLogits]:
        spec = self.bundles[0].description.input
        squares = [self._cut(image, face, view) for face in faces for view in self._views]
        values = normalize(np.stack(squares), spec.mean, spec.std)
        views = self._run(values, heads).reshape(len(faces), len(self._views), -1)
        return _by_face(views.mean(axis=1), heads)

    def _cut(self, image: Image, face: Detection | None, view: TtaView) -> RgbArray:
        (bundle,) = self.bundles
        spec = bundle.description.input
        whole = Region(Box(0.0, 0.0, float(image.width), float(image.height)))
        region = view.region(bundle.crop.around(face) if face else whole)
        square = resize_region(image, spec.shape, region=region, interpolation=spec.interpolation)
        return square[:, ::-1] if view.flip else square


def _by_face(found: NDArray[np.float32], heads: Sequence[Head]) -> list[FaceLogits]:
    """N×logits as lists for each face, of tuples for each head."""
    ends = [*accumulate(head.width for head in heads)]
    starts = [0, *ends[:-1]]
    return [
        [tuple(row[start:end]) for start, end in zip(starts, ends, strict=True)]
        for row in found.tolist()
    ]
