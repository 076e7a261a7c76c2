"""A predictor that also hands out the photo that it decoded, so that nothing decodes it twice."""

from __future__ import annotations

import threading

from genderlens.errors import DetectorError
from genderlens.inference.photo import Photo
from genderlens.inference.predictor import Predictor
from genderlens.types import FacePolicy, Prediction


class SeeingPredictor(Predictor):
    """Safe to call from several threads, each of which sees its own photo."""

    def __init__(self, predictor: Predictor) -> None:
        # Both are wired by create_predictor, so that labelling answers as predicting does.
        vars(self).update(vars(predictor))
        self._seen = threading.local()

    def see(self, content: bytes) -> tuple[Prediction, Photo | None]:
        """The answer for an encoded picture, and the photo where it could be decoded.

        A detector that crashes costs this picture only, which then is ``unreadable``.
        """
        self._seen.photo = None
        try:
            (answer,) = self.predict([content])
        except DetectorError as error:
            answer = self.refuse(error.code, error.message)
        return answer, self._seen.photo

    def _open(self, content: bytes, policy: FacePolicy) -> Photo:
        photo = super()._open(content, policy)
        self._seen.photo = photo
        return photo
