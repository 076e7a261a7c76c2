"""Glob patterns of local files; a loop of links is never walked.

``*``, ``?`` and ``[…]`` match within a name, ``**`` any number of folders, links to folders not
among them. As in a shell, a name that begins with a dot is matched only by a pattern that does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from genderlens.data.sources.walk import WalkedFile, list_entries

MAGIC: Final = "*?["
_ANY_FOLDERS: Final = "**"


def is_pattern(source: str) -> bool:
    """Whether an address is a glob pattern."""
    return any(sign in source for sign in MAGIC)


def match_pattern(pattern: str) -> Iterator[WalkedFile]:
    """Every file that matches, and each folder on the way that cannot be listed, as a refusal."""
    path = os.path.abspath(pattern)  # noqa: PTH100 - names need not be UTF-8
    parts: list[str] = []
    for part in path.strip(os.sep).split(os.sep):  # noqa: PTH206 - names need not be UTF-8
        if part != _ANY_FOLDERS or parts[-1:] != [_ANY_FOLDERS]:
            parts.append(part)
    if parts[-1:] == [_ANY_FOLDERS]:
        parts.append("*")
    yield from _match(os.sep, parts)


def _match(folder: str, parts: list[str]) -> Iterator[WalkedFile]:
    head, rest = parts[0], parts[1:]
    if head == _ANY_FOLDERS:
        for found in _folders_below(folder, told=not is_pattern(rest[0])):
            if isinstance(found, WalkedFile):
                yield found
            else:
                yield from _match(found, rest)
    elif is_pattern(head):
        yield from _match_names(folder, head, rest)
    else:
        path = os.path.join(folder, head)  # noqa: PTH118
        if rest:
            yield from _match(path, rest)
        elif os.path.lexists(path) and not os.path.isdir(path):  # noqa: PTH112
            yield WalkedFile(path)


def _folders_below(folder: str, *, told: bool) -> Iterator[str | WalkedFile]:
    """A folder and every visible one below it, links not followed.

    Where names are matched in them, what cannot be listed is ``told`` there and not here.
    """
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        yield here
        for entry in list_entries(here, may_lack=True):
            if isinstance(entry, WalkedFile):
                if told:
                    yield entry
            elif not entry.name.startswith(".") and _is_folder(entry, follow=False):
                waiting.append(entry.path)


def _match_names(folder: str, head: str, rest: list[str]) -> Iterator[WalkedFile]:
    for entry in list_entries(folder, may_lack=True):
        if isinstance(entry, WalkedFile):
            yield entry
        elif _matches(entry.name, head):
            is_folder = _is_folder(entry, follow=True)
            if rest and is_folder:
                yield from _match(entry.path, rest)
            elif not rest and not is_folder:
                yield WalkedFile(entry.path)


def _matches(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern) and (pattern.startswith(".") or not name.startswith("."))


def _is_folder(entry: os.DirEntry[str], *, follow: bool) -> bool:
    try:
        return entry.is_dir(follow_symlinks=follow)
    except OSError:
        return False
