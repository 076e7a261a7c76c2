"""How a report puts measured figures."""

from __future__ import annotations

from math import isnan

from genderlens.html import Html
from genderlens.types import Estimate


def percent(value: float, digits: int = 1) -> str:
    """A share for people, a dash where it is undefined."""
    return "–" if isnan(value) else f"{value:.{digits}%}"


def number(value: float, digits: int = 4) -> str:
    """A figure that is no share, a dash where it is undefined."""
    return "–" if isnan(value) else f"{value:.{digits}f}"


def with_interval(figure: Estimate, *, share: bool = True, digits: int = 4) -> Html:
    """``91.2% (90.1–92.3)`` or ``0.2022 (0.1814–0.2255)``."""
    if isnan(figure.value) or not figure.count:
        return Html("–")
    if not share:
        interval = f"({figure.low:.{digits}f} – {figure.high:.{digits}f})"
        return Html(f"{figure.value:.{digits}f} <small>{interval}</small>")
    interval = f"({figure.low * 100:.1f} – {figure.high * 100:.1f})"
    return Html(f"{figure.value:.1%} <small>{interval}</small>")
