"""On which device a graph runs: where it gives the answers of the CPU, and nowhere else."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from genderlens.graphs.devices import AUTO, CPU, NotStartedError, devices_to_try
from genderlens.graphs.golden import Graph, Inputs
from genderlens.graphs.runtime import Outputs, Session

FASTER: Final = 1.5
"""``auto`` leaves the CPU for a device that is so many times as fast; less is noise."""
TOLERANCE: Final = 1e-3
"""How far off an output may be that has no golden inputs, beside 1e-3 of its value."""
_RUNS: Final = 3
_log = logging.getLogger(__name__)


def place_graph(
    asked: str,
    *,
    load: Callable[[str], Graph],
    on_cpu: Callable[[], Graph],
    inputs: Inputs | None,
) -> Graph:
    """The graph that ``load`` gives on a device, where its golden inputs pass there, else on_cpu.

    ``inputs`` are the golden ones, as the graph takes them; without any, nothing is proved. Raises
    what ``devices_to_try`` and ``on_cpu`` raise.
    """
    reasons: list[str] = []
    cpu: Graph | None = None
    for name in devices_to_try(asked):
        try:
            graph = load(name)
        except NotStartedError as error:
            reasons.append(str(error))
            continue
        (check,) = graph.checks
        fault = check.reason
        if not fault and asked == AUTO and inputs is not None:
            cpu = cpu or on_cpu()
            fault = _compare_speed(graph.session, cpu.session, inputs)
        if not fault:
            return graph
        reasons.append(f"on {name}, {fault}")
    told = _tell_reasons(asked, reasons)
    return replace(cpu or on_cpu(), unplaced=told)


def place_session(
    asked: str, load: Callable[[str], Session], draw: Callable[[], NDArray[Any]]
) -> tuple[Session, str]:
    """A session on a device where it gives what the CPU gives for a picture, else on the CPU.

    And why it is not on the device that was asked for, empty where it is. Raises what
    ``devices_to_try`` and ``load`` of the CPU raise.
    """
    cpu, reasons = load(CPU), list[str]()
    for name in devices_to_try(asked):
        try:
            session, picture = load(name), draw()
            inputs = {session.input_name: picture}
            fault = _compare_outputs(session.run(inputs), cpu.run(inputs))
            if not fault and asked == AUTO:
                fault = _compare_speed(session, cpu, picture)
        except NotStartedError as error:
            reasons.append(str(error))
            continue
        except Exception as error:  # whatever a provider throws when it runs
            fault = f"it cannot be run ({type(error).__name__})"
        if not fault:
            return session, ""
        reasons.append(f"on {name}, {fault}")
    return cpu, _tell_reasons(asked, reasons)


def _tell_reasons(asked: str, reasons: list[str]) -> str:
    """Of a device that was asked for, the sentence; what ``auto`` passes over is no fault."""
    told = "; ".join(reasons)
    if asked != AUTO:
        return told
    if told:
        _log.info("the CPU answers: %s", told)
    return ""


def _compare_speed(session: Session, cpu: Session, inputs: NDArray[Any]) -> str:
    """Why a device is not worth it, empty where it is."""
    faster = _best_s(cpu, inputs) / _best_s(session, inputs)
    if faster >= FASTER:
        return ""
    return f"it is {faster:.2g} times as fast as the CPU, {FASTER:g} are asked for"


def _best_s(session: Session, inputs: NDArray[Any]) -> float:
    """Seconds of the fastest of a few runs, after one that sets up."""
    given = {session.input_name: inputs}
    spent: list[float] = []
    for _ in range(1 + _RUNS):
        start = time.perf_counter()
        session.run(given)
        spent.append(time.perf_counter() - start)
    return min(spent[1:])


def _compare_outputs(found: Outputs, expected: Outputs) -> str:
    """What is off, empty where nothing is."""
    for one, other in zip(found, expected, strict=True):
        if one.shape != other.shape:
            return f"it gives outputs of {list(one.shape)}, the CPU of {list(other.shape)}"
        allowed = TOLERANCE * (1.0 + np.abs(other))
        gap = np.abs(one.astype(np.float64) - other)
        if not (gap <= allowed).all():
            return f"it is off by {np.nanmax(gap):.2g} from the CPU"
    return ""
