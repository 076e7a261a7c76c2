"""The parts of a report that tell one head's figures, whichever head it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from genderlens.evaluation.assessment import Assessment
from genderlens.evaluation.report import wording
from genderlens.evaluation.report.figure_words import (
    PLAIN_NUMBERS,
    figure_meanings,
    figure_title,
    label_columns,
)
from genderlens.evaluation.report.formatting import percent, with_interval
from genderlens.evaluation.report.plots import list_plots
from genderlens.html import Html, element, figure, table, text


def figure_cards(assessment: Assessment) -> Html:
    """What to see first."""
    cards = [
        ("right among the classified", "accuracy_when_certain"),
        ("right or off by one", "off_by_one_accuracy"),
        ("uncertain, among the answered", "abstention_rate"),
        ("refused, among all", "refusal_rate"),
        (f"right in the worst group of ≥ {assessment.smallest}", "worst_group_accuracy"),
    ]
    known = (card for card in cards if card[1] in assessment.metrics)
    return element("div", *(_card(assessment, words, name) for words, name in known), css="cards")


def _card(assessment: Assessment, words: str, name: str) -> Html:
    estimate = assessment.metrics[name]
    interval = f"95 % interval {percent(estimate.low)} – {percent(estimate.high)}"
    small = element("span", interval, css="quiet")
    return element(
        "div", element("b", percent(estimate.value)), words, Html("<br>"), small, css="card"
    )


def figure_tables(assessment: Assessment) -> Iterator[Html]:
    """Every figure with its meaning, then those of each label where there are many."""
    rows = [
        (figure_title(name), _measured(assessment, name), text(meaning))
        for name, meaning in figure_meanings(assessment.head).items()
    ]
    yield table(("figure", "measured (95 % interval)", "meaning"), rows, words=(2,))
    by_label = [
        (label, f"{labelled:,}", *(_measured(assessment, name) for name in names))
        for (label, names), labelled in zip(
            label_columns(assessment.head), _labelled(assessment), strict=False
        )
    ]
    if by_label:
        yield table(("label", "labelled so, answered", "precision", "recall", "F1"), by_label)


def _labelled(assessment: Assessment) -> list[int]:
    """Of each label its answered pictures."""
    counts: list[int] = assessment.counts[:, :-1].sum(axis=1).tolist()
    return counts


def _measured(assessment: Assessment, name: str) -> Html:
    return with_interval(assessment.metrics[name], share=name not in PLAIN_NUMBERS)


def plot_grid(assessment: Assessment, drawings: Mapping[str, str], prefix: str = "") -> Html | None:
    """The plots of the figures; None without any. ``prefix`` begins the names in ``drawings``."""
    shown = [
        figure(Html(drawings[prefix + name]), plot.title, plot.caption)
        for name, plot in list_plots(assessment.head).items()
        if prefix + name in drawings
    ]
    return element("div", *shown, css="plots") if shown else None


def abstention_table(assessment: Assessment) -> Iterator[Html]:
    """Thresholds for target errors."""
    yield element("p", wording.DOUBT)
    rows = [
        (
            element("b" if row.target == assessment.target else "span", f"{row.target:.1%}"),
            "out of reach" if row.threshold is None else f"{row.threshold:.4f}",
            with_interval(row.coverage),
            with_interval(row.error),
        )
        for row in assessment.abstention
    ]
    yield table(("target error", "threshold", "still answered", "measured error"), rows)
