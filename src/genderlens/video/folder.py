"""The folder of a video's answers: written as they come, so that a run that is cut off goes on.

Rows of frames are appended to ``frames.jsonl``; ``state.json``, written less often, says up to
which byte they count and where the tracks stand. At the end it gives way to ``video.json``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from genderlens.errors import DataError, SettingsError
from genderlens.storage import file_version, write_bytes_atomically
from genderlens.video.answers import FrameAnswer, VideoAnswers
from genderlens.video.tables import read_rows, write_tables
from genderlens.video.timeline import write_timeline

FRAMES: Final = "frames.jsonl"
STATE: Final = "state.json"
SUMMARY: Final = "video.json"
_SAVED_EVERY_FRAMES: Final = 100


class VideoFolder:
    """One folder for the answers of one video under one model and step."""

    def __init__(self, folder: Path, key: dict[str, Any]) -> None:
        """``key`` is what ``describe_run`` says.

        SettingsError for a folder that holds the answers of something else.
        """
        self._folder, self._key = folder, key
        self._stored = self._read()

    @property
    def is_finished(self) -> bool:
        """Whether an earlier run has answered the whole video."""
        return (self._folder / SUMMARY).exists()

    @property
    def state(self) -> dict[str, Any] | None:
        """Where an earlier run was cut off."""
        return None if self._stored is None else self._stored["answers"]

    @property
    def tracks(self) -> list[dict[str, Any]]:
        """The rows of ``tracks.jsonl`` of a finished video."""
        return list(read_rows(self._folder / "tracks.jsonl"))

    @property
    def summary(self) -> dict[str, Any]:
        """What ``video.json`` says of a finished video."""
        found: dict[str, Any] = json.loads((self._folder / SUMMARY).read_text("utf-8"))
        return found

    def forget(self) -> None:
        """Begin anew: what an earlier run stored of the same video counts no more."""
        self._stored = None
        for name in (SUMMARY, STATE):
            (self._folder / name).unlink(missing_ok=True)

    def record(
        self, answers: VideoAnswers, frames: Iterable[FrameAnswer] | None = None
    ) -> Iterator[FrameAnswer]:
        """The same frames, each after its rows were written; at the end come the other files.

        ``frames`` are those of the answers that are wanted; unset: all.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / FRAMES
        with path.open("r+b" if path.exists() else "w+b") as stream:
            stream.truncate(self._stored["bytes"] if self._stored else 0)
            stream.seek(0, 2)
            for frame in answers if frames is None else frames:
                for row in frame.to_rows():
                    stream.write(json.dumps(row, allow_nan=False).encode() + b"\n")
                yield frame
                if answers.looked_at % _SAVED_EVERY_FRAMES == 0:
                    stream.flush()
                    self._save(stream.tell(), answers)
        self._finish(answers)

    def _finish(self, answers: VideoAnswers) -> None:
        """Write tables, counts and timeline of what was answered, and the summary last."""
        tracks = answers.tracks
        end_s = answers.last_s or 0.0
        write_tables(self._folder, answers.head, tracks, end_s)
        write_timeline(self._folder, tracks, end_s)
        _write_json(self._folder / SUMMARY, {**self._key, **answers.summary()})
        (self._folder / STATE).unlink(missing_ok=True)

    def _save(self, size: int, answers: VideoAnswers) -> None:
        state = {"key": self._key, "bytes": size, "answers": answers.to_json()}
        _write_json(self._folder / STATE, state)

    def _read(self) -> dict[str, Any] | None:
        for name in (SUMMARY, STATE):
            path = self._folder / name
            if path.exists():
                stored = _read_json(path)
                key = stored["key"] if name == STATE else {k: stored.get(k) for k in self._key}
                self._require_same(key)
                return stored if name == STATE else None
        return None

    def _require_same(self, key: dict[str, Any]) -> None:
        differ = [name for name, value in self._key.items() if key.get(name) != value]
        if differ:
            raise SettingsError(
                f"{self._folder} holds the answers of another run (other {', '.join(differ)}); "
                "give another --out, or remove it"
            )


def describe_run(answers: VideoAnswers) -> dict[str, Any]:
    """What makes two runs the same: the video as it is now, step, end, model and threshold."""
    source = answers.source
    is_file = not source.live and "://" not in source.address
    return {
        "source": source.address,
        "source_version": file_version(source.address) if is_file else None,
        "every_s": source.every_s,
        "until_s": source.until_s,
        "model_version": answers.model_version,
        "abstain_below": answers.abstain_below,
    }


def _read_json(path: Path) -> dict[str, Any]:
    try:
        stored: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read: {error}; remove its folder") from error
    return stored


def _write_json(path: Path, document: dict[str, Any]) -> None:
    write_bytes_atomically(path, json.dumps(document, indent=1).encode())
