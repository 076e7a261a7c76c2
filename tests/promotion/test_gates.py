from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from genderlens.promotion.figures import Figures
from genderlens.promotion.gates import judge
from genderlens.settings import load_settings

GOOD = Figures(
    pictures=1000,
    accuracy=0.95,
    worst_group_accuracy=0.9,
    worst_group="3-9",
    ece=0.02,
    coverage=0.99,
    classify_ms=4.0,
)


def _broken(candidate: Figures, production: Figures | None, **settings: Any) -> list[str]:
    verdicts = judge(candidate, production, load_settings(**settings))
    assert len(verdicts) == 4
    return [verdict.gate for verdict in verdicts if not verdict.passed]


def test_as_good_as_production_passes() -> None:
    assert _broken(GOOD, GOOD) == []


@pytest.mark.parametrize(
    ("change", "gate"),
    [
        ({"accuracy": 0.944}, "accuracy"),
        ({"accuracy": None}, "accuracy"),
        ({"worst_group_accuracy": 0.889}, "worst_group_accuracy"),
        ({"worst_group_accuracy": None}, "worst_group_accuracy"),
        ({"ece": 0.051}, "ece"),
        ({"ece": None}, "ece"),
        ({"classify_ms": 8.1}, "classify_ms"),
        ({"classify_ms": 0.0}, "classify_ms"),
    ],
)
def test_each_gate_alone_refuses(change: dict[str, Any], gate: str) -> None:
    assert _broken(replace(GOOD, **change), GOOD) == [gate]


def test_exactly_the_allowed_drop_passes() -> None:
    at_limit = replace(GOOD, accuracy=0.95 - 0.005, worst_group_accuracy=0.9 - 0.01, ece=0.05)
    assert _broken(at_limit, GOOD) == []


def test_settings_move_the_limits() -> None:
    worse = replace(GOOD, accuracy=0.9)
    assert _broken(worse, GOOD, gate_accuracy_drop=0.06) == []
    assert _broken(GOOD, GOOD, gate_max_ece=0.01) == ["ece"]
    assert _broken(GOOD, None, gate_max_latency_ms=3) == ["classify_ms"]


def test_the_first_version_must_beat_chance() -> None:
    assert _broken(GOOD, None) == []
    chance = replace(GOOD, accuracy=0.49, worst_group_accuracy=0.1)
    assert _broken(chance, None) == ["accuracy", "worst_group_accuracy"]


def test_a_verdict_says_the_figures() -> None:
    verdict = judge(replace(GOOD, accuracy=0.5), GOOD, load_settings())[0]
    assert str(verdict) == "accuracy 0.5000, needs ≥ 0.9450"
    unmeasured = judge(replace(GOOD, ece=None), GOOD, load_settings())[2]
    assert str(unmeasured) == "ece not measured, needs ≤ 0.0500"


def test_without_production_shares_are_held_against_guessing_among_the_labels() -> None:
    third = replace(GOOD, accuracy=0.4, worst_group_accuracy=0.34)
    settings = load_settings()
    broken = {g.gate for g in judge(third, None, settings) if not g.passed}
    assert broken == {"accuracy", "worst_group_accuracy"}
    assert all(gate.passed for gate in judge(third, None, settings, labels=3))
