"""What lies in a folder of labelled pictures, in a fixed order, nothing left out without a word."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from genderlens.data.sources.content import (
    ContentKind,
    is_picture_name,
    judge_file,
    read_head,
)
from genderlens.data.sources.junk import HIDDEN, is_junk
from genderlens.data.sources.paths import Place, require_plain_file
from genderlens.data.sources.skipped import SkippedItems
from genderlens.data.sources.walk import LINK_TO_FOLDER, NOT_PLAIN
from genderlens.errors import DataError, SourceNotFoundError

MAX_DEPTH: Final = 4
"""Folders of folders in which shards are looked for, as data set hubs lay them out."""


class Children(NamedTuple):
    """The folders and the files of a folder, in the order of their names."""

    folders: list[Place]
    files: list[Place]


def list_children(folder: Place, skipped: SkippedItems) -> Children:
    """What lies in a folder; what is junk is passed over, what cannot be looked at refused."""
    found = Children([], [])
    try:
        entries = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as error:
        skipped.refuse(f"the folder {str(folder)!r} cannot be listed: {error}; check its rights")
        return found
    for path in entries:
        try:
            if is_junk(path.name):
                _pass_over_junk(path, skipped)
            else:
                (found.folders if path.is_dir() else found.files).append(path)
        except OSError as error:
            skipped.refuse(f"{str(path)!r} cannot be looked at: {error}; remove it or its cause")
    return found


def pick_pictures(files: Iterable[Place], skipped: SkippedItems) -> Iterator[Place]:
    """The pictures among the files of a folder, known by name or content."""
    for path in files:
        try:
            if not is_picture_name(path.name) and path.exists() and not path.is_file():
                skipped.pass_over(NOT_PLAIN, str(path))
                continue
            judged = judge_file(path.name, lambda: read_head(str(path)))  # noqa: B023 - asked at once
        except (OSError, DataError) as error:
            skipped.refuse(f"{str(path)!a} cannot be read: {error}; put it there or remove it")
            continue
        if judged.verdict is ContentKind.PASSED_OVER:
            skipped.pass_over(judged.reason, str(path))
        elif judged.verdict is ContentKind.REFUSED:
            skipped.refuse(f"{path} {judged.reason}")
        elif is_plain_file(path, skipped):
            yield path


def walk_files(
    root: Place, skipped: SkippedItems, is_wanted: Callable[[Place], bool], depth: int = MAX_DEPTH
) -> Iterator[tuple[tuple[str, ...], Place]]:
    """The wanted files below a folder with the names of the folders on the way to them.

    Files come before those of folders. Links to folders are not followed.
    """
    children = list_children(root, skipped)
    for path in children.files:
        if is_wanted(path):
            yield (), path
        else:
            skipped.pass_over(_other(path), str(path))
    for folder in children.folders:
        if isinstance(folder, Path) and folder.is_symlink():
            skipped.pass_over(LINK_TO_FOLDER, str(folder))
        elif depth:
            below = walk_files(folder, skipped, is_wanted, depth - 1)
            yield from (((folder.name, *names), path) for names, path in below)
        else:
            skipped.pass_over("too deep in folders", str(folder), count_files_below(folder))


def visible_files(folder: Place, suffixes: Container[str]) -> list[Place]:
    """The files in a folder that end in one of the suffixes (lower case, with the dot)."""
    files = list_children(folder, SkippedItems()).files
    return [path for path in files if path.suffix.lower() in suffixes]


def holds_pictures(folder: Place) -> bool:
    """Whether pictures lie in a folder itself."""
    files = list_children(folder, SkippedItems()).files
    named = any(is_picture_name(path.name) for path in files)
    return named or next(pick_pictures(files, SkippedItems()), None) is not None


def has_class_folders(source: Place) -> bool:
    """Whether pictures lie in folders of the source, whose names may be words for labels."""
    if not source.is_dir():
        return False
    for folder in list_children(source, SkippedItems()).folders:
        if holds_pictures(folder):
            return True
        if any(holds_pictures(inner) for inner in list_children(folder, SkippedItems()).folders):
            return True
    return False


def is_plain_file(path: Place, skipped: SkippedItems) -> bool:
    """Whether a picture can be opened; what cannot is refused."""
    try:
        require_plain_file(path)
    except SourceNotFoundError as error:
        skipped.refuse(error.message)
        return False
    except OSError as error:
        skipped.refuse(f"picture {path} cannot be looked at: {error}; remove its entry")
        return False
    return True


def count_files_below(folder: Place) -> int:
    """Every file below a folder, hidden ones too; at least one, so that no folder goes unseen."""
    return max(1, sum(1 for _ in _files_below(folder)))


def text_or_none(value: object) -> str | None:
    """An attribute as the manifest holds it: text, None where there is nothing."""
    return None if value is None else str(value)


def _pass_over_junk(path: Place, skipped: SkippedItems) -> None:
    count = count_files_below(path) if path.is_dir() and not _is_link(path) else 1
    skipped.pass_over(HIDDEN, str(path), count)


def _files_below(folder: Place) -> Iterator[Place]:
    waiting = [folder]
    while waiting:
        try:
            children = list(waiting.pop().iterdir())
        except OSError:
            continue
        for path in children:
            if path.is_dir() and not _is_link(path):
                waiting.append(path)
            else:
                yield path


def _is_link(path: Place) -> bool:
    return isinstance(path, Path) and path.is_symlink()


def _other(path: Place) -> str:
    suffix = path.suffix.lower()
    if is_picture_name(path.name):
        return "picture beside shards"
    return f"{suffix} file, no shard" if suffix else "file without a suffix, no shard"
