"""The plots of one attribute: accuracy of its groups, and what abstaining does to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from genderlens.evaluation.figures.selective import COVERAGES
from genderlens.evaluation.report.drawing import (
    INK,
    MAIN,
    PALETTE,
    QUIET,
    SECOND,
    new_figure,
    percent_axes,
    plain_words,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from genderlens.evaluation.assessment import Assessment

_MOST_LETTERS: Final = 24
GROUPS_CAPTION: Final = (
    "Each dot is the accuracy of one group, the bar its 95 % interval: where two bars overlap "
    "widely, the data cannot tell the groups apart; orange groups are too small to say much."
)
SELECTIVE_CAPTION: Final = (
    "Reading from left to right, the model answers only when it is surer and surer, with one "
    "threshold for everybody: a line that falls is a group that abstaining makes worse off."
)


def draw_groups(assessment: Assessment, column: str) -> Figure:
    """Accuracy of each value of an attribute with Wilson's interval."""
    groups = [group for group in assessment.groups if group.columns == (column,)]
    figure, axes = new_figure(6.4, 1.3 + 0.34 * len(groups))
    for place, group in enumerate(reversed(groups)):
        share = group.rates["accuracy"]
        colour = SECOND if group.is_small(assessment.smallest) else MAIN
        error = [[share.value - share.low], [share.high - share.value]]
        axes.errorbar(share.value, place, xerr=error, fmt="o", color=colour, capsize=3)
    axes.axvline(assessment.metrics["accuracy"].value, color=QUIET, linestyle=":")
    names = [
        f"{plain_words(group.name, _MOST_LETTERS)} ({group.count:,})" for group in reversed(groups)
    ]
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.set_xlabel("accuracy (dotted: all pictures)")
    percent_axes(axes, "x")
    return figure


def draw_selective(assessment: Assessment, column: str) -> Figure:
    """Accuracy of each group among the answers that a rising common threshold leaves."""
    groups = [group for group in assessment.selective if group.column == column]
    figure, axes = new_figure(6.4, 4.2)
    worst = max(groups, key=lambda group: group.error_before.value)
    for index, group in enumerate(groups):
        style = "--" if index >= len(PALETTE) else "-"
        width = 3.0 if group is worst else 1.4
        colour = PALETTE[index % len(PALETTE)]
        if not np.isnan(group.accuracy).all():
            axes.plot(
                COVERAGES, group.accuracy, style, color=colour, linewidth=width,
                label=plain_words(group.value, _MOST_LETTERS),
            )  # fmt: skip
    row = assessment.target_row
    if row is not None and row.threshold is not None:
        axes.axvline(row.coverage.value, color=INK, linewidth=0.8, linestyle=":")
    axes.set_xlim(1.0, 0.1)
    axes.set_xlabel("share of all pictures that still get an answer")
    axes.set_ylabel("accuracy among them")
    percent_axes(axes, "xy")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure
