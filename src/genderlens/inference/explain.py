"""Grad-CAM from a bundle's graph: which places of a face spoke for the answer.

See genderlens.training.gradcam for the method; here the graph has done the work and the label's
side of it is drawn. Nothing here needs torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from google.protobuf.message import DecodeError

from genderlens.bundle import MODEL, Bundle
from genderlens.errors import BundleError, SettingsError
from genderlens.files.plain import read_plain
from genderlens.graphs.protocol import new_model
from genderlens.graphs.runtime import CAM
from genderlens.graphs.scan import MAX_GRAPH_BYTES
from genderlens.inference.heat import PANEL_PX, Heat, draw_panel, overlay
from genderlens.inference.photo import CLASSIFIER_MARGIN, Photo, coarsest_scale
from genderlens.inference.predictor import Predictor
from genderlens.pictures.imaging import Interpolation, RgbArray, normalize, resize_region
from genderlens.types import FaceResult, HeadAnswer, Outcome, Prediction

if TYPE_CHECKING:
    from PIL.Image import Image

    from genderlens.inference.photo import Content


def can_explain(bundles: Sequence[Bundle]) -> bool:
    """One bundle answers, and its full-precision graph gives Grad-CAM."""
    if len(bundles) != 1:
        return False
    (bundle,) = bundles
    try:
        return _gives_map(bundle.path, bundle.description.files[MODEL])
    except (OSError, DecodeError):
        return False


@lru_cache(maxsize=16)
def _gives_map(folder: Path, sha256: str) -> bool:
    """Read from the file that is there, for which ``sha256`` stands."""
    model = new_model()
    model.ParseFromString(read_plain(folder / MODEL, MAX_GRAPH_BYTES))
    return any(output.name == CAM for output in model.graph.output)


class Explainer:
    """Draws what one bundle looked at; safe to call from several threads."""

    def __init__(self, predictor: Predictor) -> None:
        """SettingsError for an ensemble, BundleError for a bundle that cannot explain itself.

        ``can_explain`` tells without raising.
        """
        if len(predictor.bundles) > 1:
            raise SettingsError(
                f"{predictor.version} are several bundles, and Grad-CAM explains one; "
                "give a single --model"
            )
        self._predictor, self._bundle = predictor, predictor.bundle
        self._session = self._bundle.create_session(
            threads=predictor.settings.threads, precision="fp32"
        )
        if CAM not in self._session.output_names:
            raise BundleError(
                f"bundle {self._bundle.version} holds no Grad-CAM; write it anew from its run: "
                "genderlens export RUN --out BUNDLE"
            )

    def __call__(self, content: Content) -> Image | None:
        """The heat over the first face of a picture; None where there is no answer."""
        answer, photo = self._predictor.predict_photo(content)
        return self.overlay(photo, answer) if photo and answer.faces else None

    def overlay(self, photo: Photo, answer: Prediction, index: int = 0) -> Image:
        """The heat over one face of an answer, the first unless told.

        It is of the pixels that the answer is about, where ``photo`` is as that left it; the photo
        is decoded finer only to draw a face that is smaller there than it is shown. Raises
        ImageError.
        """
        face = answer.faces[index]
        heat = self._heat(photo, face)
        photo.refine(self._drawn_scale(photo, face))
        return overlay(self._draw(photo, face), heat)

    def panels(self, content: Content, answer: Prediction) -> list[Image]:
        """A panel for each face of an answer to a picture; raises ImageError."""
        if not answer.faces:
            return []
        max_pixels = self._predictor.settings.max_pixels
        photo = Photo(content, max_pixels=max_pixels, enough_px=None)
        return [
            draw_panel(self._draw(photo, face), self._heat(photo, face), _describe(face))
            for face in answer.faces
        ]

    def _heat(self, photo: Photo, face: FaceResult) -> Heat:
        """h×w of what spoke for the likelier label of a face."""
        spec = self._bundle.description.input
        seen = self._cut(photo, face, spec.shape, spec.interpolation)
        values = normalize(seen[None], spec.mean, spec.std)
        (cams,) = self._session.run({self._session.input_name: values}, [CAM])
        heat: Heat = np.maximum(_side(cams[0], face.answer), 0.0)
        return heat

    def _draw(self, photo: Photo, face: FaceResult) -> Image:
        """The face as the network sees it, larger."""
        from PIL import Image as Pictures

        return Pictures.fromarray(self._cut(photo, face, self._drawn_shape, "bicubic"))

    def _cut(
        self,
        photo: Photo,
        face: FaceResult,
        shape: tuple[int, int],
        interpolation: Interpolation,
    ) -> RgbArray:
        (found,) = photo.from_original([face.detection])
        region = self._bundle.crop.around(found) if found else None
        return resize_region(photo.image, shape, region=region, interpolation=interpolation)

    def _drawn_scale(self, photo: Photo, face: FaceResult) -> float:
        """Pixels of the original per pixel that is drawn."""
        seen = CLASSIFIER_MARGIN * coarsest_scale((self._bundle,), photo.size, (face.detection,))
        return seen * max(self._bundle.description.input.shape) / PANEL_PX

    @property
    def _drawn_shape(self) -> tuple[int, int]:
        """Height and width of the picture to show, in the aspect of the input."""
        height, width = self._bundle.description.input.shape
        longest = max(height, width)
        return round(PANEL_PX * height / longest), round(PANEL_PX * width / longest)


def _describe(face: FaceResult) -> tuple[str, str]:
    likelier = face.answer.likelier
    said = "uncertain, rather " if face.outcome is Outcome.UNCERTAIN else ""
    return f"{said}{likelier} {face.confidence:.1%}", f"right: what spoke for {likelier} (Grad-CAM)"


def _side(cam: Heat, answer: HeadAnswer) -> Heat:
    """What speaks for the likelier label.

    Positive places of a binary head's map speak for its positive label; that of other heads is the
    likelier label's already.
    """
    against = answer.head.is_binary and answer.likelier == answer.head.negative
    return -cam if against else cam
