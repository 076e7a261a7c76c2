"""Every picture below a folder of a cloud, or that a pattern there matches."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from genderlens.data.sources.content import (
    HEAD_BYTES,
    OTHER_SUFFIXES,
    ContentKind,
    is_picture_name,
    judge_file,
)
from genderlens.data.sources.junk import HIDDEN, is_in_junk
from genderlens.data.sources.patterns import MAGIC, is_pattern
from genderlens.data.sources.skipped import SkippedItems
from genderlens.data.sources.walk import IsContainer
from genderlens.errors import DataError
from genderlens.remote import open_remote, walk_remote


def walk_prefix(
    uri: str, skipped: SkippedItems, is_container: IsContainer = lambda _: False
) -> Iterator[str]:
    """Every picture and container in a folder of a cloud, in no order; ``*`` matches anything.

    What is neither stands in the skipped. Raises DataError where the cloud is out of reach.
    """
    pattern = uri if is_pattern(uri) else f"{uri.rstrip('/')}/*"
    fixed = pattern[: min(pattern.find(sign) for sign in MAGIC if sign in pattern)]
    for address in walk_remote(fixed):
        below = address.removeprefix(fixed)
        if not fnmatchcase(address, pattern):
            continue
        if is_in_junk(below.split("/")):
            skipped.pass_over(HIDDEN, address)
        elif is_container(address) or _is_picture(address, skipped):
            yield address


def _is_picture(address: str, skipped: SkippedItems) -> bool:
    """Whether an object is a picture; one that cannot be opened is told later."""
    if is_picture_name(address):
        return True
    try:
        judged = judge_file(address, lambda: _head(address))
    except DataError:
        return True
    if judged.verdict is ContentKind.PASSED_OVER:
        skipped.pass_over(judged.reason, address)
    return judged.verdict is not ContentKind.PASSED_OVER


def _head(address: str) -> bytes:
    """The first bytes; texts are known by their names, as each look costs a request."""
    if PurePosixPath(address).suffix.lower() in OTHER_SUFFIXES:
        return b"-"
    with open_remote(address) as stream:
        return stream.read(HEAD_BYTES)
