"""Clips with known people: the right tracks with the right answers, in flat memory."""

from __future__ import annotations

import json
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

import genderlens
from clips import GROWING, STILL, Actor, write_clip
from genderlens.calibration import Calibration
from genderlens.errors import DataError, SettingsError, SourceNotFoundError
from genderlens.types import Box, Outcome, Prediction
from genderlens.video.answers import VideoAnswers
from genderlens.video.frames import VideoSource
from made_answers import DefaultQuestions, face_result


@pytest.fixture(scope="module")
def predictor() -> genderlens.PhotoPredictor:
    return genderlens.load_predictor(max_pixels=2_000_000)


def leaving(time_s: float) -> tuple[float, float, float] | None:
    """Walks out to the right after 2 s, and comes back after 5 s."""
    if 2.0 <= time_s < 5.0:
        return None
    return 330.0, 40.0, 260.0


def centers(answers: VideoAnswers) -> dict[int, list[tuple[float, tuple[float, float]]]]:
    """Where each track was, with the time."""
    found = defaultdict(list)
    for frame in answers:
        for face in frame.faces:
            found[face.track].append((frame.time_s, face.box.center))
    return found


def test_two_people_are_two_tracks_with_an_answer_each(
    predictor: genderlens.PhotoPredictor, pair: Path
) -> None:
    answers = predictor.track(pair)
    found = centers(answers)
    assert [len(seen) for seen in found.values()] == [15, 15]
    for actor in (STILL, GROWING):
        near = {
            number
            for number, seen in found.items()
            for time_s, center in seen
            if distance(center, actor.face(time_s)) < 40
        }
        assert len(near) == 1
    tracks = answers.tracks
    assert [track.label for track in tracks] == ["female", "female"]
    assert all(track.confidence > 0.7 for track in tracks)
    assert [(track.start_s, round(track.end_s, 1)) for track in tracks] == [(0.0, 2.8)] * 2
    assert (answers.counts.decoded, answers.looked_at, answers.counts.dropped) == (30, 15, 0)


