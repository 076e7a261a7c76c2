"""What a classifier is asked, and its logits made into answers."""

from __future__ import annotations

from collections.abc import Sequence

from genderlens.calibration import Calibration
from genderlens.heads import Head, select_heads
from genderlens.inference.classifiers import Classifier, FaceLogits
from genderlens.settings import Settings
from genderlens.types import Detection, FaceResult


class Questions:
    """The heads of a classifier, those that the settings ask for, and what their logits mean."""

    def __init__(self, classifier: Classifier, settings: Settings) -> None:
        """Raises SettingsError where the settings ask for an attribute that there is none of."""
        self.heads = classifier.heads
        self._calibrations = {h.name: classifier.calibration_of(h) for h in self.heads}
        first = self._calibrations[self.head.name]
        self._calibrations[self.head.name] = first.abstaining_below(settings.abstain_below)
        self._usual = select_heads(self.heads[1:], settings.attribute_names)

    @property
    def head(self) -> Head:
        """The question that is *the* answer."""
        return self.heads[0]

    @property
    def calibration(self) -> Calibration:
        """What the logits of the first head mean, and its threshold."""
        return self._calibrations[self.head.name]

    def select(self, attributes: Sequence[str] | None = None) -> tuple[Head, ...]:
        """The first head and the further ones of these names; None: those of the settings.

        Raises SettingsError for a name that there is none of, with the near one.
        """
        further = self._usual if attributes is None else select_heads(self.heads[1:], attributes)
        return (self.head, *further)

    def result(
        self, face: Detection | None, heads: Sequence[Head], logits: FaceLogits
    ) -> FaceResult:
        """The answers for one face; None: the whole picture was the face, and upright."""
        answer, *attributes = (
            self._calibrations[head.name].answer(head, each)
            for head, each in zip(heads, logits, strict=True)
        )
        if face is not None and face.is_crop:
            return FaceResult(
                answer=answer,
                box=None,
                detection_score=None,
                attributes=tuple(attributes),
                crop=face,
            )
        return FaceResult(
            answer=answer,
            box=face.box if face else None,
            detection_score=face.score if face else None,
            landmarks=face.landmarks if face else None,
            attributes=tuple(attributes),
        )
