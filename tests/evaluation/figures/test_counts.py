"""Figures of counting against scikit-learn."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn import metrics as reference

from evaluation.tables import Row, random_table, table_of
from genderlens.evaluation.figures.counts import (
    confusion,
    count_answers,
    count_estimates,
    count_metrics,
    count_shares,
)
from genderlens.evaluation.judging import judge_rows
from genderlens.evaluation.rows import Judged
from genderlens.heads.default import GENDER


def _rows(labels: str, said: str) -> Judged:
    """Labels and likelier answers as letters, f and m."""
    words = {"f": ("female", 0.2), "m": ("male", 0.8)}
    return judge_rows(
        table_of(
            [("classified", words[a][0], words[b][1]) for a, b in zip(labels, said, strict=True)]
        )
    )


CASES = {
    "random": judge_rows(random_table(997, seed=3)),
    "one label": _rows("mmmm", "mfmm"),
    "one answer": _rows("mfmf", "ffff"),
    "all right": _rows("mfmf", "mfmf"),
    "all wrong": _rows("mfm", "fmf"),
    "one row": _rows("f", "f"),
}


@pytest.mark.parametrize("name", CASES)
def test_agree_with_scikit_learn(name: str) -> None:
    rows = CASES[name]
    ours = {key: float(value) for key, value in count_metrics(count_answers(rows), GENDER).items()}
    true, said = rows.positive, rows.probability >= 0.5
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        precision, recall, f1, _ = reference.precision_recall_fscore_support(
            true, said, labels=[False, True], zero_division=np.nan
        )
        theirs = {
            "accuracy": reference.accuracy_score(true, said),
            "balanced_accuracy": reference.balanced_accuracy_score(true, said),
            "precision_female": precision[0],
            "precision_male": precision[1],
            "precision_macro": np.nanmean(precision),
            "recall_female": recall[0],
            "recall_male": recall[1],
            "f1_female": f1[0],
            "f1_male": f1[1],
        }
        matrix = reference.confusion_matrix(true, said, labels=[False, True])
    for key, value in theirs.items():
        assert ours[key] == pytest.approx(value, abs=1e-9, nan_ok=True), key
    assert confusion(count_answers(rows)).tolist() == matrix.tolist()


def test_refusals_and_doubt_are_apart() -> None:
    rows = judge_rows(
        table_of(
            [
                ("classified", "male", 0.9),
                ("classified", "male", 0.1),
                ("uncertain", "female", 0.4),
                ("no_person", "male", None),
            ]
        )
    )
    figures = count_metrics(count_answers(rows), GENDER)
    assert figures["accuracy"] == pytest.approx(2 / 3)
    assert figures["accuracy_when_certain"] == 0.5
    assert figures["abstention_rate"] == pytest.approx(1 / 3)
    assert figures["refusal_rate"] == 0.25
    assert figures["coverage"] == 0.5


def test_of_nothing_all_is_undefined() -> None:
    empty = count_estimates(np.zeros((2, 5), dtype=np.int64), GENDER, np.random.default_rng(0))
    assert all(np.isnan(figure.value) for figure in empty.values())


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    """Nominal 95 % of 200 samples of a model that is right 9 times in 10."""
    generator = np.random.default_rng(1)
    cover = 0
    for _ in range(200):
        right = generator.random(400) < 0.9
        counts = np.zeros((2, 5), dtype=np.int64)
        counts[1, 1], counts[1, 0] = right.sum(), (~right).sum()
        found = count_estimates(counts, GENDER, generator, replicates=300)["accuracy"]
        cover += found.low <= 0.9 <= found.high
    assert 180 <= cover <= 199


def test_without_an_error_the_interval_is_not_a_point() -> None:
    found = count_estimates(count_answers(CASES["all right"]), GENDER, np.random.default_rng(0))
    for name in ("accuracy", "recall_male", "f1_macro", "balanced_accuracy"):
        assert found[name].value == 1.0
        assert found[name].low < 0.9


def test_shares_are_the_figures_with_the_rows_that_they_are_of() -> None:
    answers: list[Row] = [
        ("classified", "male", 0.9),
        ("classified", "male", 0.2),
        ("classified", "female", 0.1),
        ("uncertain", "female", 0.45),
        ("uncertain", "female", 0.55),
        ("no_person", "male", None),
    ]
    counts = count_answers(judge_rows(table_of(answers)))
    shares, figures = count_shares(counts, GENDER), count_metrics(counts, GENDER)
    assert {name: share.count for name, share in shares.items()} == {
        "accuracy": 5,
        "accuracy_when_certain": 3,
        "recall_female": 3,
        "recall_male": 2,
        "abstention_rate": 5,
        "refusal_rate": 6,
    }
    assert all(share.value == figures[name] for name, share in shares.items())
    assert shares["accuracy"].value == 0.6


def test_the_share_of_nothing_is_open() -> None:
    share = count_shares(count_answers(judge_rows(table_of([("no_person", "male", None)]))), GENDER)
    assert (share["accuracy"].value, share["accuracy"].high, share["accuracy"].count) == (0, 1, 0)
