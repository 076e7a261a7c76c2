"""The answers for a video: for each frame that is looked at, and for each track."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from genderlens.cpus import map_in_threads
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.inference.foreign import ForeignFace, to_supervision
from genderlens.types import Box, FaceResult, HeadAnswer, Prediction
from genderlens.video.evidence import weigh
from genderlens.video.frames import ReadCounts, Sighting, VideoSource
from genderlens.video.live import newest_frames
from genderlens.video.tracker import Track, Tracker

if TYPE_CHECKING:
    from PIL.Image import Image

    from genderlens.inference.predictor import Predictor

_BEFORE: Final = ("frame", "time_s", "track", "outcome", "label", "confidence")
_AFTER: Final = ("weight", "left", "top", "right", "bottom")


def frame_columns(head: Head) -> tuple[str, ...]:
    """Of the table of frames: a row for each face in each."""
    return (*_BEFORE, *head.share_columns, *_AFTER)


@dataclass(frozen=True, slots=True)
class TrackedFace:
    """A face in one frame. ``answer`` is its track's so far; ``seen`` that of this frame alone."""

    track: int
    box: Box
    answer: HeadAnswer
    seen: FaceResult
    weight: float

    def to_row(self, frame: int, time_s: float) -> dict[str, Any]:
        """Flat, with the keys of ``frame_columns``; the label is that of this frame alone."""
        left, top, right, bottom = self.box.to_list()
        return {
            "frame": frame,
            "time_s": round(time_s, 3),
            "track": self.track,
            "outcome": self.seen.outcome.value,
            "label": self.seen.prediction,
            "confidence": round(self.seen.confidence, 6),
            **self.seen.answer.cells(),
            "weight": round(self.weight, 4),
            **{"left": left, "top": top, "right": right, "bottom": bottom},
        }


@dataclass(frozen=True, slots=True)
class FrameAnswer:
    """Who is in one frame; ``time_s`` is since the beginning of the video."""

    frame: int
    time_s: float
    image: Image
    faces: tuple[TrackedFace, ...]
    head: Head = GENDER

    def to_rows(self) -> list[dict[str, Any]]:
        """One flat row for each face."""
        return [face.to_row(self.frame, self.time_s) for face in self.faces]

    def to_supervision(self) -> Any:
        """``supervision.Detections`` with ``tracker_id``, labels as the tracks have them by now.

        ModuleNotFoundError without supervision.
        """
        faces = [ForeignFace(f.box, f.answer.prediction, f.answer.confidence) for f in self.faces]
        tracks = [face.track for face in self.faces]
        return to_supervision(faces, self.image.size, self.head.labels, tracks)


class _Judged(NamedTuple):
    frame: Sighting
    answer: Prediction


class VideoAnswers(Iterator[FrameAnswer]):
    """Answers frame by frame, made when they are asked for; ``tracks`` are those of by now.

    Memory holds the frames at hand and one small record for each track, however long it goes on.
    """

    def __init__(
        self, predictor: Predictor, source: VideoSource, state: dict[str, Any] | None = None
    ) -> None:
        """``state`` is what ``to_json`` gave of an earlier run over the same file."""
        self.source = source
        self._predictor, self._tracker = predictor, Tracker()
        self._ended: list[Track] = []
        self._looked_at = 0
        self.last_s: float | None = None
        """The time of the last frame that was looked at."""
        if state is not None:
            self._restore(state)
        self._frames = self._follow()

    def __next__(self) -> FrameAnswer:
        return next(self._frames)

    @property
    def counts(self) -> ReadCounts:
        """How many frames were decoded, broken, and dropped by a live source."""
        return self.source.counts

    @property
    def model_version(self) -> str:
        """The bundle, or bundles, that answer."""
        return self._predictor.version

    @property
    def head(self) -> Head:
        """The question that is answered."""
        return self._predictor.questions.head

    @property
    def abstain_below(self) -> float:
        """Answers of a lower confidence are ``uncertain``."""
        return self._predictor.abstain_below

    @property
    def looked_at(self) -> int:
        """How many frames were judged."""
        return self._looked_at

    @property
    def tracks(self) -> tuple[Track, ...]:
        """Those that have ended and those in sight, by number; of a single frame too."""
        below = self._predictor.abstain_below
        open_ones = [face.track(self.head, below) for face in self._tracker.followed]
        return tuple(sorted([*self._ended, *open_ones], key=lambda track: track.number))

    def all_tracks(self) -> tuple[Track, ...]:
        """Those of the whole video, once every frame that is left was judged."""
        for _ in self:
            pass
        return self.tracks

    def summary(self) -> dict[str, Any]:
        """Frames looked at, seconds, tracks, and what a live source or a broken file lost."""
        return {
            "frames": self.looked_at,
            "seconds": round(self.last_s or 0.0, 3),
            "tracks": len(self.tracks),
            "dropped": self.counts.dropped,
            "broken": self.counts.broken,
            "device": self._predictor.device,
        }

    def close(self) -> None:
        """Let go of the video."""
        self._frames.close()

    def to_json(self) -> dict[str, Any]:
        """Where it stands between two frames, for a later run."""
        ended = [track.to_row() for track in self._ended]
        following = self._tracker.to_json()
        return {
            "last_s": self.last_s,
            "looked_at": self._looked_at,
            "ended": ended,
            "tracker": following,
        }

    def _restore(self, state: dict[str, Any]) -> None:
        self.last_s, self._looked_at = state["last_s"], state["looked_at"]
        self._ended = [Track.from_row(row, self.head) for row in state["ended"]]
        self._tracker.restore(state["tracker"])

    def _follow(self) -> Generator[FrameAnswer, None, None]:
        judged: Iterable[_Judged]
        if self.source.live:
            judged = map(self._judge, newest_frames(self.source))
        else:
            judged = map_in_threads(self._judge, self.source.frames(self.last_s))
        for frame, answer in judged:
            yield self._join(frame, answer)

    def _judge(self, frame: Sighting) -> _Judged:
        answer, _ = self._predictor.predict_photo(frame.image, faces="all", attributes=())
        return _Judged(frame, answer)

    def _join(self, frame: Sighting, answer: Prediction) -> FrameAnswer:
        seen = [face for face in answer.faces if face.box is not None]
        boxes = [face.box for face in seen if face.box is not None]
        followed, ended = self._tracker.update(frame.time_s, boxes)
        below = self._predictor.abstain_below
        self._ended += [face.track(self.head, below) for face in ended]
        faces = []
        for face, box, track in zip(seen, boxes, followed, strict=True):
            weight = weigh(frame.image, box)
            track.evidence.add(self._pooled(face), weight)
            so_far = track.evidence.answer(self.head, below)
            faces.append(TrackedFace(track.number, box, so_far, face, weight))
        number, self._looked_at = self._looked_at, self._looked_at + 1
        self.last_s = frame.time_s
        return FrameAnswer(number, frame.time_s, frame.image, tuple(faces), self.head)

    def _pooled(self, face: FaceResult) -> list[float]:
        logits = self._predictor.calibration.pooled(self.head, face.answer.logits)
        return [float(logit) for logit in logits]
