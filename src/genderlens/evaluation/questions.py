"""Every head of a predictions table, assessed on the same pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from genderlens.data.manifest import Manifest
from genderlens.evaluation.assessment import TARGET_ERROR, Assessment, assess
from genderlens.evaluation.columns import Answers
from genderlens.evaluation.figures.fairness import SMALL_GROUP
from genderlens.evaluation.head_columns import read_heads
from genderlens.evaluation.judging import judge_rows
from genderlens.evaluation.rows import Judged
from genderlens.evaluation.truth import judged_heads


@dataclass(frozen=True)
class Measures:
    """What to measure: groups by these columns, doubt for this error, and what is called small."""

    by: Sequence[str] = ()
    target: float = TARGET_ERROR
    smallest: int = SMALL_GROUP


@dataclass(frozen=True)
class Assessed:
    """The judged rows of the first head, what was measured, and the heads that nobody labelled."""

    rows: Judged
    assessment: Assessment
    unlabelled: list[str] = field(default_factory=list)


def assess_answers(
    answers: Answers,
    wanted: Measures,
    *,
    manifest: Manifest | None = None,
    facts: Mapping[str, Any] | None = None,
    progress: bool = False,
) -> Assessed:
    """The first head with those further ones whose truth the table holds.

    Raises what ``judge_rows`` and ``assess`` raise.
    """
    rows = judge_rows(answers, by=wanted.by, manifest=manifest)
    first = _assess(rows, wanted, facts=facts, progress=progress)
    judged = [
        judge_rows(answers, by=wanted.by, manifest=manifest, head=head)
        for head in judged_heads(answers)
    ]
    further = [_assess(own, wanted, progress=progress) for own in judged if len(own)]
    told = {one.head.name for one in further}
    missing = [head.name for head in read_heads(answers.schema)[1:] if head.name not in told]
    return Assessed(rows, replace(first, further=further), missing)


def _assess(
    rows: Judged, wanted: Measures, *, facts: Mapping[str, Any] | None = None, progress: bool
) -> Assessment:
    return assess(
        rows, facts=facts, target=wanted.target, smallest=wanted.smallest, progress=progress
    )
