"""The table of a sweep as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from genderlens.evaluation.figures.metrics import proportion
from genderlens.evaluation.report.drawing import INK, PALETTE, QUIET, house_style, to_png
from genderlens.training.sweep.marks import Marks
from genderlens.training.sweep.results import RowResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_table(results: Sequence[RowResult], marks: Marks) -> bytes:
    """Accuracy with its 95 % interval beside time of training and of inference, one row each."""
    from matplotlib.figure import Figure

    networks = sorted({result.architecture for result in results})
    colours = {name: PALETTE[index % len(PALETTE)] for index, name in enumerate(networks)}
    with house_style():
        figure = Figure(figsize=(12, 1.6 + 0.36 * len(results)), layout="constrained")
        left, middle, right = figure.subplots(1, 3, sharey=True, width_ratios=(2.2, 1, 1))
        _draw_accuracy(left, results, marks, colours)
        _draw_bars(middle, results, colours, "training_s", "training (s)")
        _draw_bars(right, results, colours, "inference_ms", "inference (ms a picture)")
        _label_rows(left, results, marks)
        figure.legend(
            handles=[_swatch(name, colour) for name, colour in colours.items()],
            loc="outside lower center",
            ncols=len(colours),
        )
        return to_png(figure)


def _draw_accuracy(
    axes: Axes, results: Sequence[RowResult], marks: Marks, colours: dict[str, str]
) -> None:
    for place, result in enumerate(results):
        if result.accuracy is None or result.pictures is None:
            text = f"  {result.state}"
            axes.text(0.0, place, text, color=QUIET, va="center", transform=_at_left(axes))
            continue
        share = proportion(round(result.accuracy * result.pictures), result.pictures)
        span = [[100 * (share.value - share.low)], [100 * (share.high - share.value)]]
        best = result.number == marks.best
        axes.errorbar(
            100 * share.value, place, xerr=span, color=colours[result.architecture],
            marker="*" if best else "o", markersize=15 if best else 8, capsize=3,
        )  # fmt: skip
        axes.annotate(
            f"{100 * share.value:.1f}", (100 * share.value, place), (0, 8), fontsize=9,
            textcoords="offset points", ha="center", fontweight="bold" if best else "normal",
        )  # fmt: skip
    split = next((result.split for result in results if result.split), "judging")
    axes.set(xlabel=f"accuracy on {split} (%), 95 % interval; ★ is the best row")
    axes.margins(y=0.06)


def _draw_bars(
    axes: Axes, results: Sequence[RowResult], colours: dict[str, str], name: str, words: str
) -> None:
    for place, result in enumerate(results):
        value = getattr(result, name)
        if value is not None:
            axes.barh(place, value, color=colours[result.architecture], height=0.6)
            axes.annotate(f" {value:,.1f}", (value, place), va="center", fontsize=9)
    axes.set(xlabel=words)
    axes.margins(x=0.25)
    axes.grid(visible=False, axis="y")


def _label_rows(axes: Axes, results: Sequence[RowResult], marks: Marks) -> None:
    """Row 1 at the top; rows above the thresholds are ticked and bold."""
    axes.set_ylim(len(results) - 0.4, -0.7)
    ticks = ["✓ " if result.number in marks.above else "" for result in results]
    labels = [f"{t}{r.number}  {r.label}" for t, r in zip(ticks, results, strict=True)]
    axes.set_yticks(range(len(results)), labels)
    for tick, text in zip(ticks, axes.get_yticklabels(), strict=True):
        text.set(color=INK, fontweight="bold" if tick else "normal")
    if any(ticks):
        axes.set_title("✓ reaches every threshold", loc="left", fontsize=10)


def _at_left(axes: Axes) -> Any:
    """x as a share of the axes, y in data."""
    return axes.get_yaxis_transform()


def _swatch(name: str, colour: str) -> Any:
    from matplotlib.patches import Patch

    return Patch(color=colour, label=name)
