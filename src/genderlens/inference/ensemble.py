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
from genderlens.calibration import Calibration, Floats
from genderlens.errors import SettingsError
from genderlens.graphs.golden import Graph
from genderlens.heads import Head, select_heads
from genderlens.inference.classifiers import BundleClassifier, Classifier, FaceLogits
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
        first = self._members[0]
        own = first.heads[0]
        for member in self._members[1:]:
            _require_same(own, member)
        self.heads = (own, *(head for head in first.heads[1:] if self._share(head)))

    def calibration_of(self, head: Head) -> Calibration:
        """See Classifier; of the most careful member, for nothing was measured of them together."""
        return Calibration(
            abstain_below=max(one.calibration_of(head).abstain_below for one in self._members)
        )

    def logits(
        self, image: Image, faces: Sequence[Detection | None], heads: Sequence[Head]
    ) -> list[FaceLogits]:
        """See Classifier; the members' calibrations are in already."""
        each = [
            self._calibrated(one, one.logits(image, faces, heads), heads) for one in self._members
        ]
        return [
            [tuple(np.mean(said, axis=0).tolist()) for said in zip(*face, strict=True)]
            for face in zip(*each, strict=True)
        ]

    def raw_logits(self, values: NDArray[np.float32], heads: Sequence[Head]) -> list[FaceLogits]:
        """See Classifier: members may take pictures of different sizes."""
        raise ValueError(f"{len(self.bundles)} models answer together; send pictures, not values")

    def _share(self, head: Head) -> bool:
        return all(head in member.heads for member in self._members)

    def _calibrated(
        self, member: Classifier, found: Sequence[FaceLogits], heads: Sequence[Head]
    ) -> list[list[Floats]]:
        """Calibrated log-odds of a binary head, logarithms of the probabilities of another."""
        return [
            [
                member.calibration_of(head).pooled(head, logits)
                for head, logits in zip(heads, face, strict=True)
            ]
            for face in found
        ]


def _require_same(own: Head, member: Classifier) -> None:
    other = member.heads[0]
    if (other.labels, other.kind) != (own.labels, own.kind):
        raise SettingsError(
            f"GENDERLENS_MODEL: {member.bundles[0].version} answers {', '.join(other.labels)} and "
            f"not {', '.join(own.labels)}; models that answer together have the same words"
        )


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
        select_heads(bundle.heads[1:], settings.attribute_names)
    return bundles
