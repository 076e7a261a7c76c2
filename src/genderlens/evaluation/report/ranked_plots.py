"""The plots of a binary head, whose score ranks two labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genderlens.evaluation.figures.counts import confusion
from genderlens.evaluation.figures.names import label_figure
from genderlens.evaluation.figures.scores import score_name
from genderlens.evaluation.report.drawing import (
    INK,
    MAIN,
    NEGATIVE,
    QUIET,
    SECOND,
    draw_band,
    new_figure,
    plain_words,
    unit_axes,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from genderlens.evaluation.assessment import Assessment


def draw_roc(assessment: Assessment) -> Figure:
    """True against false positive rate of the positive label."""
    figure, axes = new_figure()
    draw_band(axes, assessment.curves["bands"]["roc"])
    axes.plot((0, 1), (0, 1), color=QUIET, linestyle=":", label="guessing")
    area = assessment.metrics["roc_auc"].value
    axes.plot(*assessment.curves["roc"], color=MAIN, label=f"the model, area {area:.3f}")
    negative, positive = map(plain_words, assessment.head.labels)
    unit_axes(
        axes,
        f"share of pictures labelled {negative} that get ‘{positive}’",
        f"share of those labelled {positive} that get ‘{positive}’",
    )
    return figure


def draw_precision_recall(assessment: Assessment) -> Figure:
    """Precision against recall of the positive label."""
    figure, axes = new_figure()
    draw_band(axes, assessment.curves["bands"]["precision_recall"])
    name = score_name("average_precision_positive", assessment.head)
    area = assessment.metrics[name].value
    curve = assessment.curves["precision_recall"]
    axes.plot(*curve, color=MAIN, label=f"the model, average precision {area:.3f}")
    counts, positive = confusion(assessment.counts), plain_words(assessment.head.positive)
    axes.axhline(
        counts[1].sum() / max(1, counts.sum()), color=QUIET, linestyle=":", label="guessing"
    )
    unit_axes(
        axes,
        f"share of those labelled {positive} that get ‘{positive}’ (recall)",
        f"share of ‘{positive}’ answers that are right (precision)",
    )
    return figure


def draw_sweep(assessment: Assessment) -> Figure:
    """What another threshold on the probability of the positive label would give."""
    figure, axes = new_figure()
    sweep, (negative, positive) = assessment.curves["sweep"], assessment.head.labels
    for name, words, colour, style in (
        ("accuracy", "accuracy", INK, "-"),
        (label_figure("recall", negative), f"recall {negative}", NEGATIVE, "--"),
        (label_figure("recall", positive), f"recall {positive}", MAIN, "-."),
        (label_figure("f1", positive), f"F1 {positive}", SECOND, ":"),
    ):
        axes.plot(
            sweep["threshold"], sweep[name], color=colour, linestyle=style,
            label=plain_words(words),
        )  # fmt: skip
    axes.axvline(0.5, color=QUIET, linewidth=1)
    said = plain_words(positive)
    unit_axes(axes, f"threshold: ‘{said}’ is said from this probability on", "share")
    axes.legend(loc="lower center")
    return figure
