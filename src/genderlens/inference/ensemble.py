"""Several bundles answer as one: the mean of their calibrated log-odds.

Each member is calibrated by itself first, so that a bundle of large logits does not outvote the
others. The mean of log-odds is the geometric mean of the odds: the logarithmic opinion pool of
Genest & Zidek, "Combining Probability Distributions", Statistical Science 1986.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from genderlens.bundle import Bundle
from genderlens.calibration import Calibration
from genderlens.errors import SettingsError
from genderlens.graphs.golden import Graph
from genderlens.inference.classifiers import BundleClassifier, Classifier
from genderlens.registry.address import load_reference
from genderlens.settings import Settings
from genderlens.types import Detection

if TYPE_CHECKING:
    from PIL.Image import Image


class Ensemble:
    """Members may differ in network, input size and crop geometry."""

    def __init__(self, members: Sequence[Classifier]) -> None:
        self._members = tuple(members)
        self.bundles: tuple[Bundle, ...] = tuple(b for m in self._members for b in m.bundles)
        self.graphs: tuple[Graph, ...] = tuple(g for m in self._members for g in m.graphs)
        # The most careful member decides: nothing was measured about the members together.
        self.calibration = Calibration(
            abstain_below=max(member.calibration.abstain_below for member in self._members)
        )

    def logits(self, image: Image, faces: Sequence[Detection | None]) -> list[float]:
        """See Classifier; the members' calibrations are in already."""
        each = [
            member.calibration.log_odds(np.asarray(member.logits(image, faces)))
            for member in self._members
        ]
        means: list[float] = np.mean(each, axis=0).tolist()
        return means

    def raw_logits(self, values: NDArray[np.float32]) -> list[float]:
        """See Classifier: members may take pictures of different sizes."""
        raise ValueError(f"{len(self.bundles)} models answer together; send pictures, not values")


def create_classifier(settings: Settings) -> Classifier:
    """The bundle that ``settings.model`` names, or the ensemble of several.

    Raises SettingsError for an empty or repeated name and for a target error that a bundle does not
    know, and what ``load_bundle`` raises.
    """
    members = [
        BundleClassifier(
            bundle,
            tta=settings.tta,
            target_error=settings.target_error,
            threads=settings.threads,
            precision=settings.precision,
            device=settings.device,
        )
        for bundle in load_bundles(settings)
    ]
    return members[0] if len(members) == 1 else Ensemble(members)


def load_bundles(settings: Settings) -> list[Bundle]:
    """The bundles that ``settings.model`` names, each checked; raises as ``create_classifier``."""
    names = [name.strip() for name in settings.model.split(",")]
    if not all(names) or len(set(names)) < len(names):
        raise SettingsError(
            f"GENDERLENS_MODEL={settings.model!r} names a bundle twice or not at all; "
            "separate different bundles by single commas"
        )
    bundles = [load_reference(name, settings) for name in names]
    for bundle in bundles:
        bundle.calibration_for(settings.tta, settings.target_error)
    return bundles
