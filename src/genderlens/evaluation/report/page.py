"""An assessment as one HTML page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from genderlens.evaluation.assessment import Assessment
from genderlens.evaluation.figures.intervals import REPLICATES, SEED
from genderlens.evaluation.report import wording
from genderlens.evaluation.report.fairness_section import fairness_sections
from genderlens.evaluation.report.figure_sections import (
    abstention_table,
    figure_cards,
    figure_tables,
    plot_grid,
)
from genderlens.evaluation.report.figure_words import PLAIN_NUMBERS
from genderlens.evaluation.report.formatting import percent, with_interval
from genderlens.evaluation.report.further_section import further_sections
from genderlens.evaluation.report.head_words import what_it_says
from genderlens.evaluation.report.mistakes import Mistake, encode_jpeg
from genderlens.evaluation.rules import Rule
from genderlens.evaluation.variants import variant_sections
from genderlens.html import Html, element, image, render_page, table
from genderlens.types import UNDEFINED

SHOWN_MISTAKES: Final = 36


def render_report(
    assessment: Assessment,
    drawings: Mapping[str, str],
    mistakes: Sequence[Mistake] = (),
    rules: Sequence[Rule] = (),
) -> str:
    """The page; ``drawings`` holds the SVG of each plot by name."""
    facts = assessment.facts
    title = f"Evaluation of {facts.get('model', 'a model')} on {facts.get('data', 'pictures')}"
    parts = [
        _facts(assessment),
        element("p", what_it_says(assessment.head), css="box"),
        figure_cards(assessment),
        *_rules(assessment, rules),
        *_outcomes(assessment),
        element("h2", "Figures"),
        *figure_tables(assessment),
        *_plots(assessment, drawings),
        element("h2", "Doubt: the price of fewer errors"),
        *abstention_table(assessment),
        *variant_sections(assessment.variants),
        *fairness_sections(assessment, drawings),
        *_mistakes(mistakes, int(assessment.metrics["accuracy"].value < 1)),
        *further_sections(assessment, drawings),
        *_method(assessment),
    ]
    return render_page(title, parts)


def render_mistakes(mistakes: Sequence[Mistake]) -> str:
    """All wrong answers on a page of their own."""
    return render_page("Wrong answers, the most confident first", [_grid(mistakes)])


def _facts(assessment: Assessment) -> Html:
    known = [
        words.format(assessment.facts[name])
        for name, words in wording.FACTS.items()
        if assessment.facts.get(name) is not None
    ]
    return element("p", " · ".join([f"{assessment.pictures:,} pictures", *known]), css="quiet")


def _rules(assessment: Assessment, rules: Sequence[Rule]) -> Iterator[Html]:
    if rules:
        yield element("h2", "Rules that it must keep")
        rows = [
            (
                f"fail if {rule}",
                with_interval(
                    assessment.figures.get(rule.figure, UNDEFINED),
                    share=rule.figure.rpartition(".")[2] not in PLAIN_NUMBERS,
                ),
                element("span", "broken", css="bad")
                if rule.is_broken(assessment.figures)
                else element("span", "kept", css="good"),
            )
            for rule in rules
        ]
        yield table(("rule", "measured (95 % interval)", "verdict"), rows, words=(2,))


def _outcomes(assessment: Assessment) -> Iterator[Html]:
    yield element("h2", "What became of the pictures")
    rows = [
        (name, f"{count:,}", percent(count / max(1, assessment.pictures)), wording.OUTCOMES[name])
        for name, count in assessment.outcomes.items()
    ]
    yield table(("outcome", "pictures", "share", "meaning"), rows, words=(3,))


def _plots(assessment: Assessment, drawings: Mapping[str, str]) -> Iterator[Html]:
    shown = plot_grid(assessment, drawings)
    if shown is not None:
        yield element("h2", "Plots")
        yield shown


def _mistakes(mistakes: Sequence[Mistake], wrong: int) -> Iterator[Html]:
    if mistakes:
        yield element("h2", "Wrong answers, the most confident first")
        yield element(
            "p",
            "Where the model is sure and the annotators disagree, either may be wrong. "
            f"The first {min(len(mistakes), SHOWN_MISTAKES)} are here, more in mistakes.html.",
        )
        yield _grid(mistakes[:SHOWN_MISTAKES])
    elif not wrong:
        yield element("p", "There is no wrong answer.")


def _grid(mistakes: Sequence[Mistake]) -> Html:
    return element("div", *map(_mistake, mistakes), css="grid")


def _mistake(mistake: Mistake) -> Html:
    alternative = f"a picture {mistake.caption}"
    pictures = [
        image(encode_jpeg(picture), "jpeg", words)
        for picture, words in (
            (mistake.picture, alternative),
            (mistake.explanation, f"what the model looked at in {alternative}"),
        )
        if picture is not None
    ]
    shown = pictures or [element("p", "cannot be read", css="quiet")]
    return element("figure", *shown, element("figcaption", mistake.caption))


def _method(assessment: Assessment) -> Iterator[Html]:
    yield element("h2", "How it was measured")
    words = wording.METHOD.format(
        replicates=REPLICATES,
        seed=SEED,
        further=assessment.further_faces,
        unlabelled=assessment.unlabelled,
    )
    yield element("p", words, css="quiet")
    if assessment.facts.get("command"):
        yield element("p", element("code", assessment.facts["command"]), css="quiet")
