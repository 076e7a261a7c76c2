"""A comparison as Markdown, CSV, JSON, plot and page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from genderlens.evaluation.compare import FACTS, ComparedModel, Pair, shared_figures
from genderlens.evaluation.report.comparison_text import (
    PAIR_HEADER,
    figure_rows,
    pair_row,
    render_csv,
    render_markdown,
)
from genderlens.evaluation.report.drawing import (
    PALETTE,
    house_style,
    new_figure,
    plain_words,
    require_matplotlib,
    to_png,
    to_svg,
)
from genderlens.evaluation.report.figure_words import PLAIN_NUMBERS, figure_title
from genderlens.evaluation.report.formatting import with_interval
from genderlens.evaluation.report.head_words import what_it_says
from genderlens.files.locks import exclusive_folder
from genderlens.html import Html, element, figure, render_page, table
from genderlens.storage import write_bytes_atomically

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COST_AXES: Final = {
    "milliseconds_per_picture": "milliseconds per picture, measured while evaluating",
    "model_megabytes": "size of the model, MB",
}
_CAPTION: Final = (
    "Further up is more accurate, further left is cheaper; where bars overlap widely, the "
    "difference may be chance."
)
_PAIRED: Final = (
    "On the pictures that both answered: how many only one of them got right, and how probable "
    "such an imbalance is if both are equally good (McNemar’s test, corrected for all pairs by "
    "Holm). Below 0.05 it is hardly chance."
)


def comparison_document(entries: Sequence[ComparedModel], pairs: Sequence[Pair]) -> dict[str, Any]:
    """What ``comparison.json`` and ``--json`` hold."""
    return {
        "models": [entry.to_dict() for entry in entries],
        "pairs": [pair.to_dict() for pair in pairs],
    }


def write_comparison(out: Path, entries: Sequence[ComparedModel], pairs: Sequence[Pair]) -> None:
    """comparison.{md,csv,html,json} and a PNG for each cost that is known."""
    require_matplotlib()
    with exclusive_folder(out):
        drawings = {}
        with house_style():
            for fact in COST_AXES:
                if any(fact in entry.facts for entry in entries):
                    drawn = draw_cost(entries, fact)
                    write_bytes_atomically(out / f"accuracy-{fact}.png", to_png(drawn))
                    drawings[fact] = to_svg(drawn, fact)
        _write(out / "comparison.md", render_markdown(entries, pairs))
        _write(out / "comparison.csv", render_csv(entries))
        _write(out / "comparison.html", render_comparison(entries, pairs, drawings))
        document = comparison_document(entries, pairs)
        _write(out / "comparison.json", json.dumps(document, indent=1, allow_nan=False) + "\n")


def draw_cost(entries: Sequence[ComparedModel], fact: str) -> Figure:
    """Accuracy against one cost, for the entries that know it."""
    from matplotlib.ticker import PercentFormatter

    drawn, axes = new_figure(6.4, 4.0)
    for index, entry in enumerate(entries):
        if fact in entry.facts:
            accuracy, colour = entry.figures["accuracy"], PALETTE[index % len(PALETTE)]
            error = [[accuracy.value - accuracy.low], [accuracy.high - accuracy.value]]
            axes.errorbar(
                entry.facts[fact], accuracy.value, yerr=error, fmt="o", color=colour, capsize=3,
                label=plain_words(entry.name, 200),
            )  # fmt: skip
    axes.set_xlim(left=0)
    axes.set_xlabel(COST_AXES[fact])
    axes.set_ylabel("accuracy")
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=1))
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return drawn


def render_comparison(
    entries: Sequence[ComparedModel], pairs: Sequence[Pair], drawings: dict[str, str]
) -> str:
    """The page."""
    body = [
        [figure_title(name), *(_measured(entry, name) for entry in entries)]
        for name in shared_figures(entries)
    ]
    facts = [
        [row[0].replace("_", " "), *row[1:]]
        for row in figure_rows(entries)
        if row[0] in ("version", "pictures", *FACTS)
    ]
    plots = [
        figure(Html(svg), f"Accuracy and {COST_AXES[name]}", _CAPTION)
        for name, svg in drawings.items()
    ]
    header = ("", *(entry.name for entry in entries))
    parts = [
        element("p", what_it_says(entries[0].head), css="box"),
        table(header, [*facts, *body]),
        element("div", *plots, css="plots"),
        element("h2", "Is it chance?"),
        element("p", _PAIRED),
        table(PAIR_HEADER, map(pair_row, pairs)),
    ]
    return render_page("Comparison", parts)


def _measured(entry: ComparedModel, name: str) -> Html:
    return with_interval(entry.figures[name], share=name not in PLAIN_NUMBERS)


def _write(path: Path, words: str) -> None:
    write_bytes_atomically(path, words.encode("utf-8", "replace"))
