"""The plots of a report, each a function from an assessment to a figure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

from genderlens.evaluation.figures.counts import confusion
from genderlens.evaluation.figures.metrics import proportion
from genderlens.evaluation.report.drawing import INK, MAIN, QUIET, SECOND, new_figure
from genderlens.types import LABELS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from genderlens.evaluation.assessment import Assessment


def draw_confusion(assessment: Assessment) -> Figure:
    """Counts and shares of each annotated label."""
    counts = confusion(assessment.counts)
    totals = np.maximum(1, counts.sum(axis=1, keepdims=True))
    shares = counts / totals
    figure, axes = new_figure(4.6, 3.8)
    edges = (-0.5, 0.5, 1.5)
    axes.pcolormesh(edges, edges, shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_aspect("equal")
    axes.invert_yaxis()
    axes.grid(visible=False)
    for (row, column), count in np.ndenumerate(counts):
        colour = "white" if shares[row, column] > 0.5 else "#10131a"
        text = f"{count:,}\n{shares[row, column]:.1%}"
        axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=12)
    axes.set_xticks((0, 1), LABELS)
    axes.set_yticks((0, 1), LABELS)
    axes.set_xlabel("the model's likelier label")
    axes.set_ylabel("label by the annotators")
    return figure


def draw_roc(assessment: Assessment) -> Figure:
    """True against false positive rate of ``male``."""
    figure, axes = new_figure()
    _band(axes, assessment, "roc")
    axes.plot((0, 1), (0, 1), color=QUIET, linestyle=":", label="guessing")
    area = assessment.metrics["roc_auc"].value
    axes.plot(*assessment.curves["roc"], color=MAIN, label=f"the model, area {area:.3f}")
    _unit(
        axes,
        "share of pictures labelled female that get ‘male’",
        "share of those labelled male that get ‘male’",
    )
    return figure


def draw_precision_recall(assessment: Assessment) -> Figure:
    """Precision against recall of ``male``."""
    figure, axes = new_figure()
    _band(axes, assessment, "precision_recall")
    area = assessment.metrics["average_precision_male"].value
    curve = assessment.curves["precision_recall"]
    axes.plot(*curve, color=MAIN, label=f"the model, average precision {area:.3f}")
    men = confusion(assessment.counts)[1].sum() / max(1, confusion(assessment.counts).sum())
    axes.axhline(men, color=QUIET, linestyle=":", label="guessing")
    _unit(
        axes,
        "share of those labelled male that get ‘male’ (recall)",
        "share of ‘male’ answers that are right (precision)",
    )
    return figure


def draw_reliability(assessment: Assessment) -> Figure:
    """Observed share of ``male`` against the probability that was told."""
    figure, axes = new_figure()
    axes.plot((0, 1), (0, 1), color=QUIET, linestyle=":", label="perfectly honest")
    bins = assessment.curves["reliability"]
    shares = [proportion(round(b["male"]), round(b["count"])) for b in bins]
    means = [b["mean"] for b in bins]
    errors = [[s.value - s.low for s in shares], [s.high - s.value for s in shares]]
    axes.errorbar(
        means, [s.value for s in shares], yerr=errors, color=MAIN, marker="o", capsize=3,
        label=f"the model, calibration error {assessment.metrics['ece'].value:.3f}",
    )  # fmt: skip
    _unit(axes, "probability of male that the model told", "share that annotators labelled male")
    return figure


def draw_sweep(assessment: Assessment) -> Figure:
    """What another threshold on the probability of ``male`` would give."""
    figure, axes = new_figure()
    sweep = assessment.curves["sweep"]
    for name, colour, style in (
        ("accuracy", INK, "-"),
        ("recall_female", "#d1495b", "--"),
        ("recall_male", MAIN, "-."),
        ("f1_male", SECOND, ":"),
    ):
        label = name.replace("_", " ").replace("f1", "F1")
        axes.plot(sweep["threshold"], sweep[name], color=colour, linestyle=style, label=label)
    axes.axvline(0.5, color=QUIET, linewidth=1)
    _unit(axes, "threshold: ‘male’ is said from this probability on", "share")
    axes.legend(loc="lower center")
    return figure


def draw_risk_coverage(assessment: Assessment) -> Figure:
    """Errors among the most confident answers, and where the target error lies."""
    figure, axes = new_figure()
    _band(axes, assessment, "risk_coverage")
    area = assessment.metrics["aurc"].value
    axes.plot(*assessment.curves["risk_coverage"], color=MAIN, label=f"the model, area {area:.4f}")
    row = assessment.target_row
    if row is not None and row.threshold is not None:
        words = f"{row.target:.1%} errors at {row.coverage.value:.0%} answered"
        axes.plot([row.coverage.value], [row.error.value], "o", color=SECOND, label=words)
    axes.set_xlim(0, 1)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("share of pictures that still get an answer")
    axes.set_ylabel("errors among those answers")
    _percent(axes, "xy")
    axes.legend(loc="upper left")
    return figure


def _band(axes: Axes, assessment: Assessment, name: str) -> None:
    grid, low, high = assessment.curves["bands"][name]
    axes.fill_between(grid, low, high, color=MAIN, alpha=0.2, linewidth=0, label="95 % interval")


def _unit(axes: Axes, x: str, y: str) -> None:
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(-0.01, 1.03)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.legend(loc="best")
    _percent(axes, "xy")


def _percent(axes: Axes, which: str) -> None:
    from matplotlib.ticker import PercentFormatter

    for name in which:
        axis = axes.xaxis if name == "x" else axes.yaxis
        axis.set_major_formatter(PercentFormatter(1.0, decimals=None))


PLOTS: Final[dict[str, tuple[Callable[[Assessment], Figure], str, str]]] = {
    "confusion": (
        draw_confusion,
        "Confusion matrix",
        "Each row is a label that annotators gave; the numbers tell what the model found likelier. "
        "A good model has nearly everything on the diagonal from top left to bottom right.",
    ),
    "roc": (
        draw_roc,
        "ROC curve",
        "The closer the line comes to the top left corner, the better the model ranks the "
        "pictures; the dotted line is what guessing would give.",
    ),
    "precision_recall": (
        draw_precision_recall,
        "Precision and recall",
        "Further to the right more of the pictures labelled male get ‘male’; a line that stays "
        "high says that hardly any labelled female are swept along.",
    ),
    "reliability": (
        draw_reliability,
        "Reliability diagram",
        "If the model says 80 %, it should be right 8 times in 10: dots on the dotted line mean "
        "that its confidence can be taken at its word.",
    ),
    "sweep": (
        draw_sweep,
        "Threshold sweep",
        "What would happen if the model said ‘male’ sooner (left) or later (right) than at 50 %: "
        "where the two recalls cross, both labels are treated alike.",
    ),
    "risk_coverage": (
        draw_risk_coverage,
        "Risk and coverage",
        "Reading from right to left, the model keeps silent more and more often when in doubt; the "
        "line shows how many of the remaining answers are wrong.",
    ),
}
"""Name of the file → drawing, title, and one sentence in plain words."""
