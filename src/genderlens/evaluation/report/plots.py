"""The plots of a report, each a function from an assessment to a figure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from genderlens.evaluation.figures.counts import confusion
from genderlens.evaluation.figures.curves import reliability_key
from genderlens.evaluation.figures.metrics import proportion
from genderlens.evaluation.report.drawing import (
    MAIN,
    QUIET,
    SECOND,
    draw_band,
    new_figure,
    percent_axes,
    plain_words,
    unit_axes,
)
from genderlens.evaluation.report.ranked_plots import (
    draw_precision_recall,
    draw_roc,
    draw_sweep,
)
from genderlens.heads import Head

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from genderlens.evaluation.assessment import Assessment

_CELL_IN: Final = 0.42
"""The side of a cell of a confusion matrix of more than two labels, in inches."""
_MOST_COUNTED: Final = 4
"""Up to so many labels a cell has room for counts, up to the next for its share alone."""
_MOST_WRITTEN: Final = 16


class Plot(NamedTuple):
    """A drawing, its title, and one sentence in plain words."""

    draw: Callable[[Assessment], Figure]
    title: str
    caption: str


def draw_confusion(assessment: Assessment) -> Figure:
    """Counts and shares of each annotated label."""
    counts, labels = confusion(assessment.counts), assessment.head.labels
    totals = np.maximum(1, counts.sum(axis=1, keepdims=True))
    shares, size = counts / totals, len(labels)
    more = _CELL_IN * (size - 2)
    figure, axes = new_figure(4.6 + more, 3.8 + more)
    edges = np.arange(size + 1) - 0.5
    axes.pcolormesh(edges, edges, shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_aspect("equal")
    axes.invert_yaxis()
    axes.grid(visible=False)
    for (row, column), count in np.ndenumerate(counts):
        colour = "white" if shares[row, column] > 0.5 else "#10131a"
        text, points = _cell(int(count), float(shares[row, column]), size)
        axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=points)
    words = [plain_words(label) for label in labels]
    leaning = {} if size == 2 else {"rotation": 40, "ha": "right", "rotation_mode": "anchor"}
    axes.set_xticks(range(size), words, **leaning)
    axes.set_yticks(range(size), words)
    axes.set_xlabel("the model's likelier label")
    axes.set_ylabel("label by the annotators")
    return figure


def _cell(count: int, share: float, size: int) -> tuple[str, int]:
    """What a cell says and in which size; less where there are many."""
    if size <= _MOST_COUNTED:
        return f"{count:,}\n{share:.1%}", 12 if size == 2 else 9
    return (f"{share:.0%}" if count and size <= _MOST_WRITTEN else ""), 9


def draw_reliability(assessment: Assessment) -> Figure:
    """What was right against the probability that was told."""
    figure, axes = new_figure()
    axes.plot((0, 1), (0, 1), color=QUIET, linestyle=":", label="perfectly honest")
    bins, key = assessment.curves["reliability"], reliability_key(assessment.head)
    shares = [proportion(round(b[key]), round(b["count"])) for b in bins]
    means = [b["mean"] for b in bins]
    errors = [[s.value - s.low for s in shares], [s.high - s.value for s in shares]]
    axes.errorbar(
        means, [s.value for s in shares], yerr=errors, color=MAIN, marker="o", capsize=3,
        label=f"the model, calibration error {assessment.metrics['ece'].value:.3f}",
    )  # fmt: skip
    unit_axes(axes, *_reliability_words(assessment.head))
    return figure


def _reliability_words(head: Head) -> tuple[str, str]:
    if not head.is_binary:
        return "confidence that the model told", "share of those answers that are right"
    word = plain_words(head.positive)
    return (
        f"probability of {word} that the model told",
        f"share that annotators labelled {word}",
    )


def draw_risk_coverage(assessment: Assessment) -> Figure:
    """Errors among the most confident answers, and where the target error lies."""
    figure, axes = new_figure()
    draw_band(axes, assessment.curves["bands"]["risk_coverage"])
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
    percent_axes(axes, "xy")
    axes.legend(loc="upper left")
    return figure


def list_plots(head: Head) -> dict[str, Plot]:
    """Name of the file → plot, of those that this head has."""
    ranked = _ranked_plots(head) if head.is_binary else {}
    reliable = (
        "If the model says 80 %, it should be right 8 times in 10: dots on the dotted line mean "
        "that its confidence can be taken at its word."
    )
    silent = (
        "Reading from right to left, the model keeps silent more and more often when in doubt; the "
        "line shows how many of the remaining answers are wrong."
    )
    every = {
        "confusion": Plot(draw_confusion, "Confusion matrix", _confusion_caption(head)),
        **ranked,
        "reliability": Plot(draw_reliability, "Reliability diagram", reliable),
        "risk_coverage": Plot(draw_risk_coverage, "Risk and coverage", silent),
    }
    return {name: every[name] for name in _ORDER if name in every}


_ORDER: Final = ("confusion", "roc", "precision_recall", "reliability", "sweep", "risk_coverage")


def _confusion_caption(head: Head) -> str:
    order = " Answers beside it are off by one." if head.kind == "ordinal" else ""
    return (
        "Each row is a label that annotators gave; the numbers tell what the model found likelier. "
        "A good model has nearly everything on the diagonal from top left to bottom right." + order
    )


def _ranked_plots(head: Head) -> dict[str, Plot]:
    negative, positive = head.labels
    return {
        "roc": Plot(
            draw_roc,
            "ROC curve",
            "The closer the line comes to the top left corner, the better the model ranks the "
            "pictures; the dotted line is what guessing would give.",
        ),
        "precision_recall": Plot(
            draw_precision_recall,
            "Precision and recall",
            f"Further to the right more of the pictures labelled {positive} get ‘{positive}’; a "
            f"line that stays high says that hardly any labelled {negative} are swept along.",
        ),
        "sweep": Plot(
            draw_sweep,
            "Threshold sweep",
            f"What would happen if the model said ‘{positive}’ sooner (left) or later (right) than "
            "at 50 %: where the two recalls cross, both labels are treated alike.",
        ),
    }
