"""A video of the frames that were looked at, with boxes, track numbers and answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from genderlens.errors import SettingsError
from genderlens.files.drafts import draft_file
from genderlens.pictures.boxes import Marker, percent
from genderlens.pictures.colours import label_colour
from genderlens.video.answers import FrameAnswer, TrackedFace

if TYPE_CHECKING:
    from PIL.Image import Image

SUFFIXES: Final = (".mp4", ".mkv", ".mov")
_CLOCK: Final = Fraction(1, 1000)


def draw_frame(frame: FrameAnswer) -> Image:
    """The picture with a box, number and answer for each face."""
    drawn = frame.image.copy()
    marker = Marker(drawn)
    for face in frame.faces:
        colour = label_colour(face.answer.head.labels, face.answer.prediction)
        marker.box(face.box, _say(face), colour)
    return drawn


def save_annotated(
    frames: Iterable[FrameAnswer], path: Path, every_s: float
) -> Iterator[FrameAnswer]:
    """The same frames, each after it was written; the file is there once all are.

    SettingsError for an ending that is no video's, or a folder that cannot be written to.
    """
    require_suffix(path)
    import av

    try:
        with draft_file(path, private=False) as draft:
            with av.open(str(draft), "w", format=_FORMATS[path.suffix.lower()]) as container:
                yield from _encode(frames, container, every_s)
            draft.replace(path)
    except OSError as error:
        raise SettingsError(
            f"--annotate {path}: cannot write there ({error}); give another file"
        ) from error


def require_suffix(path: Path) -> None:
    """SettingsError for an ending that is no video's."""
    if path.suffix.lower() not in SUFFIXES:
        raise SettingsError(f"--annotate {path} ends in none of {', '.join(SUFFIXES)}")


_FORMATS: Final = {".mp4": "mp4", ".mkv": "matroska", ".mov": "mov"}


def _encode(frames: Iterable[FrameAnswer], container: Any, every_s: float) -> Iterator[FrameAnswer]:
    import av

    stream = None
    for frame in frames:
        if stream is None:
            rate = Fraction(1 / every_s if every_s else 25).limit_denominator(1000)
            stream = container.add_stream("libx264", rate=rate)
            stream.width, stream.height = (side // 2 * 2 for side in frame.image.size)
            stream.pix_fmt = "yuv420p"
            stream.codec_context.time_base = _CLOCK
        image = draw_frame(frame).crop((0, 0, stream.width, stream.height))
        picture = av.VideoFrame.from_image(image)  # type: ignore[no-untyped-call]
        picture.pts, picture.time_base = round(frame.time_s / _CLOCK), _CLOCK
        container.mux(stream.encode(picture))
        yield frame
    if stream is not None:
        container.mux(stream.encode())


def _say(face: TrackedFace) -> str:
    answer = face.answer
    label = answer.prediction
    words = f"{label} {percent(answer.confidence)}" if label else "uncertain"
    return f"{face.track} {words}"
