"""The fast graph finds faces where it gives what was measured; else float does, and says so."""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

import photos
from altered_detectors import copy_detector
from genderlens.detection import faces
from genderlens.detection.detectors import create_detector, find_detector
from genderlens.detection.faces import CENTERFACE, CenterFace, create_centerface
from genderlens.detection.looks import LOOKS
from genderlens.detection.sound import FAST, load_sound, uses_fast
from genderlens.errors import DetectorError
from genderlens.export.int8.saturation import list_pair_sums
from genderlens.graphs import golden
from genderlens.graphs.golden import GOLDEN
from genderlens.graphs.placing import TOLERANCE
from genderlens.pictures.regions import Region
from genderlens.types import Box, Precision


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The float graph of a copy of the shipped folder."""
    return copy_detector(tmp_path)


def test_the_fast_graph_gives_what_was_measured_and_nearly_what_float_gives() -> None:
    graph = load_sound(CENTERFACE)
    (check,) = graph.checks
    assert (graph.name, graph.verdict, graph.fallback) == (FAST, "passed", None)
    assert check.gap is not None
    assert check.bound is not None
    assert check.gap < check.bound / 10
    fast, exact = create_detector(precision="int8"), CenterFace()
    for picture in (photos.portrait(), photos.crowd(3)):
        found, expected = fast.detect(picture), exact.detect(picture)
        assert len(found) == len(expected)
        for one in found:
            assert max(one.box.overlap(other.box) for other in expected) > 0.85


def test_no_sum_of_the_shipped_graph_can_saturate() -> None:
    sums = list_pair_sums(onnx.load(CENTERFACE.with_name(FAST)))
    assert len(sums) > 50
    assert all(pair.fits for pair in sums)


def test_golden_inputs_tell_of_both_graphs_that_are_shipped() -> None:
    found = golden.parse_golden(CENTERFACE.with_name(GOLDEN).read_bytes())
    assert set(found.graphs) == {FAST, CENTERFACE.name}
    gap = np.abs(np.subtract(*(one.logits for one in found.graphs.values())))
    assert 10 * TOLERANCE < gap.max() < 0.5, "rounding shows, and moves little"


def test_an_altered_graph_is_replaced_by_float_with_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(golden, "_told", set())
    monkeypatch.setattr(faces, "CENTERFACE", copy_detector(tmp_path, FAST))
    detectors = [create_centerface(precision="int8") for _ in range(2)]
    for detector in detectors:
        assert detector.graph is not None
        assert detector.graph.name == CENTERFACE.name
        assert len(detector.detect(photos.portrait())) == 1
    (line,) = [r for r in caplog.records if r.levelno == logging.WARNING]
    assert line.getMessage().startswith(f"face detector: {FAST} is off by ")
    assert line.getMessage().endswith(
        f"in a cell of the golden inputs, at most 0.02 is allowed; "
        f"{CENTERFACE.name} answers instead"
    )


def test_two_altered_graphs_are_refused(tmp_path: Path) -> None:
    copy = copy_detector(tmp_path, FAST, CENTERFACE.name)
    with pytest.raises(DetectorError, match=r"detector\.onnx is off .*; install genderlens again"):
        load_sound(copy)


@pytest.mark.parametrize("content", [b"{}", None])
def test_golden_inputs_that_cannot_be_read_are_named(copy: Path, content: bytes | None) -> None:
    path = copy.with_name(GOLDEN)
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(DetectorError, match=r"golden\.json.*; install genderlens again"):
        load_sound(copy)


@pytest.mark.parametrize(
    ("precision", "name"), [("auto", CENTERFACE.name), ("int8", FAST), ("fp32", CENTERFACE.name)]
)
def test_the_precision_that_is_asked_for_finds_faces(precision: Precision, name: str) -> None:
    detector: Any = create_detector(precision=precision)
    assert (detector.graph.name if detector.graph else CENTERFACE.name) == name


def test_a_detector_of_one_graph_is_in_float(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy.with_name(FAST).unlink()
    assert not uses_fast(copy, "int8")
    monkeypatch.setattr(faces, "CENTERFACE", copy)
    assert create_centerface(precision="int8").graph is None


def test_a_run_of_label_knows_which_graphs_it_began_with(copy: Path) -> None:
    """Those that answer: a job in float goes on where only the INT8 graph is another by now."""
    shipped = find_detector()
    single = Path(shutil.copytree(copy.parent, copy.parent.with_name("single"))) / copy.name
    single.with_name(FAST).unlink()
    precisions: list[Precision] = ["auto", "fp32", "int8"]
    for precision in precisions:
        known = shipped.digest(precision)
        assert replace(shipped, graph=copy).digest(precision) == known
        assert (replace(shipped, graph=single).digest(precision) == known) is (precision != "int8")
    looks = Path(shutil.copytree(single.parent, copy.parent.with_name("looks"))) / copy.name
    other = shipped.looks.model_copy(update={"closer_px": 128})
    looks.with_name(LOOKS).write_text(other.model_dump_json(), "utf-8")
    assert replace(shipped, graph=looks).digest("auto") != shipped.digest("auto")


def test_leaning_looks_compute_in_float(monkeypatch: pytest.MonkeyPatch) -> None:
    detector, exact = create_centerface(precision="int8"), CenterFace()
    box = Box(130.0, 20.0, 320.0, 210.0)
    for roll, alike in ((0.0, False), (20.0, True)):
        found, expected = (
            one.look_closer(photos.portrait(), [Region(box, roll)], 0.3)[0]
            for one in (detector, exact)
        )
        assert (found == expected) is alike
    monkeypatch.setattr(detector, "network", None)
    assert detector.look_closer(photos.portrait(), [Region(box, 20.0)], 0.3)
