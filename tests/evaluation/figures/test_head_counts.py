"""Figures of counting for heads of more than two labels, against scikit-learn."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn import metrics as reference

from evaluation.tables import AGES, head_table
from genderlens.evaluation.figures.counts import (
    confusion,
    count_answers,
    count_estimates,
    count_metrics,
    count_shares,
    counts_shape,
)
from genderlens.evaluation.figures.names import group_rates, label_figure
from genderlens.evaluation.judging import judge_rows
from genderlens.evaluation.rows import Judged
from genderlens.heads import Head, column_word
from made_answers import WORDS


@pytest.fixture(params=[WORDS, AGES], ids=lambda head: head.name)
def rows(request: pytest.FixtureRequest) -> Judged:
    return judge_rows(head_table(request.param, 900, seed=4))


def test_agree_with_scikit_learn(rows: Judged) -> None:
    counts, head = count_answers(rows), rows.head
    ours = {name: float(value) for name, value in count_metrics(counts, head).items()}
    true, said, every = rows.label, rows.likelier, range(len(head.labels))
    assert (confusion(counts) == reference.confusion_matrix(true, said, labels=every)).all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        by_label = reference.precision_recall_fscore_support(
            true, said, labels=every, zero_division=np.nan
        )[:3]
    assert ours["accuracy"] == pytest.approx(reference.accuracy_score(true, said))
    assert ours["balanced_accuracy"] == pytest.approx(reference.balanced_accuracy_score(true, said))
    for name, values in zip(("precision", "recall", "f1"), by_label, strict=True):
        for label, value in zip(head.labels, values, strict=True):
            figure = ours[f"{name}_{column_word(label)}"]
            assert figure == pytest.approx(value, nan_ok=True)
        assert ours[f"{name}_macro"] == pytest.approx(np.nanmean(values))


def test_labels_in_an_order_have_distances() -> None:
    rows = judge_rows(head_table(AGES, 900, seed=5))
    figures = count_metrics(count_answers(rows), AGES)
    apart = np.abs(rows.label.astype(int) - rows.likelier)
    assert figures["off_by_one_accuracy"] == pytest.approx((apart <= 1).mean())
    assert figures["mean_absolute_error"] == pytest.approx(
        reference.mean_absolute_error(rows.label, rows.likelier)
    )
    assert figures["accuracy"] < figures["off_by_one_accuracy"] < 1
    assert "mean_absolute_error" not in count_metrics(np.zeros(counts_shape(WORDS), int), WORDS)


def test_every_figure_has_an_interval_that_holds_it(rows: Judged) -> None:
    found = count_estimates(count_answers(rows), rows.head, np.random.default_rng(0))
    for name, figure in found.items():
        assert figure.low <= figure.value <= figure.high, name
        assert figure.high > figure.low, name


def test_without_an_error_no_interval_is_a_point() -> None:
    counts = np.zeros(counts_shape(AGES), dtype=np.int64)
    counts[range(9), range(9)] = 5
    found = count_estimates(counts, AGES, np.random.default_rng(0))
    assert found["mean_absolute_error"].value == 0.0
    assert found["mean_absolute_error"].high > 0.01
    assert found["off_by_one_accuracy"].low < 0.99
    counts = np.zeros(counts_shape(AGES), dtype=np.int64)
    counts[0, 8] = 5
    far = count_estimates(counts, AGES, np.random.default_rng(0))["mean_absolute_error"]
    assert (far.value, far.low, far.high) == (8.0, 8.0, 8.0)


def test_shares_are_the_figures(rows: Judged) -> None:
    counts = count_answers(rows)
    shares, figures = count_shares(counts, rows.head), count_metrics(counts, rows.head)
    for name, share in shares.items():
        assert share.value == pytest.approx(figures[name]), name
    assert set(group_rates(rows.head)) <= set(shares)


def test_a_label_cannot_take_the_name_of_a_mean() -> None:
    head = Head("size", ("macro", "micro", "none"), "categorical")
    assert label_figure("recall", "macro") != "recall_macro"
    figures = count_metrics(np.ones(counts_shape(head), dtype=np.int64), head)
    assert len([name for name in figures if name.startswith("recall_")]) == 4
