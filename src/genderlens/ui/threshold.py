"""From which confidence on the service gives a label."""

from __future__ import annotations

from genderlens.errors import ServiceError
from genderlens.ui.client import Service


def find_threshold(service: Service) -> float | None:
    """As the health answer says; None where the service does not answer."""
    try:
        return float(service.health()[0]["abstain_below"])
    except (ServiceError, KeyError):
        return None
