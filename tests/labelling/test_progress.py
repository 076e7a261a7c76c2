from __future__ import annotations

import re
from pathlib import Path

import pytest

from genderlens.labelling.outputs.histogram import draw_histogram
from genderlens.labelling.progress import (
    STAGES,
    ShardProgress,
    describe_stages,
    read_progress,
    sum_seconds,
)


def test_pictures_and_seconds_by_stage(tmp_path: Path) -> None:
    progress = ShardProgress(tmp_path / "p.json", 3)
    for timings in ({"decode": 500.0}, {"detect": 1500.0}):
        progress.advance(timings)
    assert list(progress.timed("read", [1, 2])) == [1, 2]
    progress.tell()
    found = read_progress(tmp_path / "p.json")
    assert (found["done"], found["total"]) == (2, 3)
    assert tuple(found["seconds"]) == STAGES
    assert sum_seconds([found, found])["detect"] == pytest.approx(3.0)
    assert describe_stages({"decode": 1.0, "detect": 3.0}) == "decode 25% · detect 75%"
    assert describe_stages({}) == ""


def test_progress_that_cannot_be_written_or_read_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    ShardProgress(tmp_path / "file" / "p.json", 1).tell()
    assert read_progress(tmp_path / "file")["done"] == 0
    assert read_progress(tmp_path / "none")["done"] == 0


def test_the_bars_of_a_histogram_are_as_high_as_their_counts() -> None:
    drawing = draw_histogram([0, 5, 10], 0.5, 1.0, "faces")
    heights = [float(h) for h in re.findall(r'<rect [^>]*height="([\d.]+)"', drawing)]
    assert heights[0] == 0.0
    assert heights[2] == pytest.approx(2 * heights[1])
    assert "100%" in drawing
