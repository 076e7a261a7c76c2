"""What stays of a video: tables that agree, counts, a timeline, and a run that can be cut off."""

from __future__ import annotations

import csv
import json
from itertools import islice
from pathlib import Path

import av
import pyarrow.parquet as pq
import pytest
from PIL import Image

import genderlens
from genderlens.errors import SettingsError
from genderlens.heads.default import GENDER
from genderlens.video import folder as folders
from genderlens.video.annotate import save_annotated
from genderlens.video.folder import VideoFolder, describe_run
from genderlens.video.tables import count_people
from genderlens.video.timeline import MOST_ROWS, choose_tracks
from genderlens.video.tracker import Track
from made_answers import face_result


@pytest.fixture(scope="module")
def predictor() -> genderlens.PhotoPredictor:
    return genderlens.load_predictor()


@pytest.fixture(scope="module")
def done(
    predictor: genderlens.PhotoPredictor, pair: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    out = tmp_path_factory.mktemp("done") / "out"
    answers = predictor.track(pair)
    frames = VideoFolder(out, describe_run(answers)).record(answers)
    list(save_annotated(frames, out.parent / "seen.mp4", 0.2))
    return out


def rows_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize(("name", "count"), [("frames", 30), ("tracks", 2)])
def test_all_forms_of_a_table_say_the_same(done: Path, name: str, count: int) -> None:
    rows = rows_of(done / f"{name}.jsonl")
    assert len(rows) == count
    assert pq.read_table(done / f"{name}.parquet").to_pylist() == rows
    with (done / f"{name}.csv").open(newline="") as stream:
        cells = list(csv.DictReader(stream))
    assert [row["confidence"] for row in cells] == [str(row["confidence"]) for row in rows]
    assert list(cells[0]) == list(rows[0])


def test_counts_timeline_and_summary(done: Path) -> None:
    with (done / "counts.csv").open(newline="") as stream:
        counts = list(csv.DictReader(stream))
    assert [(row["second"], row["people"], row["female"]) for row in counts] == [
        ("0", "2", "2"),
        ("1", "2", "2"),
        ("2", "2", "2"),
    ]
    with Image.open(done / "timeline.png") as drawing:
        assert drawing.width == 1000
        colours = {colour for _, colour in drawing.convert("RGB").getcolors(1 << 20) or []}
    assert (176, 58, 96) in colours
    page = (done / "timeline.html").read_text()
    assert page.count("<tr>") == 3
    assert "data:image/png" in page
    summary = json.loads((done / "video.json").read_text())
    assert (summary["frames"], summary["tracks"], summary["dropped"]) == (15, 2, 0)
    assert not (done / "state.json").exists()


def test_the_annotated_video_has_the_frames_that_were_looked_at(done: Path, pair: Path) -> None:
    with av.open(str(done.parent / "seen.mp4")) as drawn, av.open(str(pair)) as plain:
        frames = [(frame.time, frame.to_ndarray(format="rgb24")) for frame in drawn.decode(video=0)]
        first = next(plain.decode(video=0)).to_ndarray(format="rgb24")
    assert [round(time or 0.0, 2) for time, _ in frames] == [round(0.2 * n, 2) for n in range(15)]
    assert frames[0][1].shape == first.shape
    changed = (abs(frames[0][1].astype(int) - first) > 40).any(axis=2).mean()
    assert 0.005 < changed < 0.2


def test_a_run_goes_on_in_its_folder(
    predictor: genderlens.PhotoPredictor,
    pair: Path,
    done: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(folders, "_SAVED_EVERY_FRAMES", 4)
    answers = predictor.track(pair)
    frames = VideoFolder(tmp_path, describe_run(answers)).record(answers)
    list(islice(frames, 10))
    frames.close()
    assert not (tmp_path / "video.json").exists()

    again = VideoFolder(tmp_path, describe_run(answers))
    assert again.state is not None
    assert again.state["looked_at"] == 8
    rest = predictor.track(pair, state=again.state)
    assert len(list(again.record(rest))) == 7
    for name in ("frames.jsonl", "tracks.jsonl", "counts.csv", "video.json"):
        assert (tmp_path / name).read_text() == (done / name).read_text()
    assert VideoFolder(tmp_path, describe_run(answers)).is_finished


def test_a_folder_of_another_run_is_left_alone(
    predictor: genderlens.PhotoPredictor, pair: Path, done: Path
) -> None:
    other = predictor.track(pair, every_s=1.0)
    with pytest.raises(SettingsError, match=r"another run \(other every_s\); give another --out"):
        VideoFolder(done, describe_run(other))


def test_an_annotated_video_needs_a_name_of_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"ends in none of \.mp4"):
        next(save_annotated([], tmp_path / "seen.gif", 0.2))


def track(number: int, start_s: float, end_s: float, *, frames: int = 5) -> Track:
    return Track(number, start_s, end_s, frames, face_result(0.9).answer)


def test_seconds_without_anybody_count_too() -> None:
    rows = [{"time_s": t, "track": n} for t, n in ((1.0, 1), (1.4, 1), (1.5, 2), (3.2, 1))]
    found = list(count_people(rows, GENDER, [track(1, 1, 3.2), track(2, 1.5, 1.5, frames=1)], 4.9))
    assert [(row["second"], row["people"], row["male"]) for row in found] == [
        *((0, 0, 0), (1, 1, 1), (2, 0, 0), (3, 1, 1), (4, 0, 0))
    ]


def test_a_timeline_of_a_crowd_shows_who_stayed_longest() -> None:
    many = [track(n, n, n + 1 + n % 7) for n in range(3 * MOST_ROWS)]
    shown = choose_tracks(many)
    assert len(shown) == MOST_ROWS
    assert [t.number for t in shown] == sorted(t.number for t in shown)
    assert min(t.end_s - t.start_s for t in shown) >= 4
