"""``genderlens video`` as a person and as a program meet it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess, run
from types import SimpleNamespace

import pytest

from clips import GROWING, STILL, write_clip
from forks import forked
from genderlens.cli.durations import parse_seconds
from genderlens.cli.video import _wanted


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "pair.mp4"
    return write_clip(path, [STILL, GROWING], seconds=2)


def genderlens(*arguments: str) -> CompletedProcess[str]:
    return run(
        forked("video", *arguments),
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
    assert json.loads(again.stderr.splitlines()[-1])["frames"] == 10


def test_a_part_of_it(clip: Path) -> None:
    done = genderlens(str(clip), "--json", "--for", "1s", "--every", "0.5")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stderr.splitlines()[-1])["seconds"] == 1.0


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


class Interrupted:
    """Answers of a video during which somebody presses Ctrl-C."""

    def __init__(self, *, live: bool) -> None:
        self.source, self.closed = SimpleNamespace(live=live), False

    def __iter__(self) -> Iterator[str]:
        yield "frame"
        raise KeyboardInterrupt

    def close(self) -> None:
        self.closed = True


def test_ctrl_c_ends_a_live_source_and_interrupts_a_file() -> None:
    live, file = Interrupted(live=True), Interrupted(live=False)
    assert list(_wanted(live)) == ["frame"]  # type: ignore[arg-type, comparison-overlap]
    with pytest.raises(KeyboardInterrupt):
        list(_wanted(file))  # type: ignore[arg-type]
    assert live.closed
    assert file.closed


@pytest.mark.parametrize(
    ("text", "seconds"), [("0.2s", 0.2), ("200ms", 0.2), ("5m", 300), ("1h", 3600), ("0", 0)]
)
def test_times_as_people_write_them(text: str, seconds: float) -> None:
    assert parse_seconds(text, "--every") == pytest.approx(seconds)
