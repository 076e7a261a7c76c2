"""Decoded copies of pictures: what they were made from, and how they go again.

Training decodes pictures once, into a large array in the cache folder. A picture that is withdrawn
must not live on there, so a note behind the array says which folders it was made from, and which
samples of a pool are in it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from genderlens.remote import is_remote
from genderlens.storage import split_fragment

PATTERN: Final = "pixels-*.npy"
_SAMPLE: Final = re.compile(r"/([0-9a-f]{64})\.jpg$")
_MARK: Final = b"glfrom01"
_TAIL_BYTES: Final = len(_MARK) + 8
_MAX_NOTE_BYTES: Final = 2**30
_HELD: Final[list[int]] = []
"""Descriptors of the copies in use; they close with the process."""


@dataclass(frozen=True, slots=True)
class Note:
    """The folders of the pictures, and the hashes of those that are samples of a pool."""

    folders: frozenset[str]
    samples: frozenset[str]


def append_note(path: Path, uris: Iterable[str]) -> None:
    """Say behind an array what it was made from."""
    known = list(uris)
    document = {
        "folders": sorted({_folder_of(uri) for uri in known}),
        "samples": sorted(match[1] for match in map(_SAMPLE.search, known) if match),
    }
    note = json.dumps(document).encode()
    with path.open("ab") as stream:
        stream.write(note + len(note).to_bytes(8, "big") + _MARK)


def read_note(path: Path) -> Note | None:
    """What an array was made from; None where it does not say."""
    try:
        with path.open("rb") as stream:
            stream.seek(-_TAIL_BYTES, os.SEEK_END)
            tail = stream.read()
            length = int.from_bytes(tail[:8], "big")
            if tail[8:] != _MARK or length > _MAX_NOTE_BYTES:
                return None
            stream.seek(-_TAIL_BYTES - length, os.SEEK_END)
            document = json.loads(stream.read(length))
        return Note(frozenset(document["folders"]), frozenset(document["samples"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def hold_copy(path: Path) -> bool:
    """Keep a copy from being removed until this process ends; False where there is none."""
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    _HELD.append(descriptor)
    with suppress(OSError):  # a file system without locks
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    return path.exists()


def list_copies(cache_dir: Path, place: str) -> list[Path]:
    """The copies that may hold pictures of a place, a folder or address; in use or not.

    One that does not say where its pictures came from may.
    """
    root = _absolute(place)
    return [path for path in sorted(cache_dir.glob(PATTERN)) if _is_from(path, root)]


def remove_copies(cache_dir: Path, place: str) -> list[Path]:
    """Remove the copies of a place; those that stay, since a training uses them."""
    return [path for path in list_copies(cache_dir, place) if not _remove(path)]


def _remove(path: Path) -> bool:
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return not path.exists()
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _is_from(path: Path, root: str) -> bool:
    note = read_note(path)
    return note is None or any(_lies_in(folder, root) for folder in note.folders)


def _folder_of(uri: str) -> str:
    container, row = split_fragment(uri)
    address = container if row is not None else container.rpartition("/")[0] or "."
    return _absolute(address)


def _lies_in(folder: str, root: str) -> bool:
    return folder == root or folder.startswith(f"{root}/")


def _absolute(address: str) -> str:
    """As any process would write it, whatever folder it runs in."""
    if is_remote(address):
        return address.rstrip("/")
    return os.path.realpath(Path(address.removeprefix("file://")).expanduser())
