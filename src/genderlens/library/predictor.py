"""What ``genderlens.load_predictor`` returns: a predictor that takes anything."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from typing import IO, TYPE_CHECKING, Any, overload

import numpy as np
from PIL import Image

from genderlens.bundle import Bundle
from genderlens.cpus import map_in_threads
from genderlens.errors import ImageError
from genderlens.heads import Head
from genderlens.inference.predictor import Predictor, require_policy
from genderlens.library.files import Refused
from genderlens.library.inputs import Input, InputOptions
from genderlens.library.result import Result
from genderlens.library.results import Results
from genderlens.library.sources import count, expand, is_many, one
from genderlens.settings import Settings
from genderlens.types import FacePolicy, Prediction

if TYPE_CHECKING:
    from genderlens.inference.explain import Explainer
    from genderlens.inference.photo import Photo
    from genderlens.inference.questions import Questions
    from genderlens.video.answers import VideoAnswers

Picture = bytes | bytearray | memoryview | Image.Image | np.ndarray[Any, Any] | IO[bytes]
Place = str | os.PathLike[str]
Many = Iterable[Picture | Place | Input]


class PhotoPredictor:
    """Answers for pictures in any form; loaded once, safe to call from several threads.

    One picture gives a Result, many give Results, which answers when it is asked. What cannot be
    read gives a result with the outcome ``unreadable``; only a mistake in the program raises.
    """

    def __init__(self, predictor: Predictor, options: InputOptions) -> None:
        self._predictor, self._options = predictor, options

    def __reduce__(self) -> tuple[Any, ...]:
        """For process pools: the other process loads the same model by the same settings."""
        return PhotoPredictor, (self._predictor, self._options)

    @property
    def settings(self) -> Settings:
        """What it was loaded with."""
        return self._predictor.settings

    @property
    def version(self) -> str:
        """The bundle that answers, or several joined by ``+``."""
        return self._predictor.version

    @property
    def bundle(self) -> Bundle:
        """The only bundle, or the first of an ensemble."""
        return self._predictor.bundle

    @property
    def bundles(self) -> tuple[Bundle, ...]:
        """All of them."""
        return tuple(self._predictor.bundles)

    @property
    def heads(self) -> tuple[Head, ...]:
        """Every question that the model answers: the answer first, then attributes."""
        return self._predictor.questions.heads

    @property
    def questions(self) -> Questions:
        """What it is asked, and what the logits mean: for ``predict_manifest``."""
        return self._predictor.questions

    @property
    def device(self) -> str:
        """What the model runs on: ``cpu``, ``cuda``, ``openvino``, ``coreml`` or ``directml``."""
        return self._predictor.device

    @property
    def abstain_below(self) -> float:
        """Answers of a lower confidence are ``uncertain``."""
        return self._predictor.abstain_below

    @overload
    def predict(  # type: ignore[overload-overlap]  # an open file is iterable too, and comes first
        self,
        source: Picture,
        *,
        faces: FacePolicy | None = None,
        attributes: Sequence[str] | None = None,
    ) -> Result: ...

    @overload
    def predict(
        self,
        source: Place,
        *,
        faces: FacePolicy | None = None,
        attributes: Sequence[str] | None = None,
    ) -> Any: ...

    @overload
    def predict(
        self,
        source: Many,
        *,
        faces: FacePolicy | None = None,
        attributes: Sequence[str] | None = None,
    ) -> Results: ...

    def predict(
        self,
        source: Picture | Place | Many,
        *,
        faces: FacePolicy | None = None,
        attributes: Sequence[str] | None = None,
    ) -> Result | Results:
        """The answer for one picture, or for many one after the other.

        ``source``: a path, a ``Path``, bytes, a file open as binary, a PIL image, or an array of
        uint8 (H×W, H×W×3, H×W×4; RGB unless loaded with ``color="bgr"``); many: a folder, a glob,
        a list or generator of those. Addresses of ``s3://`` and the like work as paths, those of
        the web where loaded with ``allow_urls=True``. ``faces`` wins over the setting,
        and so do ``attributes``: names of further heads of the model, such as ``age_group``.

        Raises SettingsError for a policy or an attribute that does not exist, SourceNotFoundError
        for a folder or glob without pictures, TypeError and ValueError for what is no picture,
        DetectorError.
        """
        answer = self._asking(faces, attributes)
        if not is_many(source):
            return answer(one(source))
        return Results(map(answer, expand(source)), count(source))

    __call__ = predict

    def batch(
        self,
        sources: Place | Many,
        *,
        faces: FacePolicy | None = None,
        attributes: Sequence[str] | None = None,
        workers: int | None = None,
    ) -> Results:
        """As ``predict`` of many, in order, several at a time: a thread for each usable CPU.

        At most four pictures a thread are taken ahead, so an endless generator is fine.
        """
        answer = self._asking(faces, attributes)
        return Results(map_in_threads(answer, expand(sources), workers=workers), count(sources))

    def track(
        self,
        source: Place,
        *,
        every_s: float = 0.2,
        until_s: float | None = None,
        live: bool | None = None,
        state: dict[str, Any] | None = None,
    ) -> VideoAnswers:
        """The faces of a video joined into tracks, frame by frame when it is asked.

        ``source``: a file, the address of a camera (``rtsp://…``) or a device (``/dev/video0``).
        ``every_s``: seconds between frames that are looked at; 0: each. ``until_s``: when to stop.
        ``live`` sources drop the frames that come while one is judged; None finds out what it is.
        ``state``: what ``to_json()`` of an earlier run said, to go on from there. ``all_tracks()``
        of the answers judges the whole video.

        Raises SourceNotFoundError, DataError for what is no video, MissingExtraError without the
        extra ``[video]``, SettingsError for an address of the web unless loaded with
        ``allow_urls=True``.
        """
        from genderlens.video.answers import VideoAnswers
        from genderlens.video.frames import VideoSource, require_av

        require_av()
        video = VideoSource(
            os.fspath(source),
            every_s=every_s,
            until_s=until_s,
            live=live,
            allow_urls=self._options.allow_urls,
            most_pixels=self.settings.max_pixels,
        )
        return VideoAnswers(self._predictor, video, state)

    def predict_photo(
        self, content: bytes, *, faces: FacePolicy | None = None
    ) -> tuple[Prediction, Photo | None]:
        """The answer for encoded bytes, and the pixels that it is about: for ``predict_manifest``.

        Raises DetectorError, and SettingsError for ``faces`` that are no policy.
        """
        return self._predictor.predict_photo(content, faces=faces)

    def open(self, source: Input) -> Image.Image:
        """The upright picture of an input in RGB; LookupError where it cannot be read."""
        from genderlens.pictures.imaging import accept_pixels, decode_image

        content = source.read(self._options)
        if isinstance(content, Refused):
            raise LookupError(content.message)
        limit = self.settings.max_pixels
        try:
            if isinstance(content, bytes):
                return decode_image(content, max_pixels=limit)
            return accept_pixels(content, max_pixels=limit).image
        except ImageError as error:
            raise LookupError(error.message) from error

    def explain(self, source: Input) -> Image.Image:
        """Grad-CAM over the first face of an input; LookupError where there is none."""
        content = source.read(self._options)
        if isinstance(content, Refused):
            raise LookupError(content.message)
        drawn = self._explainer(content)
        if drawn is None:
            raise LookupError("there is no face to explain")
        return drawn

    def explain_faces(self, source: Input, answer: Prediction) -> list[Image.Image]:
        """A panel for each face of an answer: as the network sees it, and what spoke for it.

        LookupError where the picture cannot be read (any more).
        """
        content = source.read(self._options)
        if isinstance(content, Refused):
            raise LookupError(content.message)
        try:
            return self._explainer.panels(content, answer)
        except ImageError as error:
            raise LookupError(error.message) from error

    def require_explainable(self) -> None:
        """SettingsError for an ensemble, BundleError for a bundle without Grad-CAM."""
        _ = self._explainer

    @cached_property
    def _explainer(self) -> Explainer:
        from genderlens.inference.explain import Explainer

        return Explainer(self._predictor)

    def _asking(
        self, faces: FacePolicy | None, attributes: Sequence[str] | None
    ) -> Callable[[Input], Result]:
        """What answers one input; SettingsError for what cannot be asked, before any work."""
        if faces is not None:
            require_policy(faces)
        heads = self._predictor.questions.select(attributes)
        return partial(self._answer, faces, heads)

    def _answer(self, faces: FacePolicy | None, heads: tuple[Head, ...], source: Input) -> Result:
        content = source.read(self._options)
        if isinstance(content, Refused):
            answer = self._predictor.refuse(content.code, content.message)
        else:
            further = [head.name for head in heads[1:]]
            answer, _ = self._predictor.predict_photo(content, faces=faces, attributes=further)
        return Result(answer, source.name, heads, source, self)
