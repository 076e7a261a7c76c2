"""Answers of the service, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from genderlens.types import Box, Outcome


@dataclass(frozen=True, slots=True)
class ServedAttribute:
    """What a further head says of a face; ``label`` is None where it is too unsure."""

    label: str | None
    confidence: float
    probabilities: dict[str, float]

    @classmethod
    def read_all(cls, document: Mapping[str, Any]) -> dict[str, Self]:
        """The attributes of a face or an answer by name; none where none were asked for."""
        return {
            name: cls(told["prediction"], told["confidence"], dict(told["probabilities"]))
            for name, told in (document.get("attributes") or {}).items()
        }


@dataclass(frozen=True, slots=True)
class ServedFace:
    """The answer for one face; ``box`` is in pixels of the upright picture."""

    outcome: Outcome
    label: str | None
    confidence: float
    probabilities: dict[str, float]
    box: Box | None
    attributes: dict[str, ServedAttribute] = field(default_factory=dict)

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """A face as the service writes it."""
        box = document.get("box")
        return cls(
            Outcome(document["outcome"]),
            document["prediction"],
            document["confidence"],
            dict(document["probabilities"]),
            Box(*box) if box else None,
            ServedAttribute.read_all(document),
        )


@dataclass(frozen=True, slots=True)
class ServedAnswer:
    """The answer for one picture: true where it has a label.

    ``faces`` is empty where ``error`` says why: nobody, several people, no picture. ``id`` is where
    the service keeps it; None where it does not. ``attributes`` are the first face's, where they
    were asked for. ``document`` is the whole of what came.
    """

    outcome: Outcome
    label: str | None
    confidence: float
    probabilities: dict[str, float] | None
    person_count: int
    faces: tuple[ServedFace, ...] = ()
    error: str | None = None
    error_code: str | None = None
    model_version: str = ""
    id: str | None = None
    attributes: dict[str, ServedAttribute] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __bool__(self) -> bool:
        return self.label is not None

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """An answer, a refusal, or an item of a batch as the service writes it."""
        outcome = Outcome(document["outcome"])
        code = document.get("error_code") or document.get("code")
        return cls(
            outcome=outcome,
            label=document["prediction"],
            confidence=document["confidence"],
            probabilities=document.get("probabilities"),
            person_count=document["person_count"],
            faces=tuple(ServedFace.read(face) for face in document.get("faces") or ()),
            error=document.get("error"),
            error_code=code if document.get("error") else None,
            model_version=document.get("model_version") or "",
            id=document.get("id"),
            attributes=ServedAttribute.read_all(document),
            document=dict(document),
        )
