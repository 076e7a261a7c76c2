from __future__ import annotations

import time

import pytest

from genderlens.inference.clock import Clock


def test_a_stage_that_is_entered_again_adds_up() -> None:
    clock = Clock()
    for _ in range(2):
        with clock.stage("decode"):
            time.sleep(0.002)
    assert clock.spent.keys() == {"decode"}
    assert clock.spent["decode"] >= 4.0


def test_a_stage_that_fails_is_counted() -> None:
    clock = Clock()
    with pytest.raises(RuntimeError), clock.stage("detect"):
        raise RuntimeError
    assert clock.spent["detect"] >= 0.0
