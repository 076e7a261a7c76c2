"""Files read ahead hold no more bytes than they may, and nobody waits for ever."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from genderlens.data.read_ahead import LOCAL_READS, ReadAhead


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    """Forty files of 100 bytes, and one of 1,000 in the middle."""
    found = []
    for number in range(40):
        path = tmp_path / f"{number:02d}"
        path.write_bytes(bytes([number]) * (1000 if number == 20 else 100))
        found.append(str(path))
    return found


class Reader:
    """Reads, and knows how many bytes were read before they were asked for."""

    def __init__(self) -> None:
        self.held = self.most = 0
        self._lock = threading.Lock()

    def __call__(self, path: str) -> bytes:
        content = Path(path).read_bytes()
        with self._lock:
            self.held += len(content)
            self.most = max(self.most, self.held)
        return content

    def take(self, content: bytes) -> None:
        with self._lock:
            self.held -= len(content)


def test_no_more_bytes_are_held_than_may_be(paths: list[str]) -> None:
    reader, found = Reader(), []
    for content in ReadAhead(reader, ahead_bytes=350)(paths):
        time.sleep(0.001)
        found.append(content[0])
        reader.take(content)
    assert found == list(range(40))
    assert reader.most <= 350 + 1000, "the one that is asked for is read anyway"


def test_small_files_are_read_side_by_side(paths: list[str]) -> None:
    together = threading.Barrier(LOCAL_READS)

    def wait_for_others(path: str) -> bytes:
        if int(Path(path).name) < LOCAL_READS:
            together.wait(timeout=60)
        return Path(path).read_bytes()

    assert len(list(ReadAhead(wait_for_others)(paths))) == 40


def test_who_stops_asking_is_not_held(paths: list[str]) -> None:
    found = ReadAhead(lambda path: Path(path).read_bytes(), ahead_bytes=1)(paths)
    assert next(found)[0] == 0
    found.close()  # type: ignore[attr-defined]


def test_a_missing_file_is_read_for_its_error(paths: list[str], tmp_path: Path) -> None:
    found = ReadAhead(lambda path: Path(path).read_bytes())([paths[0], str(tmp_path / "none")])
    next(found)
    with pytest.raises(FileNotFoundError):
        next(found)
