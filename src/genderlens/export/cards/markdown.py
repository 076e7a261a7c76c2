"""Tables in Markdown whose cells cannot break them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from genderlens.types import Estimate


def cell(text: object) -> str:
    """One line without column marks or markup of its own."""
    flat = " ".join(str(text).split())
    return flat.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """The lines of a table; numbers get thousands separators."""
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    for row in rows:
        cells = (f"{value:,}" if isinstance(value, int) else str(value) for value in row)
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def percent_words(share: Estimate) -> str:
    """``91.2% (90.1% – 92.3%)``."""
    return f"{share.value:.1%} ({share.low:.1%} – {share.high:.1%})"
