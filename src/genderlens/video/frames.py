"""The frames of a video file or camera that are looked at, upright, with their times."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from PIL import Image

from genderlens.errors import DataError, MissingExtraError, SettingsError, SourceNotFoundError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame

LIVE_SCHEMES: Final = ("rtsp://", "rtsps://", "rtmp://", "udp://", "rtp://")
_WEB: Final = ("http://", "https://")
_TIMEOUT_S: Final = 15.0
_TURNS: Final = {
    90: Image.Transpose.ROTATE_90,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_270,
}
_EPSILON_S: Final = 1e-3
"""Times of frames are rounded to the clock of their container."""


class Sighting(NamedTuple):
    """One frame that is looked at; ``time_s`` is since the beginning."""

    time_s: float
    image: Image.Image


@dataclass
class ReadCounts:
    """What became of a video's frames."""

    decoded: int = 0
    broken: int = 0
    """Packets that cannot be decoded."""
    dropped: int = 0
    """Frames of a live source that were due and came while another was being judged."""


@dataclass
class VideoSource:
    """A file, an address of a camera, or a device.

    ``every_s``: seconds between frames that are looked at; 0: each. ``until_s``: when
    to stop, None at the end. ``live``: None finds out.
    ``most_pixels`` of a frame.
    """

    address: str
    every_s: float = 0.2
    until_s: float | None = None
    live: bool | None = None
    allow_urls: bool = False
    most_pixels: int = 50_000_000
    counts: ReadCounts = field(default_factory=ReadCounts)

    def __post_init__(self) -> None:
        """SettingsError for a web address that is not allowed, or a step that is no time."""
        if not self.every_s >= 0:
            raise SettingsError(f"every {self.every_s} s is no step; give 0 or more seconds")
        if self.address.startswith(_WEB) and not self.allow_urls:
            raise SettingsError(
                f"{self.address} is a web address, which is not fetched; download it, or pass "
                "allow_urls=True to load_predictor"
            )
        if self.live is None:
            self.live = is_live(self.address)

    def frames(self, after_s: float | None = None) -> Iterator[Sighting]:
        """Those that are due, in order; of a file, only those later than ``after_s``.

        Raises SourceNotFoundError where nothing is, DataError for what is no video, and
        MissingExtraError without PyAV.
        """
        due = 0.0 if after_s is None else after_s + max(self.every_s, _EPSILON_S)
        with _opened(self.address) as container:
            stream = self._prepare(container)
            if after_s is not None:
                container.seek(int(after_s * 1_000_000))
            start = float((stream.start_time or 0) * stream.time_base)
            for frame in self._decoded(container):
                time_s = _time_of(frame, self.counts.decoded, stream) - start
                if time_s + _EPSILON_S < due:
                    continue
                if self.until_s is not None and time_s > self.until_s + _EPSILON_S:
                    break
                due += self.every_s
                if due <= time_s:
                    due = time_s + self.every_s
                yield Sighting(max(0.0, time_s), _upright(frame))
        if not self.counts.decoded:
            raise DataError(f"{self.address!r} has no picture that can be decoded; is it whole?")

    def _prepare(self, container: InputContainer) -> Any:
        if not container.streams.video:
            raise DataError(f"{self.address!r} holds no video; give a file that does")
        stream = container.streams.video[0]
        pixels = stream.width * stream.height
        if pixels > self.most_pixels:
            raise DataError(
                f"{self.address!r} has {pixels:,} pixels a frame, more than {self.most_pixels:,}; "
                "scale it down, or raise max_pixels"
            )
        stream.thread_type = "AUTO"
        return stream

    def _decoded(self, container: InputContainer) -> Iterator[VideoFrame]:
        """Every frame; a packet that is broken costs itself."""
        import av

        for packet in container.demux(video=0):
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:
                self.counts.broken += 1
                continue
            for frame in frames:
                self.counts.decoded += 1
                yield frame


def is_live(address: str) -> bool:
    """Whether a source goes on whether it is read or not."""
    if address.startswith(LIVE_SCHEMES):
        return True
    try:
        return stat.S_ISCHR(Path(address).stat().st_mode)
    except (OSError, ValueError):
        return False


def require_av() -> None:
    """MissingExtraError where videos cannot be read."""
    try:
        import av  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("video", "reading videos") from error


@contextmanager
def _opened(address: str) -> Iterator[InputContainer]:
    require_av()
    import av

    try:
        container = av.open(address, **_opening(address))
    except FileNotFoundError as error:
        raise SourceNotFoundError(f"no video at {address!r}; check the path") from error
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise DataError(f"{address!r} cannot be opened as a video: {error}") from error
    try:
        with container:
            yield container
    except av.error.FFmpegError as error:
        raise DataError(
            f"{address!r} broke off: {error}; is it whole, is the camera up?"
        ) from error


def _opening(address: str) -> dict[str, Any]:
    """A file may not lead to other files or to the network, which playlists do."""
    if is_live(address) and not address.startswith(LIVE_SCHEMES):
        return {"format": "v4l2"}
    if address.startswith("rtsp"):
        return {"options": {"rtsp_transport": "tcp"}, "timeout": _TIMEOUT_S}
    if "://" in address:
        return {"timeout": _TIMEOUT_S}
    return {"options": {"protocol_whitelist": "file"}}


def _time_of(frame: VideoFrame, number: int, stream: Any) -> float:
    if frame.time is not None:
        return float(frame.time)
    return (number - 1) / float(stream.average_rate or 25)


def _upright(frame: VideoFrame) -> Image.Image:
    image: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
    turn = _TURNS.get(round(frame.rotation) % 360)
    return image.transpose(turn) if turn is not None else image
