"""Files and folders that are written beside their place and take it once they are whole.

Every draft has a name of its own, so several processes may write to one place at the same time and
the last one wins. Its writer holds a lock on it, which goes with a process that dies: that is how
``clear_drafts`` tells what was left behind from what is being written, whatever the clock says.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

SUFFIX: Final = ".partial"
_MAX_STEM_BYTES: Final = 200
"""Names have at most 255 bytes."""
_DAY_S: Final = 86_400.0


@contextmanager
def draft_file(path: Path, *, private: bool = False) -> Iterator[Path]:
    """An empty file beside ``path``; removed where the body leaves it there.

    ``private``: nobody but its owner reads it.
    """
    draft = _draft_of(path)
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600 if private else 0o666)
    try:
        _hold(descriptor)
        yield draft
    finally:
        os.close(descriptor)
        draft.unlink(missing_ok=True)


@contextmanager
def draft_folder(path: Path) -> Iterator[Path]:
    """An empty folder beside ``path``; removed where the body leaves it there.

    What killed processes left of the same name goes first.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    clear_drafts(path.parent, of=path.name)
    draft = _draft_of(path)
    draft.mkdir()
    descriptor = os.open(draft, os.O_RDONLY)
    try:
        _hold(descriptor)
        yield draft
    finally:
        os.close(descriptor)
        shutil.rmtree(draft, ignore_errors=True)


def put_folder(draft: Path, path: Path) -> None:
    """Give a whole folder its place; what was there goes."""
    while True:
        try:
            draft.rename(path)
            return
        except OSError as error:
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise
        trash = _draft_of(path)
        with suppress(FileNotFoundError):  # another process was faster
            path.rename(trash)
        shutil.rmtree(trash, ignore_errors=True)


def clear_drafts(folder: Path, *, of: str = "", alone: bool = False) -> int:
    """Remove what killed processes left directly in a folder; how many there were.

    ``of``: only drafts of the file or folder of that name. ``alone``: nobody else writes there, so
    that all are left over, also those that were just begun.
    """
    found = _list_drafts(folder, of) if alone else list_abandoned(folder, of=of)
    for path in found:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink(missing_ok=True)
    return len(found)


def list_abandoned(folder: Path, *, of: str = "") -> list[Path]:
    """What ``clear_drafts`` would remove."""
    return [path for path in _list_drafts(folder, of) if _is_abandoned(path)]


def _list_drafts(folder: Path, of: str) -> list[Path]:
    start = f".{_stem(of)}." if of else "."
    return [one for one in _entries(folder) if is_draft(one.name) and one.name.startswith(start)]


def is_draft(name: str) -> bool:
    """Whether a file or a folder of that name is a draft."""
    return name.startswith(".") and name.endswith(SUFFIX)


def _draft_of(path: Path) -> Path:
    return path.with_name(f".{_stem(path.name)}.{secrets.token_hex(6)}{SUFFIX}")


def _stem(name: str) -> str:
    return os.fsdecode(os.fsencode(name)[:_MAX_STEM_BYTES])


def _hold(descriptor: int) -> None:
    """Where the file system knows no locks, drafts are told apart by nothing and stay."""
    import fcntl

    with suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _is_abandoned(path: Path) -> bool:
    """Whether nobody holds it; one that is empty may have been made in this moment."""
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        stat = os.fstat(descriptor)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    empty = not stat.st_size or (path.is_dir() and not _entries(path))
    return not empty or abs(time.time() - stat.st_mtime) > _DAY_S
