from __future__ import annotations

import pytest

from genderlens.errors import OverloadedError
from genderlens.service.models.admission import BURST_S, CALM_S, FIRST_GUESS_S, Admission
from genderlens.settings import load_settings


class _Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _admission(clock: _Clock, compute_s: float = 0.1) -> Admission:
    """Two workers, a tenth of a second at most to wait, ten pictures at most."""
    admission = Admission(load_settings(max_wait_s=0.1, max_queue=10), 2, clock)
    admission.observe(compute_s)
    return admission


def _is_let_in(admission: Admission, in_flight: int) -> bool:
    try:
        admission.require(in_flight)
    except OverloadedError:
        return False
    return True


def test_the_wait_is_foretold_from_the_pictures_before() -> None:
    admission = _admission(_Clock())
    assert [admission.expected_wait_s(n) for n in range(5)] == pytest.approx(
        [0, 0, 0.05, 0.1, 0.15]
    )
    for _ in range(100):
        admission.observe(0.2)
    assert admission.expected_wait_s(2) == pytest.approx(0.1, rel=0.01)


def test_a_burst_may_fill_the_queue_to_its_end_and_no_further() -> None:
    admission = _admission(_Clock())
    assert all(_is_let_in(admission, n) for n in range(10))
    with pytest.raises(OverloadedError, match="10 pictures are waiting, the limit is 10"):
        admission.require(10)


def test_a_queue_that_stands_is_not_filled_further() -> None:
    clock = _Clock()
    admission = _admission(clock)
    assert _is_let_in(admission, 9)
    clock.now += BURST_S + 0.1
    with pytest.raises(OverloadedError, match=r"would wait 0\.15 s .* is 0\.1 s") as refused:
        admission.require(4)
    assert refused.value.headers == {"Retry-After": "2"}
    assert _is_let_in(admission, 3)


def test_a_lull_under_lasting_load_does_not_open_the_queue_again() -> None:
    clock = _Clock()
    admission = _admission(clock)
    for _ in range(20):
        _is_let_in(admission, 9)
        assert _is_let_in(admission, 0)
        clock.now += CALM_S / 2
    assert not _is_let_in(admission, 9)


def test_after_a_calm_time_another_burst_is_taken() -> None:
    clock = _Clock()
    admission = _admission(clock)
    assert _is_let_in(admission, 9)
    clock.now += 2 * BURST_S
    assert not _is_let_in(admission, 9)
    clock.now += CALM_S + 0.1
    assert _is_let_in(admission, 9)


def test_an_idle_worker_takes_any_picture_however_slow() -> None:
    clock = _Clock()
    admission = _admission(clock, compute_s=60.0)
    for _ in range(3):
        assert _is_let_in(admission, 1)
        clock.now += BURST_S
    assert not _is_let_in(admission, 2)


def test_a_burst_may_wait_ten_times_as_long_and_no_longer() -> None:
    admission = _admission(_Clock(), compute_s=0.3)
    assert _is_let_in(admission, 7)  # 0.9 s
    assert not _is_let_in(admission, 8)


def test_before_the_first_picture_its_time_is_guessed() -> None:
    admission = Admission(load_settings(max_queue=10), 2, _Clock())
    assert admission.expected_wait_s(9) == pytest.approx(8 * FIRST_GUESS_S / 2)
    assert not _is_let_in(admission, 10)