def distance(one: tuple[float, float], other: tuple[float, float] | None) -> float:
    assert other is not None
    return ((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2) ** 0.5


def test_a_track_is_uncertain_until_it_is_sure(
    predictor: genderlens.PhotoPredictor, pair: Path
) -> None:
    said = [frame.faces[0].answer for frame in predictor.track(pair)]
    assert [answer.outcome for answer in said[:2]] == [Outcome.UNCERTAIN] * 2
    assert said[0].prediction is None
    assert said[-1].outcome is Outcome.CLASSIFIED
    assert all(a.outcome is b.outcome for a, b in pairwise(said[4:]))


def test_who_leaves_and_comes_back_is_a_new_track(
    predictor: genderlens.PhotoPredictor, tmp_path: Path
) -> None:
    clip = write_clip(tmp_path / "gone.mp4", [Actor(leaving)], seconds=6, rate=5)
    tracks = predictor.track(clip).all_tracks()
    assert [(track.number, track.start_s, round(track.end_s, 1)) for track in tracks] == [
        (1, 0.0, 1.8),
        (2, 5.0, 5.8),
    ]


def test_people_who_cross_keep_their_tracks(
    predictor: genderlens.PhotoPredictor, tmp_path: Path
) -> None:
    """The one in front hides the other for a moment."""
    right = Actor(lambda t: (10.0 + 90 * t, 60.0, 220.0))
    left = Actor(lambda t: (410.0 - 90 * t, 90.0, 220.0), mirrored=True)
    clip = write_clip(tmp_path / "cross.mp4", [left, right], seconds=4.4, rate=10)
    found = centers(predictor.track(clip, every_s=0.1))
    long = {number: seen for number, seen in found.items() if len(seen) > 5}
    assert len(long) == 2
    for seen in long.values():
        actor = right if distance(seen[0][1], right.face(seen[0][0])) < 40 else left
        assert distance(seen[-1][1], actor.face(seen[-1][0])) < 40


def test_a_run_that_was_cut_off_goes_on_as_if_it_was_not(
    predictor: genderlens.PhotoPredictor, pair: Path
) -> None:
    whole = predictor.track(pair)
    expected = [row for frame in whole for row in frame.to_rows()]
    first = predictor.track(pair)
    rows = [row for _, frame in zip(range(6), first, strict=False) for row in frame.to_rows()]
    state = json.loads(json.dumps(first.to_json()))
    first.close()
    rest = predictor.track(pair, state=state)
    rows += [row for frame in rest for row in frame.to_rows()]
    assert rows == expected
    assert [t.to_row() for t in rest.tracks] == [t.to_row() for t in whole.tracks]


def test_a_live_source_is_never_waited_for(
    predictor: genderlens.PhotoPredictor, pair: Path
) -> None:
    answers = predictor.track(pair, live=True)
    times = [frame.time_s for frame in answers]
    assert times == sorted(times)
    assert answers.looked_at + answers.counts.dropped == 15
    assert answers.counts.dropped > 0


def test_what_is_no_video_is_named(predictor: genderlens.PhotoPredictor, tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("nothing moves here")
    (tmp_path / "list.m3u8").write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/a.ts\n")
    with pytest.raises(SourceNotFoundError, match="no video at"):
        next(predictor.track(tmp_path / "none.mp4"))
    for name in ("text.mp4", "list.m3u8"):
        with pytest.raises(DataError, match=r"'.*' (cannot be opened|broke off|has no picture)"):
            next(predictor.track(tmp_path / name))
    with pytest.raises(SettingsError, match="is a web address"):
        predictor.track("https://example.org/a.mp4")
    with pytest.raises(SettingsError, match="is no step"):
        predictor.track("a.mp4", every_s=-1)


def test_frames_have_the_limit_of_pictures(pair: Path) -> None:
    with pytest.raises(DataError, match="230,400 pixels a frame, more than 100,000"):
        next(VideoSource(str(pair), most_pixels=100_000).frames())


def test_each_frame_or_one_every_second(pair: Path) -> None:
    for every_s, expected in ((0.0, 30), (1.0, 3), (0.25, 12)):
        times = [frame.time_s for frame in VideoSource(str(pair), every_s=every_s).frames()]
        assert len(times) == expected, times


def test_a_clip_that_lies_on_its_side_is_turned_upright(pair: Path, tmp_path: Path) -> None:
    """Phones store the picture as the sensor sees it, and a matrix that says how it is meant."""
    content = bytearray(pair.read_bytes())
    at = content.index(b"tkhd") + 4 + 40
    quarter = [0, 1, 0, -1, 0, 0, 0, 0, 0x4000]
    content[at : at + 36] = b"".join((n << 16).to_bytes(4, "big", signed=True) for n in quarter)
    (tmp_path / "turned.mp4").write_bytes(content)
    plain = next(VideoSource(str(pair)).frames()).image
    turned = next(VideoSource(str(tmp_path / "turned.mp4")).frames()).image
    assert turned.size == plain.size[::-1]
    assert turned.tobytes() == plain.transpose(Image.Transpose.ROTATE_270).tobytes()


def test_a_long_clip_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    """Somebody who is always there, and passers-by that leave small records alone."""
    peaks = []
    for seconds in (20, 80):
        clip = write_clip(tmp_path / f"{seconds}.mp4", [], seconds=seconds, size=(320, 240))
        answers = VideoAnswers(Crowd(), VideoSource(str(clip), every_s=0))  # type: ignore[arg-type]
        tracemalloc.start()
        for _ in answers:
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert len(answers.tracks) > seconds / 4
    assert peaks[1] < peaks[0] + 250_000, peaks


class Crowd:
    """Stands in for a predictor: each picture has one face here, and one somewhere else."""

    abstain_below = 0.8
    calibration = Calibration()
    questions = DefaultQuestions()

    def __init__(self) -> None:
        self._looks = 0

    def predict_photo(
        self, image: Image.Image, *, faces: str, attributes: Sequence[str]
    ) -> tuple[Prediction, None]:
        self._looks += 1
        far = 30.0 + 200 * (self._looks // 40 % 2)
        boxes = [Box(20, 150, 60, 200), Box(far, 20, far + 30, 60)]
        found = tuple(face_result(0.9, box=box, score=0.9) for box in boxes)
        return Prediction(Outcome.CLASSIFIED, 2, "stub", found), None


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_minute_of_720p_is_followed_faster_than_it_plays(
    predictor: genderlens.PhotoPredictor, tmp_path: Path
) -> None:
    """60 s at 30 frames a second, two people; on two cores, with one to spare."""
    seconds = 60.0
    left = Actor(lambda t: (60.0 + 2 * t, 120.0, 420.0))
    right = Actor(lambda t: (760.0 - t, 100.0, 300.0 + 2 * t), mirrored=True)
    path = tmp_path / "minute.mp4"
    write_clip(path, [left, right], seconds=seconds, rate=30, size=(1280, 720))
    begun_s = time.process_time()
    answers = predictor.track(path)
    tracks = answers.all_tracks()
    spent_s = time.process_time() - begun_s
    assert (answers.counts.decoded, answers.looked_at) == (1800, 300)
    assert [(track.label, track.frames) for track in tracks] == [("female", 300)] * 2
    assert all(track.end_s - track.start_s > seconds - 1 for track in tracks)
    assert spent_s < seconds, f"{spent_s:.0f} s of one core"
