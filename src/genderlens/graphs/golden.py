"""Golden inputs: a few pictures in a bundle and the logits that each of its graphs gives for them.

A processor, an engine or a changed file can make a graph answer something else than was measured,
without any error. Whoever loads a graph runs it on these pictures first.
"""

from __future__ import annotations

import base64
import binascii
import logging
import math
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from genderlens.errors import BundleIntegrityError
from genderlens.graphs.runtime import LOGIT, Session

GOLDEN: Final = "golden.json"
MAX_BOUND: Final = 0.1
"""A wider bound would let a wrong graph pass."""
_MAX_BYTES: Final = 32_000_000
"""Of the pictures, unpacked."""

Verdict = Literal["passed", "off", "none"]
Pictures = NDArray[np.uint8]
Inputs = NDArray[np.float32]
_log = logging.getLogger(__name__)
_told: set[str] = set()


class Expected(BaseModel):
    """What one graph gives for the golden inputs, and how far off an engine may be."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Of the graph's file."""
    logits: tuple[float, ...]
    """Of a detector: numbers of its planes, as its reading picks them."""
    bound: float = Field(gt=0, le=MAX_BOUND)


class Golden(BaseModel):
    """The content of ``golden.json``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    shape: tuple[int, int, int, int]
    """Number of pictures, height, width, 3."""
    pictures: str
    """The bytes, a picture after the other, red first; packed by zlib, as base64."""
    graphs: dict[str, Expected]
    """By the name of the file."""

    def unpack(self) -> Pictures:
        """N×H×W×3 bytes; BundleIntegrityError where they are not what ``shape`` says."""
        size = math.prod(self.shape)
        if min(self.shape) < 1 or self.shape[3] != 3 or size > _MAX_BYTES:
            raise _broken(f"pictures of shape {list(self.shape)}")
        try:
            content = zlib.decompressobj().decompress(
                base64.b64decode(self.pictures, validate=True), size + 1
            )
        except (binascii.Error, zlib.error) as error:
            raise _broken(f"pictures that cannot be unpacked ({error})") from error
        if len(content) != size:
            raise _broken(f"pictures that do not fill the shape {list(self.shape)}")
        return np.frombuffer(content, np.uint8).reshape(self.shape)


@dataclass(frozen=True, slots=True)
class OutputReading:
    """Which numbers of a graph's outputs are compared, in a fixed order, and what one is called."""

    noun: str
    read: Callable[[Session, NDArray[Any]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Check:
    """What the golden inputs say of one graph on this machine."""

    graph: str
    verdict: Verdict
    """``none`` where the bundle holds no golden inputs."""
    reason: str
    """What is wrong, empty where it passed."""
    gap: float | None = None
    """The largest distance of a logit from the expected one."""
    bound: float | None = None
    took_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Graph:
    """A loaded graph that gave the logits that were measured, and the checks that led to it."""

    bundle: str
    """The version of its bundle."""
    session: Session
    checks: tuple[Check, ...]
    """Of every graph that was tried on its device, the answering one last."""
    unplaced: str = ""
    """Why it is not on the device that was asked for; empty where it is, or none was."""

    @property
    def name(self) -> str:
        """The file of the graph that answers."""
        return self.checks[-1].graph

    @property
    def verdict(self) -> Verdict:
        """Of the graph that answers: ``passed``, or ``none``."""
        return self.checks[-1].verdict

    @property
    def device(self) -> str:
        """What it runs on: ``cpu``, ``cuda``, …"""
        return self.session.device

    @property
    def fallback(self) -> str | None:
        """Why it is another graph, or on another device, than wanted; None where it is not."""
        replaced = self.checks[0].reason if len(self.checks) > 1 else ""
        return "; ".join(filter(None, [self.unplaced, replaced])) or None

    @property
    def notice(self) -> str | None:
        """The line of the log about it; None where the wanted graph answers."""
        if self.fallback is None:
            return None
        where = f" on {self.device}" if self.unplaced else ""
        return f"{self.bundle}: {self.fallback}; {self.name} answers{where} instead"


def pack_golden(pictures: Pictures, graphs: Mapping[str, Expected]) -> Golden:
    """The content of ``golden.json`` for N×H×W×3 bytes."""
    count, height, width, channels = pictures.shape
    packed = base64.b64encode(zlib.compress(pictures.tobytes(), 9)).decode("ascii")
    return Golden(shape=(count, height, width, channels), pictures=packed, graphs=dict(graphs))


def parse_golden(content: bytes) -> Golden:
    """The golden inputs in a file's bytes; BundleIntegrityError where it is something else."""
    try:
        return Golden.model_validate_json(content)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"]) or "the file"
        raise _broken(f"a wrong {where}: {fault['msg']}") from error


def be_silent() -> None:
    """Log nothing in this process: another one tells what it is handed."""
    _log.disabled = True


@contextmanager
def silence() -> Iterator[None]:
    """Log nothing meanwhile: whoever looks at the graphs tells what it finds."""
    before = _log.disabled
    _log.disabled = True
    try:
        yield
    finally:
        _log.disabled = before


def _read_logits(session: Session, inputs: NDArray[Any]) -> NDArray[np.float32]:
    (found,) = session.run({session.input_name: inputs}, [LOGIT])
    return np.asarray(found, np.float32)


LOGITS: Final = OutputReading("logit", _read_logits)


def check_graph(
    session: Session,
    name: str,
    sha256: str,
    golden: Golden,
    inputs: NDArray[Any],
    reading: OutputReading = LOGITS,
) -> Check:
    """Run a graph on the golden inputs, which are given as it takes them."""
    expected = golden.graphs.get(name)
    if expected is None:
        return Check(name, "off", f"{GOLDEN} says nothing of {name}")
    start = time.perf_counter()
    gap = _gap(session, inputs, expected, reading)
    took_ms = (time.perf_counter() - start) * 1000.0
    reason = _fault(name, sha256, expected, gap, reading.noun)
    verdict: Verdict = "off" if reason else "passed"
    shown = gap if math.isfinite(gap) else None
    return Check(name, verdict, reason, shown, expected.bound, round(took_ms, 1))


def find_sound_graph(
    bundle: str, names: tuple[str, ...], load: Callable[[str], tuple[Session, Check]]
) -> Graph:
    """The first graph of ``names`` that is not off; BundleIntegrityError where all of them are."""
    checks: list[Check] = []
    for name in names:
        session, check = load(name)
        checks.append(check)
        if check.verdict == "off":
            continue
        return Graph(bundle, session, tuple(checks))
    reasons = "; ".join(check.reason for check in checks)
    raise BundleIntegrityError(
        f"{bundle}: {reasons}; copy the bundle again, or export it anew; 'genderlens doctor' tells "
        "more"
    )


def tell(notices: Iterable[str | None]) -> None:
    """Log notices, each once per process: several parts of one program load the same bundle."""
    for notice in notices:
        if notice is not None and notice not in _told and not _log.disabled:
            _told.add(notice)
            _log.warning("%s", notice)


def _gap(
    session: Session, inputs: NDArray[Any], expected: Expected, reading: OutputReading
) -> float:
    """Infinite where the graph cannot be run, or gives something else than a number each."""
    try:
        found = reading.read(session, inputs)
    except Exception:
        return math.inf
    if found.size != len(expected.logits) or not np.isfinite(found).all():
        return math.inf
    return float(np.abs(found.ravel().astype(np.float64) - expected.logits).max())


def _fault(name: str, sha256: str, expected: Expected, gap: float, noun: str) -> str:
    if not math.isfinite(gap):
        return f"{name} gives no {noun}s for the golden inputs"
    if gap > expected.bound:
        return (
            f"{name} is off by {gap:.2g} in a {noun} of the golden inputs, "
            f"at most {expected.bound:g} is allowed"
        )
    if sha256 != expected.sha256:
        return f"{name} is not the graph that {GOLDEN} was measured with"
    return ""


def _broken(what: str) -> BundleIntegrityError:
    return BundleIntegrityError(f"{GOLDEN} holds {what}; copy the bundle again, or export it anew")
