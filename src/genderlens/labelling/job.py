"""One labelling job: everything that decides what its output holds, and where that lies."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from genderlens._version import __version__
from genderlens.bundle import Bundle
from genderlens.settings import Settings

SHARD_SIZE: Final = 10_000
_DECIDING: Final = (
    "faces",
    "abstain_below",
    "target_error",
    "tta",
    "face_min_score",
    "face_sure_score",
    "face_weak_score",
    "face_min_side_px",
    "face_min_area",
    "face_min_height",
    "face_min_relative_area",
    "people",
    "people_model",
    "person_min_score",
    "person_min_area",
    "person_min_height",
    "detector_max_side_px",
    "max_pixels",
)
"""The settings that an answer depends on, beside the bundle."""


@dataclass(frozen=True)
class Job:
    """Plain values, so that it can be sent to another process or machine."""

    source: str
    out: Path
    settings: Settings
    bundles: str
    shard_size: int = SHARD_SIZE
    trusted: bool = False
    crops: Path | None = None
    uncertain_to: Path | None = None
    fingerprints: bool = False
    """Whether looks are noted for finding near duplicates."""

    @property
    def state(self) -> Path:
        """The folder of what a run needs to go on."""
        return self.out / "state"

    def key(self) -> str:
        """Changes with everything that a shard's content depends on beside its pictures."""
        return _digest([self.to_dict()])

    def to_dict(self) -> dict[str, Any]:
        """What is computed, as JSON."""
        settings = {name: getattr(self.settings, name) for name in _DECIDING}
        return {
            "genderlens": __version__,
            "bundles": self.bundles,
            "settings": settings,
            "crops": _text(self.crops),
            "uncertain_to": _text(self.uncertain_to),
            "fingerprints": self.fingerprints,
        }


def bundle_key(bundles: Sequence[Bundle]) -> str:
    """Names the content of bundles, wherever they lie."""
    return _digest(bundle.description.model_dump(mode="json") for bundle in bundles)


def _digest(documents: Iterable[Any]) -> str:
    text = "".join(json.dumps(document, sort_keys=True) for document in documents)
    return hashlib.sha256(text.encode()).hexdigest()


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
