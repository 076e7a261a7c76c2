"""The encoded bytes of planned pictures, and what is one picture's fault or everybody's.

A broken file costs itself. A cloud that is out of reach, or a folder that was unmounted, would
turn every picture into a broken one, so that ends the run; the next one goes on.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_contents
from genderlens.data.sources.patterns import is_pattern
from genderlens.errors import DataError, LabellingError, SourceNotFoundError
from genderlens.labelling.inputs.items import Item
from genderlens.remote import describe_remote, is_remote
from genderlens.storage import MAX_FILE_BYTES, split_fragment


class Unread(NamedTuple):
    """Why there are no bytes."""

    code: str
    text: str


def iterate_encoded(items: Sequence[Item], source: str) -> Iterator[bytes | Unread]:
    """The bytes of each item in order, or why there are none.

    Raises LabellingError where not the picture is at fault but the way to it.
    """
    for refused, group in groupby(items, lambda item: bool(item.refusal)):
        if refused:
            yield from (Unread("refused_address", item.refusal) for item in group)
            continue
        uris = [item.uri for item in group]
        for uri, content in zip(uris, iterate_contents(_manifest(uris)), strict=True):
            yield _explain(uri, content, source) if isinstance(content, DataError) else content


def _manifest(uris: Sequence[str]) -> Manifest:
    blank = dict.fromkeys(("label", "subject", "source", "split"))
    return Manifest.from_rows({"uri": uri, **blank} for uri in uris)


def _explain(uri: str, error: DataError, source: str) -> bytes | Unread:
    """The bytes after all, or whose fault it is that there are none."""
    if is_remote(uri):
        return _ask_again(uri)
    try:
        found = Path(split_fragment(uri)[0]).stat()
    except FileNotFoundError:
        _require_source(source)
        return Unread("file_not_found", error.message)
    except (OSError, ValueError):  # a name that is too long, or in a folder that is forbidden
        return Unread("file_not_readable", error.message)
    if not stat.S_ISREG(found.st_mode):
        return Unread("not_a_file", error.message)
    large = split_fragment(uri)[1] is None and found.st_size > MAX_FILE_BYTES
    return Unread("file_too_large" if large else "file_not_readable", error.message)


def _ask_again(uri: str) -> bytes | Unread:
    """A second try for an object, once the cloud has told that it is there."""
    try:
        describe_remote(split_fragment(uri)[0])
    except SourceNotFoundError as error:
        return Unread("file_not_found", error.message)
    except DataError as error:
        raise LabellingError(f"{error.message}; then run the same command again") from error
    (content,) = iterate_contents(_manifest([uri]))
    return (
        Unread("file_not_readable", content.message) if isinstance(content, DataError) else content
    )


def _require_source(source: str) -> None:
    if not is_remote(source) and not is_pattern(source) and not Path(source).exists():
        raise LabellingError(
            f"the source {source!r} is gone; bring it back and run the same command again"
        )
