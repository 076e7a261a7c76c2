"""The fast one of a detector's graphs, where it is asked for and gives what was measured.

Beside the float graph lies one in INT8, and ``golden.json``: a few pictures, and what both give for
them. A processor on which INT8 is off gets the float graph, with one line in the log.
"""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from genderlens.errors import BundleIntegrityError, DetectorError
from genderlens.graphs.golden import (
    GOLDEN,
    Check,
    Golden,
    Graph,
    OutputReading,
    check_graph,
    find_sound_graph,
    parse_golden,
)
from genderlens.graphs.runtime import Session
from genderlens.types import Precision

FAST: Final = "detector.int8.onnx"
"""The INT8 graph, by the name of its file beside the float one."""
_EVERY: Final = 7
"""Cells of a plane that are compared are so many apart."""


def load_sound(graph: Path, *, threads: int = 1, title: str = "face detector") -> Graph:
    """The INT8 graph beside ``graph`` where it gives what was measured, else ``graph`` itself.

    ``title`` says in messages what it is. Raises DetectorError where neither does, or where a file
    cannot be read.
    """
    golden = _read_golden(graph.with_name(GOLDEN))
    pictures = golden.unpack()
    load = partial(_load, golden, pictures, graph.parent, threads)
    try:
        return find_sound_graph(title, (FAST, graph.name), load)
    except BundleIntegrityError as error:
        reason = error.message.partition("; copy")[0]
        raise DetectorError(f"{reason}; install genderlens again") from error


def uses_fast(graph: Path, precision: Precision) -> bool:
    """Whether the INT8 graph is asked for, and lies with its golden inputs beside the float one."""
    return (
        precision == "int8"
        and graph.with_name(FAST).is_file()
        and graph.with_name(GOLDEN).is_file()
    )


def read_graph(path: Path) -> bytes:
    """The bytes of a graph; DetectorError where they cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DetectorError(
            f"the face detector {path} cannot be read: {error.strerror}; install genderlens again"
        ) from error


def read_planes(session: Session, pictures: NDArray[Any]) -> NDArray[np.float32]:
    """Every so many-th cell of each plane that a detector gives for N×H×W×3 bytes, flat."""
    planes = session.run({session.input_name: pictures})
    cells = [plane.reshape(*plane.shape[:2], -1)[:, :, ::_EVERY] for plane in planes]
    found: NDArray[np.float32] = np.concatenate([part.ravel() for part in cells])
    return found


PLANES: Final = OutputReading("cell", read_planes)


def _load(
    golden: Golden, pictures: NDArray[np.uint8], folder: Path, threads: int, name: str
) -> tuple[Session, Check]:
    content = read_graph(folder / name)
    session = Session(content, threads=threads, name=str(folder / name))
    digest = hashlib.sha256(content).hexdigest()
    return session, check_graph(session, name, digest, golden, pictures, PLANES)


def _read_golden(path: Path) -> Golden:
    try:
        return parse_golden(read_graph(path))
    except BundleIntegrityError as error:
        raise DetectorError(f"{path}: {error.message}; install genderlens again") from error
