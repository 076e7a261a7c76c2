"""The part of the report on groups: plots, tables, gaps and warnings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from genderlens.evaluation.assessment import Assessment
from genderlens.evaluation.figures.fairness import Group
from genderlens.evaluation.figures.gaps import Gap
from genderlens.evaluation.figures.selective import SelectiveGroup
from genderlens.evaluation.report import wording
from genderlens.evaluation.report.formatting import percent, with_interval
from genderlens.evaluation.report.group_plots import GROUPS_CAPTION, SELECTIVE_CAPTION
from genderlens.html import Html, element, figure, table

SHOWN_CROSSINGS: Final = 20
_HEADINGS: Final = {
    "off_by_one_accuracy": "off by one",
    "abstention_rate": "uncertain",
    "refusal_rate": "refused",
    "mean_absolute_error": "mean distance",
    "ece": "calibration error",
}


def fairness_sections(
    assessment: Assessment, drawings: Mapping[str, str], *, prefix: str = ""
) -> Iterator[Html]:
    """Nothing where no attribute was asked for.

    ``prefix`` begins the names of a further head's plots, which stand within its own part.
    """
    if not assessment.groups:
        return
    yield element("h3" if prefix else "h2", "Groups")
    yield element("p", _comparisons(assessment))
    yield from _small_groups(assessment)
    for column in dict.fromkeys(g.columns[0] for g in assessment.groups if len(g.columns) == 1):
        yield element("h3", f"By {column}")
        yield from _attribute(assessment, column, drawings, prefix)
    yield from _crossings(assessment)


def _comparisons(assessment: Assessment) -> str:
    count = len(assessment.groups)
    return wording.COMPARISONS.format(groups=count, chance=max(1, round(0.05 * count)))


def _small_groups(assessment: Assessment) -> Iterator[Html]:
    small = [group for group in assessment.groups if group.is_small(assessment.smallest)]
    if small:
        words = (
            f"Warning: {len(small):,} of {len(assessment.groups):,} groups have fewer than "
            f"{assessment.smallest} answered pictures (marked “small”). Their intervals are wide, "
            "and they do not enter the worst group and the largest gap."
        )
        yield element("p", words, css="warn")


def _attribute(
    assessment: Assessment, column: str, drawings: Mapping[str, str], prefix: str
) -> Iterator[Html]:
    groups = [group for group in assessment.groups if group.columns == (column,)]
    shown = [
        figure(Html(drawings[prefix + name]), title, caption)
        for name, title, caption in (
            (f"groups-{column}", "Accuracy of each group", GROUPS_CAPTION),
            (f"abstaining-{column}", "What abstaining does", SELECTIVE_CAPTION),
        )
        if prefix + name in drawings
    ]
    yield element("div", *shown, css="plots")
    yield from _gaps([gap for gap in assessment.gaps if gap.columns == (column,)])
    yield _group_table(assessment, groups)
    yield from _selective(assessment, column)


def _gaps(gaps: Sequence[Gap]) -> Iterator[Html]:
    lines = [
        element(
            "li",
            f"{gap.rate.replace('_', ' ')}: from {percent(gap.best.rates[gap.rate].value)} "
            f"({gap.best.name}) to {percent(gap.worst.rates[gap.rate].value)} ({gap.worst.name}), "
            "a gap of ",
            with_interval(gap.difference),
        )
        for gap in gaps
        if gap.difference.value > 0
    ]
    if lines:
        yield element("p", "Largest gaps, best to worst:")
        yield element("ul", *lines)


def _group_table(assessment: Assessment, groups: Sequence[Group]) -> Html:
    rates, estimates = groups[0].rates, groups[0].estimates
    names = (_HEADINGS.get(name, name.replace("_", " ")) for name in (*rates, *estimates))
    before, after = list(names), ["mean confidence"]
    header = ("group", "pictures", *before[: len(rates)], *after, *before[len(rates) :])
    return table(header, (_row(assessment, group) for group in groups))


def _row(assessment: Assessment, group: Group) -> list[object]:
    star = "*" if (*group.columns, *group.values) in assessment.differing else ""
    small = element("span", " small", css="warn") if group.is_small(assessment.smallest) else ""
    return [
        element("span", group.name, star, small),
        f"{group.count:,}",
        *(with_interval(rate) for rate in group.rates.values()),
        with_interval(group.mean_confidence),
        *(with_interval(one, share=False, digits=3) for one in group.estimates.values()),
    ]


def _selective(assessment: Assessment, column: str) -> Iterator[Html]:
    groups = [group for group in assessment.selective if group.column == column]
    row = assessment.target_row
    if not groups or row is None or row.threshold is None:
        return
    yield element("p", wording.SELECTIVE.format(target=assessment.target))
    header = ("group", "still answered", "errors before", "errors after", "risk area", "verdict")
    rows = [_selective_row(group, assessment.target) for group in groups]
    yield table(header, rows, words=(5,))


def _selective_row(group: SelectiveGroup, target: float) -> list[object]:
    return [
        group.value,
        with_interval(group.coverage_after),
        with_interval(group.error_before),
        with_interval(group.error_after),
        with_interval(group.area, share=False),
        _verdict(group, target),
    ]


def _verdict(group: SelectiveGroup, target: float) -> Html:
    if not group.error_after.count:
        return element("span", "no answer left", css="warn")
    if group.is_hurt:
        return element("span", "made worse", css="bad")
    if group.error_after.low > target:
        return element("span", "above the target", css="bad")
    return element("span", "in line with the target", css="good")


def _crossings(assessment: Assessment) -> Iterator[Html]:
    crossed = [g for g in assessment.groups if len(g.columns) > 1]
    large = [g for g in crossed if not g.is_small(assessment.smallest)]
    worst = sorted(large, key=lambda g: g.rates["accuracy"].value)[:SHOWN_CROSSINGS]
    if crossed:
        yield element("h3", "Intersections")
        yield element(
            "p",
            f"The {len(worst)} least accurate of {len(large):,} intersections that are large "
            f"enough; all {len(crossed):,} are in report.json.",
        )
    if worst:
        yield _group_table(assessment, worst)
