"""What the words of a command line stand for: pictures, folders, globs, lists, stdin."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Final

from genderlens.data.sources.skipped import SkippedItems
from genderlens.errors import SettingsError, SourceNotFoundError
from genderlens.library.inputs import Input, is_web
from genderlens.library.sources import find_pictures, is_many
from genderlens.remote import is_remote
from genderlens.storage import MAX_FILE_BYTES

STDIN: Final = "-"
LIST: Final = "@"
"""``@files.txt`` names a list, a picture on a line; ``@-`` is one from stdin."""


def find_inputs(
    words: Sequence[str], skipped: SkippedItems, stdin: IO[bytes] | None = None
) -> list[Input]:
    """Every picture that the words name, in their order, sorted below folders and globs.

    ``-`` is one encoded picture from ``stdin``, ``@FILE`` a list of pictures, folders or globs,
    relative to the current folder. A path that does not exist or a glob that matches nothing
    stays, so that it is reported and not lost; what is no picture is noted. Raises
    SourceNotFoundError where nothing is left, and for a list that cannot be read; SettingsError
    for an address of the web and for stdin asked twice.
    """
    if sum(word in (STDIN, LIST + STDIN) for word in words) > 1:
        raise SettingsError("stdin can be read once; give '-' or '@-' once")
    stream = stdin or sys.stdin.buffer
    found: list[Input] = []
    for word in words:
        if word == STDIN:
            found.append(Input(stream.read(MAX_FILE_BYTES + 1), STDIN))
        elif word.startswith(LIST):
            for name in _read_list(word.removeprefix(LIST), stream):
                found += _find(name, skipped)
        else:
            found += _find(word, skipped)
    if not found:
        told = "; ".join(skipped.describe_passed_over()) or "nothing lies there"
        raise SourceNotFoundError(f"no picture is in {', '.join(words)}: {told}")
    return found


def _find(word: str, skipped: SkippedItems) -> list[Input]:
    if is_web(word):
        raise SettingsError(
            f"{word} is a web address, which is not fetched; fetch it yourself: "
            "curl -s ADDRESS | genderlens predict -"
        )
    if not is_many(word):
        return [_named(word)]
    found = [_named(path) for path in find_pictures(word, skipped)]
    is_folder = is_remote(word) or os.path.isdir(word)  # noqa: PTH112 - False for any error
    return found if found or is_folder else [_named(word)]


def _named(place: str) -> Input:
    name = place if is_remote(place) else str(Path(place))
    return Input(name, name)


def _read_list(path: str, stream: IO[bytes]) -> Iterator[str]:
    """The lines that are not empty, in any encoding that file names may have."""
    try:
        content = stream.read() if path == STDIN else Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise SourceNotFoundError(
            f"the list {path!r} cannot be read: {error}; a picture whose name begins with @ is "
            "given as ./@name"
        ) from error
    for line in content.removeprefix(b"\xef\xbb\xbf").splitlines():
        if line.strip():
            yield os.fsdecode(line)
