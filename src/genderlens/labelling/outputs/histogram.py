"""A histogram as SVG inside a page, drawn without a plotting library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from genderlens.html import Html

_WIDTH: Final = 600
_HEIGHT: Final = 240
_LEFT: Final = 56
_BOTTOM: Final = 34
_TOP: Final = 14
_RIGHT: Final = 12


def draw_histogram(counts: Sequence[int], low: float, high: float, name: str) -> Html:
    """Bars over ``low`` to ``high``, which are shares; colours follow the page."""
    most = max(counts, default=0) or 1
    across = (_WIDTH - _LEFT - _RIGHT) / len(counts)
    bars = "".join(
        _bar(_LEFT + place * across, across, (_HEIGHT - _TOP - _BOTTOM) * count / most, count)
        for place, count in enumerate(counts)
    )
    ground = _HEIGHT - _BOTTOM
    axis = f'<path d="M{_LEFT} {ground}H{_WIDTH - _RIGHT}" stroke="var(--quiet)" fill="none"/>'
    return Html(
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{name}">'
        f"{_scale(most)}{bars}{axis}{_ticks(low, high)}</svg>"
    )


def _bar(left: float, width: float, height: float, count: int) -> str:
    top = _HEIGHT - _BOTTOM - height
    return (
        f'<rect x="{left + 1:.1f}" y="{top:.1f}" width="{width - 2:.1f}" height="{height:.1f}" '
        f'fill="#4a7fb5"><title>{count:,}</title></rect>'
    )


def _scale(most: int) -> str:
    """The height of the highest bar and of half of it."""
    lines = ""
    for share in (0.5, 1.0):
        y = _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * share
        lines += f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="var(--line)" fill="none"/>'
        lines += _text(_LEFT - 6, y + 4, f"{most * share:,.0f}", "end")
    return lines


def _ticks(low: float, high: float) -> str:
    ticks = ""
    for step in range(6):
        share = step / 5
        x = _LEFT + (_WIDTH - _LEFT - _RIGHT) * share
        anchor = "end" if step == 5 else "middle"
        ticks += _text(x, _HEIGHT - 12, f"{low + (high - low) * share:.0%}", anchor)
    return ticks


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" fill="currentColor" '
        f'text-anchor="{anchor}">{text}</text>'
    )
