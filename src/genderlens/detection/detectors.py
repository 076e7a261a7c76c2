"""The face detectors there are. Another one is one file that offers ``create``, and an entry here.

A graph lies in a folder of ``models`` with its licence and ``looks.json``, its plan of looks. One
in INT8, the golden inputs of both, and a small network that spares it looks may lie beside it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Protocol, TypedDict, Unpack

from genderlens.detection import Detector
from genderlens.detection.faces import CENTERFACE, create_centerface
from genderlens.detection.looks import LOOKS, Looks, read_looks
from genderlens.detection.networks.face import COARSE
from genderlens.detection.networks.refinement import REFINEMENT
from genderlens.detection.proposals import PROPOSALS
from genderlens.detection.sound import FAST, uses_fast
from genderlens.errors import DetectorError, did_you_mean
from genderlens.types import Precision


class DetectorOptions(TypedDict, total=False):
    """How a detector is to work; what is left out is as ``create_centerface`` has it."""

    max_side_px: int
    """The longer side of its finest look."""
    min_score: float
    """What a face scores at least, 0 to 1."""
    threads: int
    device: str
    """Where it runs, if it gives there what it gives on the CPU."""
    precision: Precision
    """With ``int8`` the fast graph, where there is one and it gives what was measured."""


class CreateDetector(Protocol):
    """Loads a detector."""

    def __call__(self, **options: Unpack[DetectorOptions]) -> Detector: ...


@dataclass(frozen=True, slots=True)
class FaceDetector:
    """One that is shipped: how people call it, its graph, and how it is made."""

    title: str
    graph: Path
    create: CreateDetector

    @property
    def looks(self) -> Looks:
        """Its plan of looks; DetectorError where that cannot be read."""
        return read_looks(self.graph.with_name(LOOKS))

    @property
    def helpers(self) -> list[Path]:
        """The small networks beside it that its plan of looks knows."""
        looks = self.looks
        known = {
            REFINEMENT: looks.refinement,
            COARSE: "coarse" in looks.networks,
            PROPOSALS: looks.proposals,
        }
        return [self.graph.with_name(name) for name, used in known.items() if used]

    def digest(self, precision: Precision) -> str:
        """Names what it answers in that precision: by its plan of looks and the graphs asked."""
        fast = [self.graph.with_name(FAST)] if uses_fast(self.graph, precision) else []
        return _digest(self.graph, self.graph.with_name(LOOKS), *self.helpers, *fast)


DETECTORS: Final = {"centerface": FaceDetector("CenterFace", CENTERFACE, create_centerface)}
DEFAULT: Final = "centerface"


def find_detector(name: str = DEFAULT) -> FaceDetector:
    """The detector of that name; DetectorError, which lists the known ones, for any other."""
    if name not in DETECTORS:
        raise DetectorError(
            f"{name!r} is no face detector; give one of {', '.join(sorted(DETECTORS))}"
            f"{did_you_mean(name, DETECTORS)}"
        )
    return DETECTORS[name]


def create_detector(name: str = DEFAULT, **options: Unpack[DetectorOptions]) -> Detector:
    """A face detector, loaded.

    Raises DetectorError, and for a device that is not there SettingsError or MissingExtraError.
    """
    return find_detector(name).create(**options)


@cache
def _digest(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
