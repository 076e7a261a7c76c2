"""Every file below a local folder, one bad entry costing only itself.

Links to folders are not followed. Pictures, containers and what is refused are told; everything
else is noted as skipped.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from genderlens.data.sources.content import ContentKind, is_picture_name, judge_file, read_head
from genderlens.data.sources.junk import HIDDEN, is_junk
from genderlens.data.sources.skipped import SkippedItems

LINK_TO_FOLDER: Final = "link to a folder, not followed"
NOT_PLAIN: Final = "pipe, socket or device"

IsContainer = Callable[[str], bool]


class WalkedFile(NamedTuple):
    """One file; with a ``refusal`` it cannot be looked at."""

    path: str
    refusal: str = ""


def walk_folder(
    folder: str, skipped: SkippedItems, is_container: IsContainer = lambda _: False
) -> Iterator[WalkedFile]:
    """Every picture and container below a folder, in no order, and what cannot be looked at.

    A picture in a format that is not read is told too, so that its refusal has a reason.
    """
    waiting = [(folder, False)]
    while waiting:
        here, in_junk = waiting.pop()
        for entry in list_entries(here):
            if isinstance(entry, WalkedFile):
                found: WalkedFile | None = entry
            else:
                found = _judge(entry, in_junk, waiting, skipped, is_container)
            if found and in_junk:
                skipped.pass_over(HIDDEN, found.path)
            elif found:
                yield found


def look_at(
    path: str, skipped: SkippedItems, is_container: IsContainer = lambda _: False
) -> WalkedFile | None:
    """One file as the walk would tell it; None where it is no picture, which is noted."""
    try:
        if is_picture_name(path) or is_container(path):
            return WalkedFile(path)
        if is_junk(os.path.basename(path)):  # noqa: PTH119 - names need not be UTF-8
            skipped.pass_over(HIDDEN, path)
            return None
        return WalkedFile(path) if _is_picture(path, os.stat(path).st_mode, skipped) else None  # noqa: PTH116
    except OSError as error:
        return WalkedFile(path, f"{path!a} cannot be looked at: {_why(error)}")


def list_entries(folder: str, *, may_lack: bool = False) -> Iterator[os.DirEntry[str] | WalkedFile]:
    """The entries of a folder; where the listing fails, one refusal after those that were told.

    A folder that ``may_lack`` is without entries where it is not there.
    """
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError as error:
        if may_lack and isinstance(error, (FileNotFoundError, NotADirectoryError)):
            return
        yield WalkedFile(folder, f"the folder {folder!a} cannot be listed: {_why(error)}")


def _judge(
    entry: os.DirEntry[str],
    in_junk: bool,
    waiting: list[tuple[str, bool]],
    skipped: SkippedItems,
    is_container: IsContainer,
) -> WalkedFile | None:
    """The entry where it is told; a folder waits for its turn, what is no picture is noted."""
    hidden = in_junk or is_junk(entry.name)
    try:
        if entry.is_dir(follow_symlinks=False):
            waiting.append((entry.path, hidden))
        elif hidden:
            skipped.pass_over(HIDDEN, entry.path)
        elif _is_wanted(entry, skipped, is_container):
            return WalkedFile(entry.path)
    except OSError as error:
        return WalkedFile(entry.path, f"{entry.path!a} cannot be looked at: {_why(error)}")
    return None


def _is_wanted(entry: os.DirEntry[str], skipped: SkippedItems, is_container: IsContainer) -> bool:
    """Whether the entry is a picture or container; the others are noted.

    Raises OSError for a link that leads nowhere and a file that cannot be read.
    """
    if entry.is_dir():
        skipped.pass_over(LINK_TO_FOLDER, entry.path)
        return False
    if is_picture_name(entry.name) or is_container(entry.name):
        return True
    return _is_picture(entry.path, entry.stat().st_mode, skipped)


def _is_picture(path: str, mode: int, skipped: SkippedItems) -> bool:
    """Whether a file is a picture by its content; anything else is noted."""
    if not stat.S_ISREG(mode):
        skipped.pass_over(NOT_PLAIN, path)
        return False
    judged = judge_file(path, lambda: read_head(path))
    if judged.verdict is ContentKind.PASSED_OVER:
        skipped.pass_over(judged.reason, path)
    return judged.verdict is not ContentKind.PASSED_OVER


def _why(error: OSError) -> str:
    return error.strerror or str(error)
