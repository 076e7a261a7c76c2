"""What a request asks: which heads, of which loaded model, pinned or drawn by weight and sticky."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from genderlens.errors import SettingsError, UnknownAttributeError, VersionNotFoundError
from genderlens.graphs.golden import Graph
from genderlens.heads import MOST_LABELS
from genderlens.inference.predictor import Predictor
from genderlens.types import FacePolicy

_HEAD_BYTES: Final = 65_536
"""So much of a picture tells it from others."""
_MOST_LETTERS: Final = 40
"""More than any name of a head has; what is longer is cut and stays unknown."""


@dataclass(frozen=True)
class Route:
    """What a request says about its model: a version or alias to pin, and who asks.

    ``client`` is the key that a split of the traffic goes by, ``asker`` whoever takes turns.
    """

    model: str | None = None
    client: str | None = None
    asker: str = ""


ANY: Final = Route()


@dataclass(frozen=True, slots=True)
class AnswerOptions:
    """What to do about several faces, and which further heads to answer.

    None: as the settings of the service say.
    """

    faces: FacePolicy | None = None
    attributes: tuple[str, ...] | None = None

    def asking(self, attributes: tuple[str, ...] | None) -> AnswerOptions:
        """The same with these attributes; None leaves them as they are."""
        return self if attributes is None else replace(self, attributes=attributes)

    def require_known(self, predictor: Predictor) -> None:
        """UnknownAttributeError, with the near name, for what is no attribute of the model."""
        if self.attributes is None:
            return
        try:
            predictor.questions.select(self.attributes)
        except SettingsError as error:
            raise UnknownAttributeError(f"{error.message} ({predictor.version})") from None


AS_SET: Final = AnswerOptions()


@dataclass(frozen=True)
class Fleet:
    """The loaded models by version; replaced as a whole, never changed.

    ``main`` answers where no weights say otherwise. ``aliases`` may be pinned like versions.
    """

    predictors: Mapping[str, Predictor]
    main: str
    weights: Mapping[str, float] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)

    @property
    def main_predictor(self) -> Predictor:
        return self.predictors[self.main]

    @property
    def graphs(self) -> list[Graph]:
        """The graph of each bundle that computes; members of an ensemble one by one.

        The face detector's is among them where another one than wanted answers.
        """
        found = [graph for one in self.predictors.values() for graph in one.graphs]
        detectors = [one.detector_graph for one in self.predictors.values()]
        found += [graph for graph in detectors if graph is not None and graph.fallback]
        return list({graph.bundle: graph for graph in found}.values())

    @property
    def is_split(self) -> bool:
        """Whether more than one model has traffic."""
        return sum(weight > 0 for weight in self.shares.values()) > 1

    @property
    def shares(self) -> dict[str, float]:
        """Each loaded version's share of the traffic; they sum to 1."""
        total = sum(self.weights.get(version, 0.0) for version in self.predictors)
        if not total:
            return {version: float(version == self.main) for version in self.predictors}
        return {version: self.weights.get(version, 0.0) / total for version in self.predictors}

    def choose(self, *, pin: str | None = None, key: bytes = b"") -> Predictor:
        """The pinned model, or the one that the key falls to, the same for the same key.

        Raises VersionNotFoundError for a version that is not loaded.
        """
        if pin is not None:
            version = self.aliases.get(pin, pin)
            if version not in self.predictors:
                known = ", ".join(sorted({*self.predictors, *self.aliases}))
                raise VersionNotFoundError(f"model {pin[:80]!r} is not served; served are {known}")
            return self.predictors[version]
        return self.predictors[self._draw(key)]

    def _draw(self, key: bytes) -> str:
        """The place of the key's hash on the line of shares, versions in order of their names."""
        digest = hashlib.sha256(key).digest()
        place, version = int.from_bytes(digest[:8]) / 2**64, self.main
        shares = {name: share for name, share in sorted(self.shares.items()) if share > 0}
        for version, share in shares.items():  # noqa: B007 - the last one stays after rounding
            place -= share
            if place < 0:
                break
        return version


def request_key(contents: Sequence[bytes], client: str | None) -> bytes:
    """What a request sticks by: its API key, or else its pictures."""
    if client is not None:
        return b"client\x1f" + client.encode()
    digest = hashlib.sha256()
    for content in contents:
        digest.update(len(content).to_bytes(8) + content[:_HEAD_BYTES])
    return digest.digest()


def read_names(texts: Iterable[str]) -> tuple[str, ...]:
    """Names given one by one or separated by commas, each once.

    Raises UnknownAttributeError for more names than any model has.
    """
    parts = (part.strip()[:_MOST_LETTERS] for text in texts for part in text.split(","))
    names = tuple(dict.fromkeys(filter(None, parts)))
    if len(names) > MOST_LABELS:
        raise UnknownAttributeError(
            f"{len(names)} attributes are asked for; no model has more than {MOST_LABELS}"
        )
    return names
