"""CPU time of five kinds of photo, from what ``benchmarks/kinds.py`` measured."""

from __future__ import annotations

from typing import Any, Final

WAYS: Final = {
    "as_needed": "genderlens",
    "as_needed_int8": "with `GENDERLENS_PRECISION=int8`",
    "before": "release before photos were looked at as they need",
    "every_picture_alike": "this one, every photo looked at alike",
    "scrfd_work": "detecting alone, as much work as SCRFD-500M at 640 px",
    "plain_loop": "plain loop over the same models",
    "limit": "bare ONNX Runtime: decode, both small networks, one classification",
}
"""By the name of a way in the figures: what it is, in the order of the table."""


def kinds(data: dict[str, Any]) -> str:
    """A table, a row for each way and a column for each kind, and where it was measured.

    ``data`` is ``figures/kinds.json``; ways that were not measured have no row.
    """
    found: dict[str, dict[str, Any]] = data["kinds"]
    names = [name.replace("_", " ") for name in found]
    measured = [way for way in WAYS if all(way in ways for ways in found.values())]
    return "\n".join(
        [
            f"CPU time of one thread from JPEG to answer, in milliseconds, {data['date']}, "
            f"{data['machine']}; measured by `benchmarks/kinds.py`, all taking turns photo by "
            "photo. Beside it how many times genderlens's own.",
            "",
            f"| way | {' | '.join(names)} |",
            f"|---|{'--:|' * len(names)}",
            *(f"| {WAYS[way]} | {_cells(way, found)} |" for way in measured),
        ]
    )


def _cells(way: str, found: dict[str, dict[str, Any]]) -> str:
    cells = (ways[way] for ways in found.values())
    return " | ".join(f"{one['cpu_ms']:.1f} ({one['ratio']:.1f}×)" for one in cells)
