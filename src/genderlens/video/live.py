"""Frames of a source that does not wait: the newest one wins, the others are counted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Final

from genderlens.video.frames import Sighting, VideoSource

_STOP_S: Final = 5.0


def newest_frames(source: VideoSource) -> Iterator[Sighting]:
    """The newest frame whenever one is asked for; what came in between is ``counts.dropped``.

    A thread reads the source, so that its buffers never fill up. Raises what ``frames`` raises.
    """
    slot = _Slot()
    reader = threading.Thread(target=_read, args=(source, slot), daemon=True)
    reader.start()
    try:
        while (seen := slot.take()) is not None:
            yield seen
    finally:
        slot.closed = True
        reader.join(_STOP_S)


class _Slot:
    """Room for one frame between two threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frame: Sighting | None = None
        self._ended = False
        self._error: BaseException | None = None
        self.closed = False

    def put(self, frame: Sighting) -> bool:
        """Whether a frame that nobody took was replaced."""
        with self._changed:
            replaced, self._frame = self._frame is not None, frame
            self._changed.notify()
            return replaced

    def end(self, error: BaseException | None = None) -> None:
        """No frame comes any more."""
        with self._changed:
            self._ended, self._error = True, error
            self._changed.notify()

    def take(self) -> Sighting | None:
        """The newest frame once there is one; None at the end. Raises what the reader met."""
        with self._changed:
            self._changed.wait_for(lambda: self._frame is not None or self._ended)
            frame, self._frame = self._frame, None
        if frame is None and self._error is not None:
            raise self._error
        return frame


def _read(source: VideoSource, slot: _Slot) -> None:
    try:
        for frame in source.frames():
            if slot.closed:
                break
            source.counts.dropped += slot.put(frame)
    except BaseException as error:
        slot.end(error)
        return
    slot.end()
