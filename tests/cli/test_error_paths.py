"""Every error path of every command ends with its documented exit code, each time.

A thread that outlives the interpreter shows in some runs only, as ``terminate called without an
active exception`` and 134 (-6 here).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import photos

OFTEN, TIMES = 20, 4
"""How often each path is tried with --slow, and without."""
SOURCES = Path(__file__).parents[2] / "src" / "genderlens"
CASES: list[tuple[int, str]] = [
    (2, "nonsense"),
    (2, "predict"),
    (3, "predict nowhere.jpg"),
    (3, "predict text.jpg --json"),
    (2, "predict people --faces ALL"),
    (5, "predict people --model nowhere"),
    (2, "predict people --target-error 0.7"),
    (2, "label people"),
    (4, "label nowhere --out out"),
    (4, "label --status people"),
    (2, "label people --out people/out"),
    (2, "label people --out out --format xml"),
    (2, "evaluate default --out out"),
    (2, "evaluate --out out"),
    (4, "evaluate default --data nowhere --out out"),
    (4, "evaluate default --data manifest.parquet --split val --out out"),
    (4, "evaluate default --data wrong_manifest.parquet --out out"),
    (4, "evaluate default --data wrong.parquet --out out"),
    (4, "evaluate default --data people --by age --out out"),
    (5, "evaluate nowhere --data people --out out"),
    (2, "evaluate default --data people --out out --fail-if nonsense"),
    (4, "evaluate --predictions text.jpg --out out"),
    (4, "data inspect nowhere"),
    (4, "data inspect wrong.parquet"),
    (4, "data inspect wrong_manifest.parquet"),
    (4, "data inspect broken.parquet"),
    (4, "data inspect people --kind nonsense"),
    (2, "data inspect people --label nonsense"),
    (4, "data check wrong.parquet --out out"),
    (4, "data split wrong.parquet --out out"),
    (4, "data convert wrong.parquet --out out"),
    (4, "compare nowhere nowhere2 --out out"),
    (5, "robustness nowhere --data people --out out"),
    (11, "models show nowhere"),
    (11, "models promote nowhere"),
    (2, "keys revoke nowhere"),
    (5, "serve --model nowhere"),
    (2, "serve --host 0.0.0.0"),
    (2, "serve --port 99999"),
]


THREADS = """
import os, pyarrow.parquet
from pathlib import Path
from genderlens.data.manifest import read_manifest
from genderlens.data.parquet.rows import ParquetRows
from genderlens.data.readers import read_source
from genderlens.labelling.inputs.sources import iterate_items

count = lambda: len(os.listdir("/proc/self/task"))
before = count()
assert len(read_source("shard.parquet")) == 5
assert ParquetRows(open("shard.parquet", "rb"), "shard").read(4) == b"x"
assert len(read_manifest(Path("manifest.parquet"))) == 4
assert len(list(iterate_items("shard.parquet", trusted=False))) == 5
assert len(list(iterate_items("manifest.parquet", trusted=False))) == 4
print(before, count())
"""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a little of everything that a command may stumble over."""
    folder = tmp_path_factory.mktemp("scene")
    picture = photos.encode(photos.portrait())
    for label in ("female", "male"):
        (folder / "people" / label).mkdir(parents=True)
        for index in range(2):
            (folder / "people" / label / f"{index}.jpg").write_bytes(picture)
    (folder / "text.jpg").write_text("text")
    (folder / "broken.parquet").write_bytes(b"PAR1 and no more")
    rows = {"image": [picture] * 5, "label": ["xyz"] * 5, "age": ["30"] * 5}
    pq.write_table(pa.table(rows), folder / "wrong.parquet")
    uris = [f"people/{label}/{n}.jpg" for label in ("female", "male") for n in range(2)]
    columns = {"uri": uris, "label": ["female", "female", "male", "male"], "split": ["train"] * 4}
    text = pa.table({**columns, "subject": uris, "source": ["people"] * 4})
    pq.write_table(text, folder / "manifest.parquet")
    wrong = text.set_column(1, "label", pa.array(["xyz"] * 4))
    pq.write_table(wrong, folder / "wrong_manifest.parquet")
    return folder


@pytest.mark.timeout(1200)  # under a minute on idle cores, and it may share them
def test_the_documented_code_each_time(
    scene: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    times = OFTEN if request.config.getoption("--slow") else TIMES
    cases = tmp_path / "cases.json"
    cases.write_text(json.dumps([words.split() for _, words in CASES]))
    said = tmp_path / "said"
    said.mkdir()
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GENDERLENS_")}
    environment = kept | {
        "GENDERLENS_STATE_DIR": str(tmp_path / "state"),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    script = [sys.executable, str(Path(__file__).with_name("repeat.py"))]
    done = subprocess.run(
        [*script, str(cases), str(times), str(said)],
        cwd=scene,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    wrong = {
        words: (codes, (said / f"{index}.txt").read_text()[-400:])
        for index, ((code, words), codes) in enumerate(
            zip(CASES, json.loads(done.stdout), strict=True)
        )
        if codes != [code] * times
    }
    assert wrong == {}
    everything = "".join(path.read_text() for path in said.iterdir())
    assert "Traceback" not in everything
    assert "terminate called" not in everything


def test_python_streams_are_read_by_no_thread_of_arrow() -> None:
    """Of those that let go of them as the interpreter ends, some abort the process."""
    opened = read = 0
    for path in SOURCES.rglob("*.py"):
        text = path.read_text("utf-8")
        for match in re.finditer(r"ParquetFile\(\s*stream", text):
            opened += 1
            assert "pre_buffer=False" in text[match.start() : match.start() + 80], path
        for match in re.finditer(
            r"ParquetFile\(stream[^)]*\)\.read\(|\.(read_row_group|iter_batches)\(", text
        ):
            read += 1
            assert "use_threads=False" in text[match.start() : match.start() + 160], path
    assert (opened >= 1, read >= 4) == (True, True)


def test_reading_a_python_stream_leaves_no_thread(tmp_path: Path) -> None:
    """What the readers do, in a process of its own: Arrow's background is what it was before."""
    pictures = pa.table(
        {"image": [b"x"] * 5, "label": ["male", "female"] * 2 + ["male"], "age": ["30"] * 5}
    )
    pq.write_table(pictures, tmp_path / "shard.parquet")
    text = {name: ["x"] * 4 for name in ("uri", "subject", "source")}
    rows = pa.table({**text, "label": ["female", "male"] * 2, "split": ["train"] * 4})
    pq.write_table(rows, tmp_path / "manifest.parquet")
    done = subprocess.run(
        [sys.executable, "-c", THREADS], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    before, after = map(int, done.stdout.split())
    assert after == before
