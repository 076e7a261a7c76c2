"""``genderlens video`` as a person and as a program meet it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from subprocess import CompletedProcess, run

import pytest

from clips import GROWING, STILL, write_clip


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "pair.mp4"
    return write_clip(path, [STILL, GROWING], seconds=2)


def genderlens(*arguments: str) -> CompletedProcess[str]:
    return run(
        [sys.executable, "-W", "error", "-m", "genderlens", "video", *arguments],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "120"},
    )


def test_tracks_for_people_and_for_programs_and_files(clip: Path, tmp_path: Path) -> None:
    out, seen = tmp_path / "out", tmp_path / "seen.mp4"
    done = genderlens(str(clip), "--every", "200ms", "--out", str(out), "--annotate", str(seen))
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[:2] == ["track", "answer"]
    assert "10 frames of 1.8 s looked at" in done.stderr
    assert seen.stat().st_size > 1000
    again = genderlens(str(clip), "--json", "--out", str(out))
    tracks = [json.loads(line) for line in again.stdout.splitlines()]
    assert [(track["track"], track["label"]) for track in tracks] == [(1, "female"), (2, "female")]
    assert json.loads(again.stderr)["frames"] == 10


def test_a_part_of_it(clip: Path) -> None:
    done = genderlens(str(clip), "--json", "--for", "1s", "--every", "0.5")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stderr)["seconds"] == 1.0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["none.mp4"], 4, "no video at 'none.mp4'"),
        (["x.mp4", "--every", "soon"], 2, "--every 'soon' is no length of time"),
        (["x.mp4", "--annotate", "x.gif"], 2, "ends in none of .mp4"),
        (["https://example.org/x.mp4"], 2, "is a web address"),
    ],
)
def test_mistakes_get_one_clear_line(arguments: list[str], code: int, words: str) -> None:
    done = genderlens(*arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr
