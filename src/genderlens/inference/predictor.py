"""``predict(contents) -> list[Prediction]``: decode, detect, gate, crop, classify, calibrate.

Anything unexpected fails closed: a picture that cannot be decoded is ``unreadable``, a detector
that crashes raises DetectorError and never means "one person".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from genderlens.bundle import Bundle
from genderlens.calibration import Calibration
from genderlens.detection import Detector
from genderlens.detection.confirm import face_doubt, find_faces
from genderlens.detection.crops import look_at_crop
from genderlens.detection.detectors import create_detector
from genderlens.detection.gate import (
    FaceDecision,
    face_prominence,
    judge_faces,
    judge_people,
    person_prominence,
)
from genderlens.detection.upright import look_upright
from genderlens.errors import BundleError, ImageError, SettingsError, did_you_mean
from genderlens.graphs.golden import Graph
from genderlens.heads import Head
from genderlens.inference.classifiers import Classifier
from genderlens.inference.clock import Clock
from genderlens.inference.ensemble import create_classifier
from genderlens.inference.photo import CROPPED_MARGIN, DETECTION_MARGIN, Photo, coarsest_scale
from genderlens.inference.questions import Questions
from genderlens.settings import InferenceSettings, Settings
from genderlens.types import FACE_POLICIES, Detection, FacePolicy, FaceResult, Outcome, Prediction

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from genderlens.inference.photo import Content

_RELOADED: Final = {
    *InferenceSettings.model_fields,
    "threads",
    "device",
    "registry",
    "state_dir",
    "cache_dir",
}
"""The settings that a predictor is made by; no secret is among them."""
_REFUSALS = {
    Outcome.NO_PERSON: "No person detected. Please use a picture that shows one person's face.",
    Outcome.MANY_PEOPLE: "Multiple people detected ({count} people). "
    "Please use single-person images.",
}


class Predictor:
    """A classifier and the detectors, loaded once; safe to call from several threads."""

    def __init__(
        self,
        classifier: Classifier,
        settings: Settings,
        *,
        faces: Detector,
        people: Detector | None = None,
    ) -> None:
        self.settings = settings
        self.bundles, self.graphs = classifier.bundles, classifier.graphs
        self.version = "+".join(bundle.version for bundle in classifier.bundles)
        self._classifier = classifier
        self.questions = Questions(classifier, settings)
        self._faces = faces
        self._people = people
        self._aligns = any(bundle.crop.align == "roll" for bundle in self.bundles)

    def __reduce__(self) -> tuple[Any, ...]:
        """For process pools: the other process loads the same bundles by the same settings."""
        return _reload, (self.settings.model_dump(include=_RELOADED), self.version)

    @property
    def bundle(self) -> Bundle:
        """The only bundle, or the first of an ensemble."""
        return self.bundles[0]

    @property
    def detector_graph(self) -> Graph | None:
        """The graph that finds faces, with its checks; None of a detector that has none."""
        return getattr(self._faces, "graph", None)

    @property
    def calibration(self) -> Calibration:
        """What the logits of the first head mean, and its threshold."""
        return self.questions.calibration

    @property
    def device(self) -> str:
        """What the classifier runs on; of an ensemble whose members differ, joined by ``+``."""
        return "+".join(dict.fromkeys(graph.device for graph in self.graphs))

    @property
    def abstain_below(self) -> float:
        """Answers of a lower confidence are ``uncertain``."""
        return self.calibration.abstain_below

    def predict(
        self,
        contents: Sequence[bytes],
        *,
        faces: FacePolicy | None = None,
        attributes: Sequence[str] | None = None,
    ) -> list[Prediction]:
        """One answer for each encoded picture, in order.

        Raises DetectorError, and before any work SettingsError for ``faces`` that are no policy and
        ``attributes`` that the model does not have.
        """
        if faces is not None:
            require_policy(faces)
        self.questions.select(attributes)
        return [
            self.predict_photo(content, faces=faces, attributes=attributes)[0]
            for content in contents
        ]

    def predict_photo(
        self,
        content: Content,
        *,
        faces: FacePolicy | None = None,
        attributes: Sequence[str] | None = None,
    ) -> tuple[Prediction, Photo | None]:
        """The answer for a picture, and the pixels that it is about, if there are any.

        Raises DetectorError, and SettingsError for ``faces`` that are no policy and ``attributes``
        that the model does not have.
        """
        clock, policy = Clock(), require_policy(faces or self.settings.faces)
        heads = self.questions.select(attributes)
        try:
            photo = self._decode(content, policy, clock)
        except ImageError as error:
            return self._unreadable(error, clock), None
        return self._answer(photo, policy, heads, clock), photo

    def refuse(self, code: str, text: str) -> Prediction:
        """The answer for a picture that cannot be read at all."""
        return self._without_face(Outcome.UNREADABLE, 0, text, code, Clock())

    def classify(
        self, values: NDArray[np.float32], *, attributes: Sequence[str] | None = None
    ) -> tuple[FaceResult, ...]:
        """The answers for face crops as the network takes them: N×3×H×W, normalised.

        ValueError where an ensemble or another input size makes that impossible, SettingsError for
        attributes that the model does not have.
        """
        heads = self.questions.select(attributes)
        found = self._classifier.raw_logits(values, heads)
        return tuple(self.questions.result(None, heads, logits) for logits in found)

    def warm_up(self) -> None:
        """Run both models once, so that the first request does not pay for their set-up."""
        from PIL import Image

        picture = Image.new("RGB", (self.settings.detector_max_side_px,) * 2)
        self._faces.detect(picture)
        self._classifier.logits(picture, (None,), self.questions.heads[:1])

    def _answer(
        self, photo: Photo, policy: FacePolicy, heads: Sequence[Head], clock: Clock
    ) -> Prediction:
        with clock.stage("detect"):
            verdict = self._judge(photo, policy)
            faces = verdict.faces if verdict else (self._look_at_crop(photo),)
        if verdict is not None and verdict.refusal is not None:
            text = _REFUSALS[verdict.refusal].format(count=verdict.person_count)
            code = verdict.refusal.value
            return self._without_face(verdict.refusal, verdict.person_count, text, code, clock)
        try:
            with clock.stage("decode"):
                photo.refine(coarsest_scale(self.bundles, photo.size, faces))
        except ImageError as error:  # what is wrong may show in the fine decoding alone
            return self._unreadable(error, clock)
        with clock.stage("classify"):
            results = self._classify_faces(photo, faces, heads)
        return Prediction(
            outcome=results[0].outcome,
            person_count=verdict.person_count if verdict else 1,
            model_version=self.version,
            faces=results,
            timings_ms=clock.spent,
        )

    def _decode(self, content: Content, policy: FacePolicy, clock: Clock) -> Photo:
        with clock.stage("decode"):
            return self._open(content, policy)

    def _open(self, content: Content, policy: FacePolicy) -> Photo:
        """Decoded as finely as the first model to look at it needs."""
        enough_px: int | None = None
        if policy == "cropped":
            longest = max(max(bundle.description.input.shape) for bundle in self.bundles)
            enough_px = math.ceil(CROPPED_MARGIN * longest)
        elif self._people is None:
            enough_px = math.ceil(DETECTION_MARGIN * self.settings.detector_max_side_px)
        return Photo(content, max_pixels=self.settings.max_pixels, enough_px=enough_px)

    def _judge(self, photo: Photo, policy: FacePolicy) -> FaceDecision | None:
        """The gate's verdict; None under ``cropped``, where the whole picture is the face."""
        if policy == "cropped":
            return None
        if self._people is not None:
            seen = photo.to_original(self._people.detect(photo.image))
            people = person_prominence(self.settings).select(seen, photo.size)
            refusal = judge_people(people, policy)
            if refusal is not None:
                return refusal
        prominence, doubt = face_prominence(self.settings), face_doubt(self.settings)
        found = find_faces(self._faces, photo, prominence, doubt, turned=self._aligns)
        verdict = judge_faces(found, policy)
        settled = look_upright(self._faces, photo, verdict.faces, turned=self._aligns)
        return replace(verdict, faces=settled)

    def _look_at_crop(self, photo: Photo) -> Detection | None:
        """How the whole picture leans, where that is asked for; None: as it is."""
        if self.settings.upright_crops and self._aligns:
            return look_at_crop(self._faces, photo)
        return None

    def _classify_faces(
        self, photo: Photo, faces: Sequence[Detection | None], heads: Sequence[Head]
    ) -> tuple[FaceResult, ...]:
        found = self._classifier.logits(photo.image, photo.from_original(faces), heads)
        pairs = zip(faces, found, strict=True)
        return tuple(self.questions.result(face, heads, logits) for face, logits in pairs)

    def _unreadable(self, error: ImageError, clock: Clock) -> Prediction:
        return self._without_face(Outcome.UNREADABLE, 0, error.message, error.code, clock)

    def _without_face(
        self, outcome: Outcome, count: int, error: str, code: str, clock: Clock
    ) -> Prediction:
        return Prediction(
            outcome=outcome,
            person_count=count,
            model_version=self.version,
            error=error,
            error_code=code,
            timings_ms=clock.spent,
        )


