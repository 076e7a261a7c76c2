"""What an INT8 graph must hold before it may serve: faster, and hardly less accurate for anyone."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from genderlens.bundle import InputSpec
from genderlens.calibration import Calibration
from genderlens.evaluation.figures.metrics import calibration_gap
from genderlens.evaluation.rows import Bools
from genderlens.graphs.runtime import LOGIT, Session
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.pictures.imaging import RgbArray, normalize

MAX_ACCURACY_LOST: Final = 0.003
MAX_GROUP_LOST: Final = 0.007
ECE_DIGITS: Final = 3
"""Calibration errors are compared to a tenth of a point."""
MIN_GROUP: Final = 100
"""In a smaller group one picture weighs more than the whole allowance."""
LEAST_SPEED_RATIO: Final = 1.05
"""Less is noise."""
ROUNDS: Final = 60
_BATCH: Final = 32

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Pictures = NDArray[np.float32]


@dataclass(frozen=True)
class JudgedFaces:
    """The faces that judge a graph: N×H×W×3 bytes as the network sees them, labels, groups."""

    crops: RgbArray
    spec: InputSpec
    codes: Codes
    """The numbers of the labels."""
    groups: Mapping[str, Bools]
    """Every ``attribute=value`` of at least MIN_GROUP pictures."""
    calibration: Calibration
    head: Head = GENDER


@dataclass(frozen=True, slots=True)
class Loss:
    """What INT8 loses beside FP32, as shares; negative where it gains."""

    accuracy: float
    worst_group: str
    worst_group_lost: float
    ece: float
    ece_fp32: float

    def broken_rules(self) -> list[str]:
        """One clause for each rule that does not hold."""
        clauses = []
        if self.accuracy > MAX_ACCURACY_LOST:
            clauses.append(f"accuracy falls by {self.accuracy:.2%}")
        if self.worst_group_lost > MAX_GROUP_LOST:
            clauses.append(f"accuracy of {self.worst_group} falls by {self.worst_group_lost:.2%}")
        if round(self.ece, ECE_DIGITS) > round(self.ece_fp32, ECE_DIGITS):
            clauses.append(
                f"the calibration error rises from {self.ece_fp32:.4f} to {self.ece:.4f}"
            )
        return clauses


def create_groups(columns: Mapping[str, Sequence[str | None]]) -> dict[str, Bools]:
    """``attribute=value`` to its rows, small groups left out."""
    groups = {}
    for name, values in columns.items():
        array = np.asarray(values, dtype=object)
        for value in sorted({value for value in values if value is not None}):
            rows: Bools = array == value
            if rows.sum() >= MIN_GROUP:
                groups[f"{name}={value}"] = rows
    return groups


def compute_logits(session: Session, crops: RgbArray, spec: InputSpec) -> Floats:
    """N×width logits of the first head before calibration, of N×H×W×3 faces."""
    parts = [
        session.run({session.input_name: to_input(crops[start : start + _BATCH], spec)}, [LOGIT])
        for start in range(0, len(crops), _BATCH)
    ]
    return np.concatenate([part[0] for part in parts]).astype(np.float64)


def to_input(crops: RgbArray, spec: InputSpec) -> Pictures:
    """N×H×W×3 bytes to what the graph takes."""
    return normalize(crops, spec.mean, spec.std)


def measure_loss(judged: JudgedFaces, fp32: Floats, int8: Floats) -> Loss:
    """The difference between the logits of two graphs in what counts."""
    before, after = (judged.calibration.shares(judged.head, logits) for logits in (fp32, int8))
    lost = _right(before, judged.codes).astype(float) - _right(after, judged.codes)
    by_group = {name: float(lost[rows].mean()) for name, rows in judged.groups.items()}
    worst = max(by_group, key=by_group.__getitem__, default="")
    ece, ece_fp32 = (
        calibration_gap(shares.max(axis=1), _right(shares, judged.codes))
        for shares in (after, before)
    )
    return Loss(float(lost.mean()), worst, by_group.get(worst, 0.0), ece, ece_fp32)


def _right(shares: Floats, codes: Codes) -> Bools:
    """Whether the likelier label, of equal ones the last, is that of the face."""
    last = shares.shape[1] - 1
    right: Bools = last - shares[:, ::-1].argmax(axis=1) == codes
    return right


def measure_speed_ratio(fp32: Session, int8: Session, picture: Pictures) -> float:
    """Median time of FP32 over that of INT8 for one 1×3×H×W picture, the two taking turns.

    Both run on the calling thread, whose CPU time other work on the machine hardly moves.
    """
    calls = [partial(one.run, {one.input_name: picture}, [LOGIT]) for one in (fp32, int8)]
    slow, fast = interleave(
        calls,
        rounds=ROUNDS,
        clock=time.thread_time,
    )
    return statistics.median(slow) / statistics.median(fast)


def interleave(
    calls: Sequence[Callable[[], object]],
    *,
    rounds: int,
    warm_up: int = 3,
    clock: Callable[[], float] = time.perf_counter,
) -> list[list[float]]:
    """Seconds of each call, all taking turns in shuffled order so that noise hits each alike."""
    spent: list[list[float]] = [[] for _ in calls]
    order = np.random.default_rng(0)
    for turn in range(rounds + warm_up):
        for index in order.permutation(len(calls)):
            start = clock()
            calls[index]()
            if turn >= warm_up:
                spent[index].append(clock() - start)
    return spent
