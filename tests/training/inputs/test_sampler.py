from __future__ import annotations

import pytest

from genderlens.training.inputs.sampler import EpochBatches


def test_an_epoch_shows_each_row_once_in_an_order_of_its_own() -> None:
    order = EpochBatches(12, 4, seed=1)
    first = list(order)
    order.set_epoch(1)
    second = list(order)
    for epoch in (first, second):
        assert sorted(row for batch in epoch for row in batch) == list(range(12))
    assert first != second
    order.set_epoch(0)
    assert list(order) == first
    assert list(EpochBatches(12, 4, seed=2)) != first


@pytest.mark.parametrize(("length", "batches"), [(12, 3), (15, 3), (3, 1)])
def test_teaching_drops_the_last_broken_batch(length: int, batches: int) -> None:
    order = EpochBatches(length, 4)
    assert len(order) == len(list(order)) == batches
    assert all(len(batch) == min(4, length) for batch in order)


def test_judging_shows_every_row_in_order() -> None:
    order = EpochBatches(10, 4, shuffle=False)
    assert list(order) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert len(order) == 3


def test_a_later_phase_goes_on_with_orders_of_its_own() -> None:
    first, later = EpochBatches(12, 4, seed=1), EpochBatches(12, 4, seed=1)
    later.first_epoch = 2
    first.set_epoch(2)
    assert list(later) == list(first)


def test_processes_share_each_batch_of_the_single_one() -> None:
    alone = list(EpochBatches(21, 8, seed=5))
    parts = [list(EpochBatches(21, 8, seed=5, rank=rank, world=2)) for rank in (0, 1)]
    assert [len(part) for part in parts] == [len(alone)] * 2
    for batch, one, other in zip(alone, *parts, strict=True):
        assert sorted(one + other) == sorted(batch)
        assert len(one) == len(other) == 4
