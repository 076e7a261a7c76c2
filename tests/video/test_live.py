"""Sources that do not wait: over RTSP, over UDP, and a device; what is too much is dropped."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import av
import pytest

import genderlens
from genderlens.errors import DataError
from genderlens.video.frames import VideoSource, is_live
from genderlens.video.live import newest_frames
from video.cameras import send_udp, serve_rtsp

SECONDS = 3.0


@pytest.fixture(scope="module")
def predictor() -> genderlens.PhotoPredictor:
    return genderlens.load_predictor()


def test_a_camera_is_followed_over_rtsp(predictor: genderlens.PhotoPredictor, pair: Path) -> None:
    """Its server ends the stream, which ends the answers."""
    with serve_rtsp(pair, SECONDS) as address:
        assert is_live(address)
        answers = predictor.track(address)
        times = [frame.time_s for frame in answers]
    assert times == sorted(times)
    assert answers.counts.decoded >= 25
    assert answers.looked_at + answers.counts.dropped >= 12
    lasting = [track for track in answers.tracks if track.end_s - track.start_s > SECONDS / 3]
    assert len(lasting) == 2


def test_a_stream_over_udp_is_followed_until_it_is_enough(pair: Path) -> None:
    with send_udp(pair, SECONDS) as address:
        source = VideoSource(address, until_s=2.0)
        frames = list(newest_frames(source))
    assert frames
    assert frames[-1].time_s <= 2.01
    assert all(frame.image.size == (640, 360) for frame in frames)


@pytest.mark.parametrize(("judging_s", "drops"), [(0.0, False), (0.5, True)])
def test_sampling_keeps_up_and_says_what_it_dropped(
    judging_s: float, drops: bool, pair: Path
) -> None:
    """Half a second for each of the ten frames of a second: no more than two can be judged."""
    with serve_rtsp(pair, SECONDS) as address:
        source = VideoSource(address, every_s=0.1)
        lags: list[float] = []
        begun = None
        for frame in newest_frames(source):
            begun = begun or time.monotonic() - frame.time_s
            lags.append(time.monotonic() - begun - frame.time_s)
            time.sleep(judging_s)
    judged = len(lags)
    assert source.counts.decoded >= 25
    assert judged + source.counts.dropped == source.counts.decoded
    if drops:
        assert judged <= SECONDS / judging_s + 3
        assert source.counts.dropped >= 20
    assert max(lags) < SECONDS, "it does not fall behind by what it did not judge"


def test_a_device_is_opened_as_a_camera(pair: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No camera was there: a stand-in for PyAV notes how the device is opened."""
    asked: list[tuple[str, dict[str, Any]]] = []
    real = av.open

    def open_clip(address: str, **options: Any) -> Any:
        asked.append((address, options))
        return real(str(pair))

    monkeypatch.setattr(av, "open", open_clip)
    source = VideoSource("/dev/null")
    assert source.live
    assert len(list(source.frames())) == 15
    assert asked == [("/dev/null", {"format": "v4l2"})]


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("rtsp://camera/1", {"options": {"rtsp_transport": "tcp"}, "timeout": 15.0}),
        ("udp://0.0.0.0:1234", {"timeout": 15.0}),
    ],
)
def test_addresses_are_given_up_in_the_end(
    address: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: str, **given: Any) -> Any:
        assert given == options
        raise av.error.TimeoutError(110, "timed out")

    monkeypatch.setattr(av, "open", fail)
    with pytest.raises(DataError, match="cannot be opened as a video"):
        next(iter(VideoSource(address).frames()))
