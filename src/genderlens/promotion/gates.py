"""The gates: what a version must hold to take over. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from genderlens.promotion.figures import Figures
from genderlens.settings import Settings


@dataclass(frozen=True)
class GateResult:
    """One gate: the measured value, the limit it is held against, and what that limit means."""

    gate: str
    value: float | None
    limit: float
    at_least: bool
    passed: bool

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        value = "not measured" if self.value is None else f"{self.value:.4f}"
        return f"{self.gate} {value}, needs {sign} {self.limit:.4f}"


def judge(
    candidate: Figures, production: Figures | None, settings: Settings, *, labels: int = 2
) -> list[GateResult]:
    """Every gate in order. What could not be measured does not pass.

    Without production there is nothing to compare with: shares need to be better than chance among
    so many labels.
    """
    return list(_verdicts(candidate, production, settings, 1.0 / labels))


def _verdicts(
    candidate: Figures, production: Figures | None, settings: Settings, chance: float
) -> Iterator[GateResult]:
    yield _at_least(
        "accuracy",
        candidate.accuracy,
        _below(production.accuracy if production else None, settings.gate_accuracy_drop, chance),
    )
    yield _at_least(
        "worst_group_accuracy",
        candidate.worst_group_accuracy,
        _below(
            production.worst_group_accuracy if production else None,
            settings.gate_group_drop,
            chance,
        ),
    )
    yield _at_most("ece", candidate.ece, settings.gate_max_ece)
    slowest = settings.gate_max_latency_ms
    if production is not None and production.classify_ms > 0:
        slowest = min(slowest, settings.gate_max_slowdown * production.classify_ms)
    yield _at_most("classify_ms", candidate.classify_ms or None, slowest)


def _below(reference: float | None, drop: float, chance: float) -> float:
    return chance if reference is None else reference - drop


def _at_least(gate: str, value: float | None, limit: float) -> GateResult:
    # Shares are quotients of counts: a rounding error must not decide.
    passed = value is not None and value >= limit - 1e-9
    return GateResult(gate, value, limit, True, passed)  # noqa: FBT003


def _at_most(gate: str, value: float | None, limit: float) -> GateResult:
    passed = value is not None and value <= limit + 1e-9
    return GateResult(gate, value, limit, False, passed)  # noqa: FBT003
