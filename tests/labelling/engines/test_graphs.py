"""Workers check the graph that they load, and what they find is told once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from genderlens.bundle import INT8_MODEL, MODEL, Bundle
from genderlens.errors import LabellingError
from genderlens.graphs import golden
from genderlens.labelling.job import bundle_key
from genderlens.labelling.run import run_job
from genderlens.settings import load_settings
from labelling.jobs import QUIET, make_job, write_pictures
from tiny_bundles import alter_weight, make_int8_bundle

ENGINES = ["local", "ray"]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    if request.param == "ray":
        request.getfixturevalue("cluster")
    return str(request.param)


@pytest.fixture
def off(tmp_path: Path) -> Bundle:
    return alter_weight(make_int8_bundle(tmp_path / "off", "off"), INT8_MODEL)


def label(bundle: Bundle, out: Path, engine: str, precision: str = "auto") -> pa.ChunkedArray:
    """The logits of 8 pictures, two workers at work."""
    settings = load_settings(model=str(bundle.path), faces="cropped", precision=precision)
    pictures = out.parent / "in"
    source = pictures if pictures.exists() else write_pictures(pictures, 8)
    job = make_job(source, out, settings=settings, bundles=bundle_key([bundle]))
    run_job(job, replace(QUIET, engine=engine, workers=2))
    return parquet.read_table(out / "labels.parquet").column("logit")


@pytest.mark.filterwarnings("default")
def test_an_altered_graph_is_replaced_in_every_worker_and_told_once(
    off: Bundle,
    tmp_path: Path,
    engine: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(golden, "_told", set())
    found = label(off, tmp_path / "out", engine)
    lines = [r.getMessage() for r in caplog.records if r.name == "genderlens.graphs.golden"]
    assert len(lines) == 1
    assert lines[0].endswith("; model.onnx answers instead")
    assert "is off by" not in capfd.readouterr().err.replace(lines[0], "")
    assert found == label(off, tmp_path / "fp32", "local", "fp32")


@pytest.mark.filterwarnings("default")
def test_a_graph_that_nothing_replaces_stops_the_run(
    off: Bundle, tmp_path: Path, engine: str
) -> None:
    with pytest.raises(LabellingError if engine == "ray" else Exception, match="is off by"):
        label(alter_weight(off, MODEL), tmp_path / "out", engine)
