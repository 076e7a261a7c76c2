"""Sessions and the freeing of fixed axes."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from genderlens.bundle import load_bundle
from genderlens.errors import BundleIntegrityError
from genderlens.graphs.runtime import LOGIT, Session


def test_the_batch_axis_is_free_and_rows_do_not_mix() -> None:
    session = load_bundle().create_session()
    size = load_bundle().description.input.size_px
    rows = np.random.default_rng(0).normal(size=(5, 3, size, size)).astype(np.float32)
    (together,) = session.run({session.input_name: rows}, [LOGIT])
    apart = [session.run({session.input_name: row[None]}, [LOGIT])[0][0] for row in rows]
    assert together.shape == (5, 1)
    assert np.allclose(together, apart, atol=1e-4)


def test_threads_may_share_a_session() -> None:
    session = load_bundle().create_session()
    size = load_bundle().description.input.size_px
    rows = np.random.default_rng(0).normal(size=(16, 1, 3, size, size)).astype(np.float32)
    expected = [session.run({session.input_name: row})[0] for row in rows]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda row: session.run({session.input_name: row})[0], rows))
    assert all(np.array_equal(a, b) for a, b in zip(expected, found, strict=True))


def test_a_graph_that_onnx_runtime_refuses_is_an_integrity_error() -> None:
    with pytest.raises(BundleIntegrityError, match="cannot load broken"):
        Session(b"\x08\x01", name="broken")


def test_a_session_leaves_no_telemetry_in_the_home_directory(tmp_path: Path) -> None:
    code = (
        "from genderlens.bundle import load_bundle\n"
        "session = load_bundle().create_session()\n"
        "print(session.input_name)"
    )
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    environment = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment | home, capture_output=True, text=True
    )
    assert done.stdout.strip() == "image", done.stderr
    assert list(tmp_path.rglob("*")) == []
