"""The further heads of a bundle, each with what was measured and what it is not for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from genderlens.bundle import Description, HeadEvaluation, HeadSpec
from genderlens.evaluation.report.figure_words import PLAIN_NUMBERS
from genderlens.export.cards.groups import group_lines
from genderlens.export.cards.head_words import label_count, label_words, perceived
from genderlens.export.cards.markdown import cell, percent_words, table
from genderlens.heads import head_title
from genderlens.types import Estimate

_HEAD: Final = """\
## Attributes

Further questions that the same pass through the network answers where they are asked for
(`--attributes`), and never otherwise.

**Not for age verification or any other check of what somebody is, and not for deciding about a
person.** An answer repeats how annotators saw a picture; it is off by years, or by a word, for many
people. Meant for statistics over many pictures, with the intervals below.
"""
_FIGURES: Final = {
    "off_by_one_accuracy": "right or off by one",
    "accuracy_when_certain": "right among the certain",
    "f1_macro": "macro-F1",
    "mean_absolute_error": "mean absolute error, in groups",
    "ece": "expected calibration error",
}


def render_attributes(description: Description) -> str:
    """The section; the description has further heads."""
    return "\n".join([_HEAD, *(_section(head) for head in description.heads[1:])])


def _section(head: HeadSpec) -> str:
    order = ", in this order" if head.kind == "ordinal" else ""
    lines = [
        f"### {head_title(head.name).capitalize()} (`{head.name}`)",
        "",
        f"{perceived(head).capitalize()}, {label_count(head)} labels{order}: {label_words(head)}.",
        "",
    ]
    measured = head.evaluation
    lines += [*_measured(measured)] if measured else ["Not measured: see no accuracy in it.", ""]
    return "\n".join(lines)


def _measured(evaluation: HeadEvaluation) -> Iterator[str]:
    yield (
        f"On {evaluation.data}, {evaluation.pictures:,} pictures, faces `{evaluation.faces}`: "
        f"**right {percent_words(evaluation.overall)}**. Intervals are 95 %."
    )
    yield ""
    named = {name: _FIGURES.get(name, name.replace("_", " ")) for name in evaluation.metrics}
    ordered = sorted(named, key=lambda name: [*_FIGURES, name].index(name))
    rows = [(named[name], *_cells(name, evaluation.metrics[name])) for name in ordered]
    if rows:
        yield from table(("figure", "measured", "95 % interval"), rows)
        yield ""
    for column, values in evaluation.groups.items():
        yield from group_lines(column, values)
        yield ""
        yield from _further(column, evaluation.group_figures.get(column, {}))


def _further(column: str, groups: Mapping[str, Mapping[str, Estimate]]) -> Iterator[str]:
    """What else was measured of each group: a figure with its interval in each cell."""
    names = list(dict.fromkeys(name for figures in groups.values() for name in figures))
    if not names:
        return
    rows = [
        (cell(value), *(" (".join(_cells(name, figures[name])) + ")" for name in names))
        for value, figures in groups.items()
        if set(names) <= set(figures)
    ]
    yield from table((cell(column), *(_FIGURES.get(name, name) for name in names)), rows)
    yield ""


def _cells(name: str, figure: Estimate) -> tuple[str, str]:
    if name in PLAIN_NUMBERS:
        return f"{figure.value:.3f}", f"{figure.low:.3f} – {figure.high:.3f}"
    return f"{figure.value:.1%}", f"{figure.low:.1%} – {figure.high:.1%}"
