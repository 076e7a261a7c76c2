"""Calls that come while the device is busy become one batch."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from genderlens.graphs.gathering import Gatherer, Rows


class Busy:
    """A device that holds its first batch until it is let go."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.free, self.entered = threading.Event(), threading.Event()

    def run(self, rows: Rows) -> Rows:
        self.sizes.append(len(rows))
        self.entered.set()
        assert self.free.wait(10)
        if (rows < 0).any():
            raise ArithmeticError("negative")
        return rows[:, 0] * 2


def ask_meanwhile(device: Busy, most: int, rows: list[Rows]) -> list[Rows | BaseException]:
    """The answers of a first call, and of others that came while it ran."""
    gatherer = Gatherer(device.run, most)

    def ask(given: Rows) -> Rows | BaseException:
        try:
            return gatherer(given)
        except ArithmeticError as error:
            return error

    with ThreadPoolExecutor(len(rows)) as pool:
        first = pool.submit(ask, rows[0])
        assert device.entered.wait(10)
        others = [pool.submit(ask, one) for one in rows[1:]]
        while len(gatherer._waiting) < len(others):
            threading.Event().wait(0.005)
        device.free.set()
        return [one.result(10) for one in (first, *others)]


def numbers(*values: float) -> Rows:
    return np.asarray(values, np.float32)[:, None]


def test_each_caller_gets_its_own_rows_back() -> None:
    device, given = Busy(), [numbers(1), numbers(2, 3), numbers(4), numbers(5, 6, 7)]
    found = ask_meanwhile(device, 100, given)
    for one, other in zip(found, given, strict=True):
        assert isinstance(one, np.ndarray)
        assert one.tolist() == (other[:, 0] * 2).tolist()
    assert device.sizes == [1, 6], "those who waited went together"


@pytest.mark.parametrize(("most", "sizes"), [(1, [1] * 5), (2, [1, 2, 2]), (3, [1, 3, 1])])
def test_no_batch_is_larger_than_suits(most: int, sizes: list[int]) -> None:
    device = Busy()
    ask_meanwhile(device, most, [numbers(n) for n in range(5)])
    assert device.sizes == sizes


def test_a_call_that_is_too_large_alone_goes_alone() -> None:
    device = Busy()
    ask_meanwhile(device, 2, [numbers(1), numbers(1, 2, 3, 4), numbers(5)])
    assert sorted(device.sizes) == [1, 1, 4]


def test_a_failure_is_told_to_all_of_its_batch_and_to_no_other() -> None:
    device = Busy()
    first, *others = ask_meanwhile(device, 100, [numbers(1), numbers(-1), numbers(2)])
    assert isinstance(first, np.ndarray)
    assert all(isinstance(one, ArithmeticError) for one in others)


def test_rows_of_other_shapes_do_not_mix() -> None:
    device = Busy()
    wide = np.ones((2, 3), np.float32)
    found = ask_meanwhile(device, 100, [numbers(1), numbers(2), wide])
    assert [len(one) for one in found if isinstance(one, np.ndarray)] == [1, 1, 2]
    assert sorted(device.sizes) == [1, 1, 2]
