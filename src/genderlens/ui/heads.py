"""What the model behind the service answers, and in which words."""

from __future__ import annotations

from dataclasses import dataclass

from genderlens.errors import ServiceError
from genderlens.ui.client import Service


@dataclass(frozen=True, slots=True)
class ServedHead:
    """One question that the model answers."""

    name: str
    labels: tuple[str, ...]


def find_heads(service: Service) -> tuple[ServedHead, ...]:
    """*The* answer first, then the attributes; none where the service does not say them now."""
    try:
        told = service.capabilities().get("heads") or []
    except ServiceError:
        return ()
    return tuple(ServedHead(one["name"], tuple(one["labels"])) for one in told)


def find_labels(service: Service) -> tuple[str, ...]:
    """The words of *the* answer; none where the service does not say them now."""
    return next((head.labels for head in find_heads(service)), ())
