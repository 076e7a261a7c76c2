"""The parts of the report on further heads, each with the figures that the answer has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from genderlens.evaluation.assessment import Assessment
from genderlens.evaluation.report.fairness_section import fairness_sections
from genderlens.evaluation.report.figure_sections import (
    abstention_table,
    figure_cards,
    figure_tables,
    plot_grid,
)
from genderlens.evaluation.report.head_words import what_it_is_not_for
from genderlens.heads import Head, head_title
from genderlens.html import Html, element


def plot_prefix(head: Head) -> str:
    """Begins the names of a further head's plots."""
    return f"{head.name}."


def further_sections(assessment: Assessment, drawings: Mapping[str, str]) -> Iterator[Html]:
    """One for each further head; nothing where none was asked for."""
    for one in assessment.further:
        yield from _section(one, drawings)


def _section(one: Assessment, drawings: Mapping[str, str]) -> Iterator[Html]:
    prefix = plot_prefix(one.head)
    yield element("h2", f"Attribute: {head_title(one.head.name)}")
    yield element("p", what_it_is_not_for(one.head), css="box")
    yield figure_cards(one)
    if one.unlabelled:
        words = f"{one.pictures:,} pictures have a label for it, {one.unlabelled:,} have none."
        yield element("p", words, css="quiet")
    yield from figure_tables(one)
    shown = plot_grid(one, drawings, prefix)
    if shown is not None:
        yield shown
    yield element("h3", "Doubt")
    yield from abstention_table(one)
    yield from fairness_sections(one, drawings, prefix=prefix)
