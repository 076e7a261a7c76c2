"""A comparison as Markdown and CSV, and the cells that its page shows too."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from math import isnan
from typing import Final

from genderlens.csv_safety import plain_text
from genderlens.evaluation.compare import FACTS, ComparedModel, Pair, shared_figures
from genderlens.evaluation.report.figure_words import PLAIN_NUMBERS
from genderlens.evaluation.report.formatting import number, percent

PAIR_HEADER: Final = ("pair", "common", "only first right", "only second right", "p", "p (Holm)")


def render_markdown(entries: Sequence[ComparedModel], pairs: Sequence[Pair]) -> str:
    """Two Markdown tables."""
    rows = [["", *(_cell(entry.name) for entry in entries)], ["---"] * (len(entries) + 1)]
    rows += [[name, *map(_cell, values)] for name, *values in figure_rows(entries)]
    paired = [[*PAIR_HEADER], ["---"] * len(PAIR_HEADER)]
    paired += [[_cell(value) for value in pair_row(pair)] for pair in pairs]
    tables = "\n\n".join(
        "\n".join(f"| {' | '.join(row)} |" for row in part) for part in (rows, paired)
    )
    return f"# Comparison\n\n{tables}\n"


def render_csv(entries: Sequence[ComparedModel]) -> str:
    """One line per model, each figure with its interval; numbers plain, no number undefined."""
    stream = io.StringIO()
    measured = shared_figures(entries)
    names = [f"{name}{end}" for name in measured for end in ("", "_low", "_high")]
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["name", "version", "pictures", *names, *FACTS])
    for entry in entries:
        figures = [entry.figures[name] for name in measured]
        values = [v for figure in figures for v in (figure.value, figure.low, figure.high)]
        numbers = ["" if isnan(value) else f"{value:.6f}" for value in values]
        facts = [entry.facts.get(name, "") for name in FACTS]
        safe = [plain_text(entry.name), plain_text(entry.version)]
        writer.writerow([*safe, entry.pictures, *numbers, *facts])
    return stream.getvalue()


def figure_rows(entries: Sequence[ComparedModel]) -> list[list[str]]:
    """Name of the row, then a cell for each entry, as plain text."""
    rows = [
        ["version", *(entry.version for entry in entries)],
        ["pictures", *(f"{entry.pictures:,}" for entry in entries)],
    ]
    rows += [
        [name, *(_plain_measured(entry, name) for entry in entries)]
        for name in shared_figures(entries)
    ]
    for fact in FACTS:
        if any(fact in entry.facts for entry in entries):
            known = (_number(entry.facts.get(fact)) for entry in entries)
            rows.append([fact, *known])
    return rows


def _plain_measured(entry: ComparedModel, name: str) -> str:
    found = entry.figures[name]
    if isnan(found.value):
        return "–"
    if name in PLAIN_NUMBERS:
        return f"{number(found.value)} ({number(found.low)} – {number(found.high)})"
    return f"{percent(found.value)} ({percent(found.low)} – {percent(found.high)})"


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 1000 else f"{value:,.2f}"


def pair_row(pair: Pair) -> list[str]:
    return [
        f"{pair.first} : {pair.second}",
        f"{pair.common:,}",
        f"{pair.only_first:,}",
        f"{pair.only_second:,}",
        f"{pair.p_value:.3g}",
        f"{pair.p_holm:.3g}",
    ]


def _cell(words: str) -> str:
    """A name cannot end a cell of a Markdown table or begin markup."""
    return "".join(f"\\{c}" if c in r"\|`*_<>[]" else c for c in words if c.isprintable())
