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
from genderlens.detection.detectors import find_detector
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.settings import Settings
from genderlens.types import Precision

SHARD_SIZE: Final = 10_000


@dataclass(frozen=True)
class LabellingJob:
    """Plain values, so that it can be sent to another process or machine."""

    source: str
    out: Path
    settings: Settings
    bundles: str
    shard_size: int = SHARD_SIZE
    trusted: bool = False
    crops: Path | None = None
    uncertain_to: Path | None = None
    head: Head = GENDER
    """What the models answer first: its labels are those that the source's words stand for."""
    words: tuple[tuple[str, str], ...] = ()
    """Words of the source for labels, which its crops keep."""
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
        return {
            "genderlens": __version__,
            "bundles": self.bundles,
            "detector": detector_digest(self.settings.precision),
            "settings": self.settings.decisive,
            "crops": _text(self.crops),
            "uncertain_to": _text(self.uncertain_to),
            "words": [list(pair) for pair in self.words],
            "fingerprints": self.fingerprints,
        }


def detector_digest(precision: Precision) -> str:
    """Names what finds faces, which may change without a new version of the package."""
    return find_detector().digest(precision)


def bundle_key(bundles: Sequence[Bundle]) -> str:
    """Names the content of bundles, wherever they lie."""
    return _digest(bundle.description.model_dump(mode="json") for bundle in bundles)


def _digest(documents: Iterable[Any]) -> str:
    text = "".join(json.dumps(document, sort_keys=True) for document in documents)
    return hashlib.sha256(text.encode()).hexdigest()


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
