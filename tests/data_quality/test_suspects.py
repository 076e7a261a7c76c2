from __future__ import annotations

import sys
from functools import partial

import numpy as np
import pytest

from genderlens.data.checks.findings import DataFault, DataFinding
from genderlens.data.manifest import Manifest
from genderlens.data_quality.suspects import FOLDS, find_suspects, group_rows
from genderlens.errors import DataError, MissingExtraError
from genderlens.heads.default import GENDER

suspects_of = partial(find_suspects, words=GENDER.labels)
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


def activations(count: int, seed: int = 0) -> tuple[list[int], Floats]:
    """True classes in turns, and eight numbers of which the first tells them apart."""
    rng = np.random.default_rng(seed)
    truth = [index % 2 for index in range(count)]
    values = rng.normal(size=(count, 8)).astype(np.float32)
    values[:, 0] += 8 * np.asarray(truth)
    return truth, values


def manifest_of(labels: list[int], subjects: list[str | None] | None = None) -> Manifest:
    known = subjects or [None] * len(labels)
    return Manifest.from_rows(
        {"uri": f"{i}.jpg", "label": GENDER.labels[label], "subject": known[i]}
        for i, label in enumerate(labels)
    )


def test_wrong_labels_are_found_and_ranked() -> None:
    """Confident learning names a label where the others are surer than usual, so not all."""
    truth, values = activations(400)
    wrong = set(range(5, 400, 19))
    manifest = manifest_of([1 - t if i in wrong else t for i, t in enumerate(truth)])
    suspects = suspects_of(manifest, range(400), values, np.arange(400))
    found = {suspect.row for suspect in suspects}
    assert found <= wrong
    assert len(found) >= len(wrong) / 2
    for suspect in suspects:
        assert suspect.given == manifest.labels[suspect.row] != suspect.suggested
        assert suspect.self_confidence < 0.5
    confidences = [suspect.self_confidence for suspect in suspects]
    assert confidences == sorted(confidences)
    told = suspects[0].to_finding()
    assert told.fault is DataFault.SUSPICIOUS_LABEL
    assert f"labelled {suspects[0].given}, the others suggest" in told.reason
    assert set(told.details) == {"given", "suggested", "self_confidence"}


def test_a_clean_set_has_none() -> None:
    truth, values = activations(200)
    assert suspects_of(manifest_of(truth), range(200), values, np.arange(200)) == []


def test_only_the_given_rows_are_judged() -> None:
    truth, values = activations(200)
    rows = [row for row in range(200) if row % 7]
    wrong = set(range(5, 200, 9))
    labels = [1 - t if i in wrong else t for i, t in enumerate(truth)]
    suspects = suspects_of(manifest_of(labels), rows, values[rows], np.arange(200))
    assert {suspect.row for suspect in suspects} <= wrong & set(rows)
    assert suspects


def test_pictures_of_one_subject_do_not_vouch_for_each_other() -> None:
    """Five pictures of one person, all labelled wrong, each with a mark of that person."""
    truth, values = activations(120)
    theirs = [10, 12, 14, 16, 18]
    values[theirs, 1] += 6.0
    labels = [1 - t if i in theirs else t for i, t in enumerate(truth)]
    subjects = ["one" if i in theirs else None for i in range(120)]
    manifest = manifest_of(labels, subjects)
    apart = suspects_of(manifest, range(120), values, np.arange(120))
    together = suspects_of(manifest, range(120), values, group_rows(manifest, []))
    assert not {s.row for s in apart} & set(theirs)
    assert len({s.row for s in together} & set(theirs)) >= 3


def test_groups_are_subjects_and_duplicates() -> None:
    manifest = manifest_of([0, 1] * 4, ["a", None, "a", None, "b", None, None, None])
    findings = [
        DataFinding(DataFault.EXACT_DUPLICATE, "", (1, 2)),
        DataFinding(DataFault.NEAR_DUPLICATE, "", (6, 7)),
        DataFinding(DataFault.LEAK, "", (3, 4)),
    ]
    assert group_rows(manifest, findings).tolist() == [0, 0, 0, 3, 4, 5, 6, 6]


def test_too_few_pictures_are_told() -> None:
    truth, values = activations(2 * FOLDS - 1)
    with pytest.raises(DataError, match=r"4 separate pictures labelled 'male'.*at least 5"):
        suspects_of(manifest_of(truth), range(9), values, np.arange(9))
    with pytest.raises(DataError, match="0 separate pictures labelled 'female'"):
        suspects_of(manifest_of(truth), [], values[:0], np.arange(9))


@pytest.mark.parametrize("package", ["sklearn.linear_model", "cleanlab.filter"])
def test_a_missing_package_says_what_to_install(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    truth, values = activations(40)
    with pytest.raises(MissingExtraError, match=r"pip install 'genderlens\[clean\]'"):
        suspects_of(manifest_of(truth), range(40), values, np.arange(40))


def test_labels_of_three_words_are_judged_alike() -> None:
    words = ("feminine", "masculine", "androgynous")
    rng = np.random.default_rng(1)
    truth = [at % 3 for at in range(300)]
    values = rng.normal(size=(300, 8)).astype(np.float32)
    values[np.arange(300), truth] += 8
    wrong = set(range(5, 300, 19))
    labels = [(t + 1) % 3 if at in wrong else t for at, t in enumerate(truth)]
    manifest = Manifest.from_rows(
        {"uri": f"{at}.jpg", "label": words[label]} for at, label in enumerate(labels)
    )
    found = find_suspects(manifest, range(300), values, np.arange(300), words=words)
    assert {suspect.row for suspect in found} <= wrong
    assert len(found) >= len(wrong) / 2
    for suspect in found:
        assert suspect.given == words[labels[suspect.row]]
        assert suspect.suggested == words[truth[suspect.row]]
