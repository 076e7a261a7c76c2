"""Labels that the other pictures speak against: confident learning on a network's activations.

A logistic regression learns the labels from the activations of most pictures and is asked about
the rest, in turns, so that no label speaks for itself; pictures that belong together stay on one
side. ``cleanlab`` then names the labels that disagree more than the noise of their class explains:
Northcutt, Jiang & Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels" (JAIR
2021). A network that was trained on these very pictures has learnt their wrong labels as well and
finds fewer of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from genderlens.data.checks.clusters import Clusters, group_equal
from genderlens.data.checks.findings import DataFault, DataFinding
from genderlens.data.manifest import Manifest
from genderlens.errors import DataError, MissingExtraError

FOLDS: Final = 5
_STRENGTHS: Final = (0.001, 0.01, 0.1, 1.0)
"""Inverse strengths of the L2 penalty to choose from: few labels need a strong one."""
_TOGETHER: Final = (DataFault.EXACT_DUPLICATE, DataFault.NEAR_DUPLICATE)


@dataclass(frozen=True)
class Suspect:
    """A label that is probably wrong; ``self_confidence`` is the probability left for it."""

    row: int
    given: str
    suggested: str
    self_confidence: float

    def to_finding(self) -> DataFinding:
        """As ``data check`` tells it."""
        reason = (
            f"labelled {self.given}, the others suggest {self.suggested}, "
            f"self-confidence {self.self_confidence:.3f}"
        )
        details: dict[str, str | float] = {
            "given": self.given,
            "suggested": self.suggested,
            "self_confidence": round(self.self_confidence, 6),
        }
        return DataFinding(DataFault.SUSPICIOUS_LABEL, reason, (self.row,), details)


def find_suspects(
    manifest: Manifest,
    rows: Sequence[int],
    activations: NDArray[np.float32],
    groups: NDArray[np.int64],
    *,
    words: Sequence[str],
    seed: int = 0,
) -> list[Suspect]:
    """The suspicious labels among ``rows``, the worst first.

    ``activations`` has a line for each of ``rows``, ``groups`` a number for each row of the
    manifest (see ``group_rows``), ``words`` are the labels that may be given. Raises DataError
    where a label has too few groups for the folds, MissingExtraError without the extra ``clean``.
    """
    labels = manifest.labels
    given = np.asarray([words.index(str(labels[row])) for row in rows], np.int64)
    together = groups[list(rows)]
    _require_groups(given, together, words)
    probabilities = _out_of_fold(activations, given, together, seed)
    return [
        Suspect(
            rows[index],
            words[given[index]],
            words[int(probabilities[index].argmax())],
            float(probabilities[index, given[index]]),
        )
        for index in _rank_issues(given, probabilities)
    ]


def group_rows(manifest: Manifest, findings: Iterable[DataFinding]) -> NDArray[np.int64]:
    """A number for each row, equal where rows share a subject or are duplicates."""
    clusters = Clusters(len(manifest))
    known = group_equal((s, row) for row, s in enumerate(manifest.column("subject")) if s)
    duplicates = [list(finding.rows) for finding in findings if finding.fault in _TOGETHER]
    for rows in (*known, *duplicates):
        for row in rows[1:]:
            clusters.join(rows[0], row)
    groups = np.arange(len(manifest))
    for rows in clusters.groups():
        groups[rows] = rows[0]
    return groups


def _require_groups(
    given: NDArray[np.int64], groups: NDArray[np.int64], words: Sequence[str]
) -> None:
    for index, label in enumerate(words):
        count = len(np.unique(groups[given == index]))
        if count < FOLDS:
            raise DataError(
                f"{count} separate pictures labelled {label!r} could be looked at, at least "
                f"{FOLDS} are needed to judge labels; give more"
            )


def _out_of_fold(
    activations: NDArray[np.float32],
    given: NDArray[np.int64],
    groups: NDArray[np.int64],
    seed: int,
) -> NDArray[np.float64]:
    """N×labels: the probability of each label by a regression that did not see the picture."""
    try:
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold, cross_val_predict
        from sklearn.pipeline import Pipeline
        from sklearn.preprocessing import StandardScaler
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
    except ImportError as error:
        raise MissingExtraError("clean", "finding suspicious labels") from error
    untyped: tuple[Any, ...] = (LogisticRegression, StandardScaler, Pipeline, GridSearchCV)
    regress, scale, build, search = untyped
    fold: Any = StratifiedGroupKFold
    folds = list(fold(FOLDS, shuffle=True, random_state=seed).split(activations, given, groups))
    model = build([("scale", scale()), ("regress", regress(max_iter=1000))])
    choices = {"regress__C": _STRENGTHS}
    found = search(model, choices, cv=folds, scoring="neg_log_loss", refit=False)
    # Many small steps: threads of the linear algebra would wait for each other most of the time.
    with threadpool_limits(1):
        model.set_params(**found.fit(activations, given).best_params_)
        predicted: NDArray[np.float64] = cross_val_predict(
            model, activations, given, cv=folds, method="predict_proba"
        )
    return predicted


def _rank_issues(given: NDArray[np.int64], probabilities: NDArray[np.float64]) -> list[int]:
    try:
        from cleanlab.filter import find_label_issues
    except ImportError as error:
        raise MissingExtraError("clean", "finding suspicious labels") from error
    ranked: list[int] = find_label_issues(
        given,
        probabilities,
        filter_by="confident_learning",
        return_indices_ranked_by="self_confidence",
        n_jobs=1,
    ).tolist()
    return ranked
