"""A detector's graph where it is asked to run, if it gives there what it gives on the CPU."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from genderlens.detection.networks.inputs import Bytes
from genderlens.detection.sound import read_graph
from genderlens.graphs.golden import tell
from genderlens.graphs.placing import place_session
from genderlens.graphs.runtime import Session


def place_detector(path: Path, threads: int, device: str) -> Session:
    """The graph, loaded; where the device gives something else, on the CPU, with a line in the log.

    Raises DetectorError where the file cannot be read.
    """
    content, title = read_graph(path), str(path)

    def load(where: str) -> Session:
        return Session(content, threads=threads, name=title, device=where)

    session, unplaced = place_session(device, load, _draw_probe)
    if unplaced:
        tell([f"face detector: {unplaced}; it runs on {session.device} instead"])
    return session


def _draw_probe() -> Bytes:
    """A picture of a common size, the same everywhere: tiles of colour under noise."""
    rng = np.random.default_rng(0)
    tiles = rng.integers(0, 200, (11, 15, 3)).repeat(32, axis=0).repeat(32, axis=1)
    return (tiles + rng.integers(0, 56, tiles.shape)).astype(np.uint8)[None]
