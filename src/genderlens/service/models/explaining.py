"""What the model looked at, as a picture: one explainer per model, made when it is first asked."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING

from genderlens.errors import (
    BundleError,
    ImageError,
    MalformedRequestError,
    NotExplainableError,
    SettingsError,
)
from genderlens.inference.predictor import Predictor
from genderlens.service.models.answering import require_finite
from genderlens.types import FacePolicy, Prediction

if TYPE_CHECKING:
    from genderlens.inference.explain import Explainer

MODELS_KEPT = 4
"""An explainer holds a graph of its own: the one that answers may be quantised, and knows none."""


class Explainers:
    """Explainers by version; safe to use from several threads."""

    def __init__(self) -> None:
        self._explainers: dict[str, Explainer] = {}
        self._lock = threading.Lock()

    def explain(
        self, predictor: Predictor, content: bytes, faces: FacePolicy | None, face: int = 1
    ) -> tuple[Prediction, bytes | None]:
        """The answer for one picture, and a PNG of the heat over a face of it; None without one.

        ``face`` counts from 1. Raises NotExplainableError, DetectorError, or MalformedRequestError
        where there are fewer faces.
        """
        explainer = self._explainer(predictor)
        answer, photo = predictor.predict_photo(content, faces=faces)
        require_finite(answer)
        if photo is None or not answer.faces:
            return answer, None
        if face > len(answer.faces):
            raise MalformedRequestError(
                f"face={face}, and the picture has {len(answer.faces)}; faces=all answers for each"
            )
        try:
            image = explainer.overlay(photo, answer, face - 1)
        except ImageError as error:
            return predictor.refuse(error.code, error.message), None
        stream = io.BytesIO()
        image.save(stream, "PNG")
        return answer, stream.getvalue()

    def _explainer(self, predictor: Predictor) -> Explainer:
        with self._lock:
            if predictor.version not in self._explainers:
                self._explainers[predictor.version] = _create_explainer(predictor)
                while len(self._explainers) > MODELS_KEPT:
                    del self._explainers[next(iter(self._explainers))]
            return self._explainers[predictor.version]


def _create_explainer(predictor: Predictor) -> Explainer:
    from genderlens.inference.explain import Explainer

    try:
        return Explainer(predictor)
    except (SettingsError, BundleError) as error:
        why = "is several bundles" if len(predictor.bundles) > 1 else "holds no Grad-CAM"
        raise NotExplainableError(
            f"model {predictor.version} {why}, so it cannot show what it looked at; pin another "
            "with ?model=, or export it again"
        ) from error
