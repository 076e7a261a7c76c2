"""Input drift as metrics: a window of live faces beside the reference of every model in service."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final

from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry
from prometheus_client.utils import floatToGoString

from genderlens.errors import BundleError
from genderlens.inference.drift import Window
from genderlens.inference.drift_reference import Histogram, read_reference
from genderlens.inference.inputs import measure_faces
from genderlens.inference.photo import Photo
from genderlens.inference.predictor import Predictor
from genderlens.service.models.routing import Fleet
from genderlens.types import Prediction

INDEX: Final = "genderlens_input_drift_psi"
VALUES: Final = "genderlens_input_value"
WINDOW: Final = "genderlens_input_window_faces"
LABELS: Final = ("model_version", "input")
_log = logging.getLogger(__name__)


class DriftMonitor(Collector):
    """Watches the predictors of a fleet. Of an ensemble, its first member's reference counts."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._windows: dict[str, Window] = {}
        registry.register(self)

    def follow(self, fleet: Fleet) -> None:
        """Watch what serves now; what serves on keeps its counts, what left is forgotten."""
        windows = {}
        for version, predictor in fleet.predictors.items():
            window = self._windows.get(version) or _open_window(predictor)
            if window is not None:
                windows[version] = window
        self._windows = windows

    def observe(self, predictor: Predictor, photo: Photo | None, answer: Prediction) -> None:
        """Count the faces of an answer; the photo is None where the picture could not be read.

        Never raises: an answer is worth more than a figure about it.
        """
        window = self._windows.get(predictor.version)
        if window is None or photo is None:
            return
        try:
            for measured in measure_faces(predictor.bundle, photo, answer):
                window.add(measured)
        except Exception as error:
            _log.error("the inputs of a picture could not be measured", exc_info=error)

    def collect(self) -> Iterable[Metric]:
        """The index of every input, computed when it is asked for, and what it is computed from."""
        index = GaugeMetricFamily(
            INDEX, "Population stability index of the last faces, 0 without drift.", labels=LABELS
        )
        faces = GaugeMetricFamily(
            WINDOW, "Faces that the stability index looks back on.", labels=LABELS[:1]
        )
        values = HistogramMetricFamily(
            VALUES, "What was measured of faces, in the bins of the reference.", labels=LABELS
        )
        for version, window in self._windows.items():
            faces.add_metric((version,), len(window))
            for name, drift in window.indices().items():
                index.add_metric((version, name), drift)
            for name, (counts, total) in window.totals().items():
                buckets = _buckets(window.reference.inputs[name], counts)
                values.add_metric((version, name), buckets, total)
        return index, faces, values


def _open_window(predictor: Predictor) -> Window | None:
    """None, which the log explains, where the bundle holds no reference that can be read."""
    try:
        reference = read_reference(predictor.bundle)
    except BundleError as error:
        _log.error("input drift of %s is not watched: %s", predictor.version, error.message)
        return None
    if reference is None:
        _log.info("input drift of %s is not watched: no reference in it", predictor.version)
        return None
    return Window(reference)


def _buckets(histogram: Histogram, counts: Sequence[int]) -> list[tuple[str, float]]:
    ends = [*map(floatToGoString, histogram.edges), "+Inf"]
    return list(zip(ends, accumulate(counts), strict=True))
