"""Matplotlib figures as PNG for files and as SVG that takes the page's colours.

The figures are made without pyplot, so nothing global changes. Ink is one special colour, which the
SVG replaces by ``currentColor``: the same drawing is readable on a light and on a dark page.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from genderlens.errors import MissingExtraError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK: Final = "#101214"
NEGATIVE: Final = "#d1495b"
MAIN: Final = "#3a86c8"
SECOND: Final = "#e08a1e"
QUIET: Final = "#8a9099"
PALETTE: Final = (
    "#3a86c8", "#e08a1e", "#2a9d6f", "#d1495b", "#9467bd",
    "#a0734f", "#e377c2", "#8a9099", "#b5a818", "#17a9bd",
)  # fmt: skip
_DPI: Final = 130
_STYLE: Final[Any] = {
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": QUIET,
    "grid.alpha": 0.25,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "font.size": 10,
    "svg.fonttype": "none",
    "svg.hashsalt": "genderlens",
}


def require_matplotlib() -> None:
    """MissingExtraError where plots cannot be drawn; asked before the work, not after it."""
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("report", "drawing the report's plots") from error


@contextmanager
def house_style() -> Iterator[None]:
    """Within it figures are made and saved in one style; afterwards all is as it was."""
    require_matplotlib()
    import matplotlib as mpl

    with mpl.rc_context(_STYLE):
        yield


def new_figure(width: float = 5.6, height: float = 4.2) -> tuple[Figure, Axes]:
    """An empty figure (inches) with one pair of axes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def draw_band(axes: Axes, band: Sequence[Sequence[float]]) -> None:
    """The 95 % interval of a curve: where, low and high."""
    grid, low, high = band
    axes.fill_between(grid, low, high, color=MAIN, alpha=0.2, linewidth=0, label="95 % interval")


def unit_axes(axes: Axes, x: str, y: str) -> None:
    """Shares from 0 to 1 on both, with a legend."""
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(-0.01, 1.03)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.legend(loc="best")
    percent_axes(axes, "xy")


def percent_axes(axes: Axes, which: str) -> None:
    """Writes shares as per cent along ``x``, ``y`` or both."""
    from matplotlib.ticker import PercentFormatter

    for name in which:
        axis = axes.xaxis if name == "x" else axes.yaxis
        axis.set_major_formatter(PercentFormatter(1.0, decimals=None))


def plain_words(words: str, most: int = 40) -> str:
    """Without what a plot would take for a formula or hide, and no longer than its margin."""
    plain = words.lstrip("_") or "?"
    short = plain if len(plain) <= most else plain[: most - 1] + "…"
    return short.replace("$", r"\$")


def settle(figure: Figure, dpi: int) -> None:
    """Lay the figure out for good: with an engine, each saving draws it once more beforehand."""
    engine = figure.get_layout_engine()
    if engine is not None:
        figure.set_dpi(dpi)
        engine.execute(figure)
        figure.set_layout_engine(None)


def to_png(figure: Figure) -> bytes:
    """The figure on white."""
    settle(figure, _DPI)
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=_DPI, facecolor="white", metadata={"Software": None})
    return stream.getvalue()


def to_svg(figure: Figure, name: str) -> str:
    """The figure as an element to stand inside a page, its ids told apart by ``name``."""
    settle(figure, _DPI)
    stream = io.StringIO()
    figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None})
    svg = stream.getvalue()
    svg = svg[svg.index("<svg") :].replace(INK, "currentColor")
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r"; font-family: [^;\"]*|font-family: [^;\"]*; ?", "", svg)
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", svg)
    return re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", re.sub(r"\n\s*", "\n", svg), count=1)