def require_policy(faces: str) -> FacePolicy:
    """The policy of that name; SettingsError for any other word, which must decide nothing."""
    for policy in FACE_POLICIES:
        if faces == policy:
            return policy
    known = ", ".join(FACE_POLICIES)
    near = did_you_mean(str(faces), FACE_POLICIES)
    raise SettingsError(f"faces={faces!r} is no policy; give one of {known}{near}")


def create_predictor(settings: Settings) -> Predictor:
    """A predictor as the settings say: bundles checked, detectors loaded."""
    faces = create_detector(
        max_side_px=settings.detector_max_side_px,
        min_score=settings.face_min_score,
        threads=settings.threads,
        device=settings.device,
        precision=settings.precision,
    )
    classifier = create_classifier(settings)
    return Predictor(classifier, settings, faces=faces, people=_people(settings))


def _reload(settings: dict[str, Any], version: str) -> Predictor:
    """The predictor of another process; BundleError where its model is a different one by now."""
    predictor = create_predictor(Settings(**settings))
    if predictor.version != version:
        raise BundleError(
            f"a predictor of {version} cannot be loaded in this process: {settings['model']!r} is "
            f"{predictor.version} here; name the version, or start the pool anew"
        )
    return predictor


def _people(settings: Settings) -> Detector | None:
    if settings.people == "off":
        return None
    from genderlens.detection.people import DetrPeople

    return DetrPeople(
        settings.people_model, min_score=settings.person_min_score, threads=settings.threads
    )
