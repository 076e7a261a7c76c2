"""Bytes that are nearly right, for every parser of foreign files: one of our errors or a result.

The corpus lies in ``tests/hostile/corpus`` and grows. All examples run in one process each parser,
which may take 2.5 GB of address space, so that what grows ends as MemoryError and is found.
"""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

CORPUS = Path(__file__).parent / "corpus"
PARSERS = {
    ".onnx": "scan_model(content, 'fuzzed.onnx')",
    ".parquet": "read_parquet(content)",
    ".tar": "read_tar(content)",
    ".picture": "decode_image(content, max_pixels=1_000_000)",
}
SECONDS = 3
_FUZZ = """
import io, resource, signal, sys, tempfile, time
from datetime import timedelta
from pathlib import Path
from hypothesis import HealthCheck, given, settings, strategies as st
from genderlens.data.parquet.limits import read_columns
from genderlens.data.parquet.rows import ParquetRows
from genderlens.data.sources.tar_file import iterate_members, open_tar, read_member
from genderlens.errors import GenderlensError
from genderlens.pictures.imaging import decode_image
from genderlens.graphs.scan import scan_model

folder = Path(tempfile.mkdtemp())

def read_parquet(content):
    try:
        read_columns(io.BytesIO(content), "fuzzed.parquet")
    finally:
        rows = ParquetRows(io.BytesIO(content), "fuzzed.parquet")
        rows.read(0)

def read_tar(content):
    (folder / "fuzzed.tar").write_bytes(content)
    with open_tar(str(folder / "fuzzed.tar")) as tar:
        for member in iterate_members(tar, "fuzzed.tar"):
            read_member(tar, member, "fuzzed.tar")

def parse(content):
    try:
        PARSE
    except GenderlensError:
        pass

seeds = [Path(name).read_bytes() for name in sys.argv[1:]]
for seed in seeds:
    parse(seed)
edits = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.one_of(st.integers(0, 255), st.sampled_from([0, 127, 128, 255])),
        st.sampled_from(["set", "insert", "delete", "cut", "repeat"]),
    ),
    min_size=1,
    max_size=8,
)
end = time.monotonic() + SECONDS

def edited(seed, edits):
    content = bytearray(seed)
    for place, value, kind in edits:
        at = int(place * len(content))
        if kind == "set" and content:
            content[at] = value
        elif kind == "insert":
            content[at:at] = bytes([value]) * (value + 1)
        elif kind == "delete":
            del content[at : at + value + 1]
        elif kind == "cut":
            del content[at:]
        elif kind == "repeat":
            content[at:at] = content[at : at + 64]
    return bytes(content)

@settings(max_examples=300, deadline=None, database=None, derandomize=True,
          suppress_health_check=list(HealthCheck))
@given(st.sampled_from(seeds), edits)
def fuzz(seed, edits):
    if time.monotonic() < end:
        signal.alarm(20)  # one input that takes this long is a finding
        parse(edited(seed, edits))
        signal.alarm(0)

resource.setrlimit(resource.RLIMIT_AS, (2_500_000_000,) * 2)
fuzz()
"""


def _seeds(suffix: str) -> list[Path]:
    pictures = {".png", ".webp", ".avif", ".gif", ".jpg"}
    wanted = pictures if suffix == ".picture" else {suffix}
    return sorted(path for path in CORPUS.iterdir() if path.suffix in wanted)


@pytest.mark.parametrize("suffix", PARSERS)
def test_nearly_right_bytes_are_a_result_or_one_of_our_errors(suffix: str) -> None:
    seeds = _seeds(suffix)
    assert seeds
    code = textwrap.dedent(_FUZZ).replace("PARSE", PARSERS[suffix])
    code = code.replace("SECONDS", str(SECONDS))
    command = [sys.executable, "-W", "ignore", "-c", code, *map(str, seeds)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=250)
    assert done.returncode == 0, f"{done.returncode}: {done.stderr[-3000:]}"
