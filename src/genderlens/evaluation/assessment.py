"""Everything measured about one model on one set of pictures, ready for JSON and for the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from genderlens.errors import DataError
from genderlens.evaluation.figures.abstention import TARGETS, AbstentionRow
from genderlens.evaluation.figures.answered_scores import answered_scores
from genderlens.evaluation.figures.counts import (
    count_answers,
    count_estimates,
    count_metrics,
    counts_shape,
)
from genderlens.evaluation.figures.fairness import SMALL_GROUP, Group, audit
from genderlens.evaluation.figures.gaps import (
    Gap,
    fairness_metrics,
    fairness_names,
    find_gaps,
    significant_groups,
)
from genderlens.evaluation.figures.intervals import REPLICATES, SEED
from genderlens.evaluation.figures.names import group_rates
from genderlens.evaluation.figures.scores import score_figures, score_names
from genderlens.evaluation.figures.selective import SelectiveGroup, selective_groups
from genderlens.evaluation.rows import Judged
from genderlens.evaluation.variants import Variant
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.types import Estimate

FORMAT: Final = 1
TARGET_ERROR: Final = 0.01


@dataclass(frozen=True)
class Assessment:
    """The figures of one head's answers.

    ``facts`` say what was measured on what (model, data, date, command). ``further`` are the
    assessments of further heads on the same pictures, which hold no facts of their own.
    """

    head: Head
    facts: Mapping[str, Any]
    outcomes: dict[str, int]
    unlabelled: int
    further_faces: int
    counts: NDArray[np.int64]
    metrics: dict[str, Estimate]
    curves: dict[str, Any]
    abstention: list[AbstentionRow]
    target: float
    smallest: int
    groups: list[Group] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    differing: dict[tuple[str, ...], float] = field(default_factory=dict)
    selective: list[SelectiveGroup] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    further: list[Assessment] = field(default_factory=list)

    @property
    def figures(self) -> dict[str, Estimate]:
        """Every figure by name, those of further heads as ``HEAD.FIGURE``."""
        told = {
            f"{one.head.name}.{name}": figure
            for one in self.further
            for name, figure in one.metrics.items()
        }
        return self.metrics | told

    @property
    def pictures(self) -> int:
        return sum(self.outcomes.values())

    @property
    def target_row(self) -> AbstentionRow | None:
        """The threshold for the target error."""
        return next((row for row in self.abstention if row.target == self.target), None)

    def to_dict(self) -> dict[str, Any]:
        """What ``report.json`` holds; without ``head`` it is the default one."""
        head = {} if self.head == GENDER else {"head": self.head.to_dict()}
        further = {one.head.name: one.to_attribute() for one in self.further}
        return {
            "format": FORMAT,
            **head,
            "facts": dict(self.facts),
            **self._judged(),
            "bootstrap": {"replicates": REPLICATES, "seed": SEED, "interval": 0.95},
            **self._measured(),
            "variants": [variant.to_dict() for variant in self.variants],
            "curves": self.curves,
            **({"attributes": further} if further else {}),
        }

    def to_attribute(self) -> dict[str, Any]:
        """What ``report.json`` holds of a further head."""
        head = {"head": self.head.to_dict()}
        return head | self._judged() | self._measured() | {"curves": self.curves}

    def _judged(self) -> dict[str, Any]:
        return {
            "pictures": self.pictures,
            "outcomes": self.outcomes,
            "unlabelled": self.unlabelled,
            "further_faces": self.further_faces,
        }

    def _measured(self) -> dict[str, Any]:
        return {
            "metrics": {name: figure.to_dict() for name, figure in self.metrics.items()},
            "answers": self.counts.tolist(),
            "doubt": {"target": self.target, "rows": [row.to_dict() for row in self.abstention]},
            "smallest_group": self.smallest,
            "groups": [self._group(group) for group in self.groups],
            "gaps": [gap.to_dict() for gap in self.gaps],
            "selective": [group.to_dict() for group in self.selective],
        }

    def _group(self, group: Group) -> dict[str, Any]:
        p_value = self.differing.get((*group.columns, *group.values))
        return {
            **group.to_dict(self.head),
            "small": group.is_small(self.smallest),
            "differs_p_holm": p_value,
        }


def figure_names(heads: Sequence[Head], *, grouped: bool) -> set[str]:
    """The figures that an assessment will hold, for rules that are checked before the work."""
    first, *others = heads
    further = {f"{head.name}.{name}" for head in others for name in _names(head, grouped=grouped)}
    return _names(first, grouped=grouped) | further


def _names(head: Head, *, grouped: bool) -> set[str]:
    counted = count_metrics(np.zeros(counts_shape(head), dtype=np.int64), head)
    rates = group_rates(head) if grouped else ()
    return {
        *counted,
        *score_names(head),
        *(name for rate in rates for name in fairness_names(rate)),
    }


def assess(
    rows: Judged,
    *,
    facts: Mapping[str, Any] | None = None,
    target: float = TARGET_ERROR,
    smallest: int = SMALL_GROUP,
    progress: bool = False,
) -> Assessment:
    """Measure everything; the same rows and seed give the same figures.

    Raises DataError where no picture is labelled.
    """
    if not len(rows):
        raise DataError(
            "no picture in the predictions has a label; give labelled pictures with --data"
        )
    generator = np.random.default_rng(SEED)
    with tqdm(total=3, desc="measuring", delay=1.0, leave=False, disable=not progress) as bar:
        counts = count_answers(rows)
        metrics = count_estimates(counts, rows.head, generator)
        targets = sorted({*TARGETS, target})
        scores = score_figures(answered_scores(rows), generator, targets=targets)
        bar.update()
        groups = audit(rows)
        gaps = find_gaps(groups, smallest=smallest)
        fairness = fairness_metrics(groups, gaps, smallest=smallest)
        bar.update()
        selective = selective_groups(rows, _threshold(scores.abstention, target), generator)
        bar.update()
    return Assessment(
        head=rows.head,
        facts=facts or {},
        outcomes=rows.outcome_counts(),
        unlabelled=rows.unlabelled,
        further_faces=rows.further_faces,
        counts=counts,
        metrics=metrics | scores.metrics | fairness,
        curves=scores.curves,
        abstention=scores.abstention,
        target=target,
        smallest=smallest,
        groups=groups,
        gaps=gaps,
        differing=significant_groups(groups),
        selective=selective,
    )


def _threshold(abstention: Sequence[AbstentionRow], target: float) -> float:
    """Where no threshold reaches the target, nothing would be answered."""
    found = next((row.threshold for row in abstention if row.target == target), None)
    return 2.0 if found is None else found
