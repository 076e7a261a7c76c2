"""What the model behind the service answers, and in which words."""

from __future__ import annotations

from genderlens.errors import ServiceError
from genderlens.heads import Head
from genderlens.ui.client import Service


def find_heads(service: Service) -> tuple[Head, ...]:
    """*The* answer first, then the attributes; none where the service does not say them now."""
    try:
        told = service.capabilities().get("heads") or []
    except ServiceError:
        return ()
    return tuple(Head(one["name"], tuple(one["labels"]), one["kind"]) for one in told)


def find_labels(service: Service) -> tuple[str, ...]:
    """The words of *the* answer; none where the service does not say them now."""
    return next((head.labels for head in find_heads(service)), ())
