"""The charts of the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import altair as alt

ACCENT: Final = "#2f8a86"
QUIET: Final = "#8a9694"
_WARM: Final = "#c27a1a"
_SHARE: Final = "%"
_ROW_PX: Final = 26

Chart = alt.Chart | alt.LayerChart | alt.FacetChart


def probability_chart(probabilities: Mapping[str, float], threshold: float | None) -> Chart:
    """A bar per label, and the confidence below which an answer is withheld."""
    rows = [{"label": label, "probability": value} for label, value in probabilities.items()]
    likelier = max(probabilities, key=lambda label: probabilities[label])
    x = alt.X("probability:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=_axis())
    y = alt.Y("label:N", title=None, sort=_bar_order(probabilities))
    base = alt.Chart(_data(rows)).encode(x=x, y=y)
    colour = (
        alt.when(alt.datum.label == likelier).then(alt.value(ACCENT)).otherwise(alt.value(QUIET))
    )
    bars = base.mark_bar(cornerRadiusEnd=3, height=16).encode(
        color=colour, tooltip=["label:N", alt.Tooltip("probability:Q", format=".1%")]
    )
    layers: list[Any] = [bars]
    if threshold is not None:
        line = alt.Chart(_data([{"threshold": threshold}]))
        mark = line.mark_rule(color=_WARM, strokeDash=[4, 3], strokeWidth=2)
        words = alt.Tooltip("threshold:Q", title="uncertain below", format=".0%")
        layers.append(mark.encode(x="threshold:Q", tooltip=[words]))
    return alt.layer(*layers).properties(height=_ROW_PX * len(rows) + 60)


def _bar_order(probabilities: Mapping[str, float]) -> list[str]:
    """Two labels by the alphabet, so that a bar keeps its place; of more the likeliest first."""
    if len(probabilities) == 2:
        return sorted(probabilities)
    return sorted(probabilities, key=lambda label: -probabilities[label])


def curve_chart(rows: Sequence[Mapping[str, float]], name: str) -> Chart:
    """One figure over the epochs; rows hold ``epoch`` and the figure."""
    chart = alt.Chart(_data(list(rows))).mark_line(color=ACCENT, point={"color": ACCENT})
    x = alt.X("epoch:Q", title="epoch", axis=alt.Axis(format="d", tickMinStep=1, grid=False))
    y = alt.Y(f"{name}:Q", title=None, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=4))
    drawn: Chart = chart.encode(x=x, y=y, tooltip=["epoch:Q", f"{name}:Q"]).properties(height=150)
    return drawn


def interval_chart(rows: Sequence[Mapping[str, Any]], title: str) -> Chart:
    """A point and its 95 % interval per row of ``name, value, low, high``, in the order given."""
    base = alt.Chart(_data(list(rows)))
    y = alt.Y("name:N", title=None, sort=None, axis=alt.Axis(labelLimit=220, labelOverlap=False))
    tips = ["name:N", *(alt.Tooltip(f"{key}:Q", format=".1%") for key in ("value", "low", "high"))]
    if rows and "count" in rows[0]:
        tips.append(alt.Tooltip("count:Q", title="pictures", format=","))
    scale = alt.Scale(zero=False, nice=True)
    x = alt.X("low:Q", title=title, scale=scale, axis=alt.Axis(format=_SHARE))
    lines = base.mark_rule(color=QUIET, strokeWidth=3).encode(x=x, x2="high:Q", y=y, tooltip=tips)
    points = base.mark_point(color=ACCENT, filled=True, size=80, opacity=1)
    chart = alt.layer(lines, points.encode(x="value:Q", y=y, tooltip=tips))
    return chart.properties(height=_ROW_PX * len(rows) + 80)


def reliability_chart(bins: Sequence[Mapping[str, float]]) -> Chart:
    """How often annotators said a label by how likely the model held it; on the line: right.

    A bin holds ``mean``, ``count`` and how many have the label, under its name; ``right`` counts
    right answers of any label.
    """
    label = next((name for one in bins for name in one if name not in {"mean", "count"}), "right")
    rows = [
        {"predicted": one["mean"], "labelled": one[label] / one["count"], "count": one["count"]}
        for one in bins
        if one["count"]
    ]
    said = "confidence" if label == "right" else f"predicted probability of {label}"
    seen = "right" if label == "right" else f"labelled {label}"
    domain = alt.Scale(domain=[0, 1])
    x = alt.X("predicted:Q", title=said, scale=domain, axis=_axis())
    y = alt.Y("labelled:Q", title=seen, scale=domain, axis=_axis())
    ideal = alt.Chart(_data([{"a": 0, "b": 0}, {"a": 1, "b": 1}])).mark_line(
        color=QUIET, strokeDash=[4, 3]
    )
    base = alt.Chart(_data(rows)).encode(x=x, y=y)
    size = alt.Size("count:Q", legend=None, scale=alt.Scale(range=[40, 400]))
    tips = [alt.Tooltip("count:Q", title="pictures", format=",")]
    tips += [alt.Tooltip(f"{name}:Q", format=".1%") for name in ("predicted", "labelled")]
    points = base.mark_point(color=ACCENT, filled=True, opacity=0.9).encode(size=size, tooltip=tips)
    line = base.mark_line(color=ACCENT)
    return alt.layer(ideal.encode(x="a:Q", y="b:Q"), line, points).properties(height=340)


def _data(rows: Sequence[Mapping[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=[dict(row) for row in rows])


def _axis() -> alt.Axis:
    return alt.Axis(format=_SHARE, tickCount=5)
