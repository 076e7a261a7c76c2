"""What a shard's pictures came to, small enough to add up over thousands of shards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from genderlens.types import Outcome, Prediction

BINS: Final = 20
"""Of the confidence, from one half to one; lower ones count in the first."""
SAMPLES: Final = 8
_COUNTED: Final = ("outcomes", "predictions", "errors", "devices")


@dataclass
class Tally:
    """Counts of pictures by outcome, error and device, of faces by answer and confidence.

    ``samples`` are the first pictures of each outcome.
    """

    pictures: int = 0
    faces: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    predictions: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    devices: Counter[str] = field(default_factory=Counter)
    confidence: list[int] = field(default_factory=lambda: [0] * BINS)
    samples: dict[str, list[str]] = field(default_factory=dict)

    def count(self, uri: str, answer: Prediction, device: str) -> None:
        """Add one picture, and what the model ran on."""
        self.pictures += 1
        self.devices[device] += 1
        self.faces += len(answer.faces)
        self.outcomes[answer.outcome.value] += 1
        if answer.error_code and answer.outcome is Outcome.UNREADABLE:
            self.errors[answer.error_code] += 1
        for face in answer.faces:
            self.predictions[face.prediction or face.outcome.value] += 1
            place = int((face.confidence - 0.5) * 2 * BINS)
            self.confidence[min(max(place, 0), BINS - 1)] += 1
        self._sample(answer.outcome.value, [uri])

    def add(self, other: Mapping[str, Any]) -> None:
        """Add what ``to_dict`` told of another one."""
        self.pictures += other["pictures"]
        self.faces += other["faces"]
        for name in _COUNTED:
            getattr(self, name).update(other[name])
        self.confidence = [a + b for a, b in zip(self.confidence, other["confidence"], strict=True)]
        for outcome, uris in other["samples"].items():
            self._sample(outcome, uris)

    def to_dict(self) -> dict[str, Any]:
        """As JSON, in an order that does not depend on the pictures'."""
        counts = {name: dict(sorted(getattr(self, name).items())) for name in _COUNTED}
        samples = dict(sorted(self.samples.items()))
        return {
            "pictures": self.pictures,
            "faces": self.faces,
            **counts,
            "confidence": self.confidence,
            "samples": samples,
        }

    def _sample(self, outcome: str, uris: Iterable[str]) -> None:
        kept = self.samples.setdefault(outcome, [])
        kept += list(uris)[: SAMPLES - len(kept)]


def sum_tallies(parts: Iterable[Mapping[str, Any]]) -> Tally:
    """All of them together."""
    total = Tally()
    for part in parts:
        total.add(part)
    return total
