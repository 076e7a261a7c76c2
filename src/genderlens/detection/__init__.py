"""Who is in the picture: faces, people, and the policy that decides what may be classified."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PIL import Image

from genderlens.types import Detection


class Detector(Protocol):
    """Anything that finds faces or people in an upright RGB picture."""

    def detect(self, image: Image.Image) -> Sequence[Detection]:
        """Every detection, best first, in pixels of ``image``; DetectorError when it fails."""
        ...


class Frame(Protocol):
    """A picture that may be decoded smaller than it is."""

    @property
    def image(self) -> Image.Image: ...

    @property
    def size(self) -> tuple[int, int]: ...

    def to_original(self, found: Sequence[Detection]) -> list[Detection]: ...

    def from_original(self, found: Sequence[Detection | None]) -> list[Detection | None]: ...
