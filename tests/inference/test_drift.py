from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from genderlens.errors import DataError
from genderlens.inference.drift import (
    MIN_FACES,
    NOTICEABLE,
    SHIFTED,
    Window,
    compare_inputs,
    stability_index,
)
from genderlens.inference.drift_reference import Reference, learn_histogram
from genderlens.inference.inputs import INPUTS


def _reference(spread: float = 1.0) -> Reference:
    values = np.random.default_rng(0).normal(0.0, spread, 1600)
    return Reference(data="d", faces=1600, inputs=dict.fromkeys(INPUTS, learn_histogram(values)))


def _faces(count: int, shift: float = 0.0) -> list[dict[str, float]]:
    values = np.random.default_rng(1).normal(shift, 1.0, (count, len(INPUTS)))
    return [dict(zip(INPUTS, row, strict=True)) for row in values.tolist()]


def test_the_index_by_hand() -> None:
    p, q = (100.5 / 201, 100.5 / 201), (50.5 / 201, 150.5 / 201)
    expected = sum((b - a) * math.log(b / a) for a, b in zip(p, q, strict=True))
    assert stability_index([100, 100], [50, 150]) == pytest.approx(expected)
    assert stability_index([7, 0, 3], [7, 0, 3]) == 0.0
    assert math.isfinite(stability_index([10, 0], [0, 10]))


def test_equal_distributions_stay_below_and_a_shift_goes_above_the_thresholds() -> None:
    for shift, low, high in ((0.0, 0.0, NOTICEABLE), (0.4, NOTICEABLE, SHIFTED), (1.0, SHIFTED, 9)):
        window = Window(_reference())
        for face in _faces(2000, shift):
            window.add(face)
        assert all(low < index < high for index in window.indices().values())


def test_few_faces_tell_nothing() -> None:
    window = Window(_reference())
    faces = _faces(MIN_FACES)
    for face in faces[:-1]:
        window.add(face)
    assert window.indices() == {}
    window.add(faces[-1])
    assert set(window.indices()) == set(INPUTS)


def test_a_reference_without_spread_tells_nothing_of_that_input() -> None:
    inputs = {**_reference().inputs, "side": learn_histogram([224.0] * 1600)}
    window = Window(Reference(data="d", faces=1600, inputs=inputs))
    for face in _faces(MIN_FACES):
        window.add(face)
    assert set(window.indices()) == set(INPUTS) - {"side"}


def test_the_window_forgets_and_the_totals_do_not() -> None:
    window = Window(_reference(), size=600)
    for face in [*_faces(600, shift=3.0), *_faces(600)]:
        window.add(face)
    assert len(window) == 600
    assert all(index < NOTICEABLE for index in window.indices().values())
    counts, total = window.totals()["side"]
    assert sum(counts) == 1200
    assert total == pytest.approx(600 * 3, abs=200)


def test_threads_lose_no_face() -> None:
    window = Window(_reference(), size=700)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(window.add, _faces(4000)))
    assert len(window) == 700
    for counts, _ in window.totals().values():
        assert sum(counts) == 4000
    assert all(sum(counts) == 700 for counts in window._counts.values())


def test_tables_are_compared_in_words() -> None:
    faces = _faces(MIN_FACES, shift=2.0)
    measured = {name: [face[name] for face in faces] for name in INPUTS}
    found = compare_inputs(_reference(), measured)
    assert {one.verdict for one in found} == {"shifted"}
    assert found[0].to_dict()["mean"] == pytest.approx(2.0, abs=0.2)
    with pytest.raises(DataError, match="10 faces are too few"):
        compare_inputs(_reference(), {name: [0.0] * 10 for name in INPUTS})
