"""The face detectors there are. Another one is one file that offers ``create``, and an entry here.

A graph lies in a folder of ``models`` with its licence and ``looks.json``, its plan of looks. One
in INT8, and the golden inputs of both, may lie beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from genderlens.detection import Detector
from genderlens.detection.faces import CENTERFACE, create_centerface
from genderlens.detection.looks import LOOKS, Looks, read_looks
from genderlens.detection.sound import FAST, has_fast
from genderlens.errors import DetectorError, did_you_mean
from genderlens.graphs.devices import CPU
from genderlens.types import Precision


@dataclass(frozen=True, slots=True)
class FaceDetector:
    """One that is shipped: how people call it, its graph, and how it is made."""

    title: str
    graph: Path
    create: Callable[..., Detector]

    @property
    def looks(self) -> Looks:
        """Its plan of looks; DetectorError where that cannot be read."""
        return read_looks(self.graph.with_name(LOOKS))

    def digest(self) -> str:
        """Names what it answers: its graphs and the plan of looks."""
        fast = [self.graph.with_name(FAST)] if has_fast(self.graph) else []
        return _digest(self.graph, self.graph.with_name(LOOKS), *fast)


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


def create_detector(
    name: str = DEFAULT,
    *,
    max_side_px: int = 480,
    min_score: float = 0.5,
    threads: int = 1,
    device: str = CPU,
    precision: Precision = "auto",
) -> Detector:
    """A face detector, loaded.

    ``max_side_px``: the longer side of its finest look; ``min_score``: what a face scores at least;
    ``device``: where it runs if it gives there what it gives on the CPU; ``precision``: with
    ``int8`` the fast graph, where there is one and it gives what was measured. Raises
    DetectorError, and for a device that is not there SettingsError or MissingExtraError.
    """
    create = find_detector(name).create
    return create(
        max_side_px=max_side_px,
        min_score=min_score,
        threads=threads,
        device=device,
        precision=precision,
    )


@cache
def _digest(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
