"""Every picture in a folder or that a pattern matches, here or in a cloud, told one by one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase

from genderlens.data.sources.content import (
    ContentKind,
    is_picture_name,
    judge_file,
    read_head,
)
from genderlens.data.sources.junk import HIDDEN, is_in_junk
from genderlens.data.sources.patterns import MAGIC, is_pattern, match_pattern
from genderlens.data.sources.skipped import SkippedItems
from genderlens.data.sources.walk import IsContainer, WalkedFile, look_at, walk_folder
from genderlens.errors import DataError
from genderlens.remote import is_remote, walk_remote


def list_pictures(
    place: str, skipped: SkippedItems, is_container: IsContainer = lambda _: False
) -> Iterator[WalkedFile]:
    """Every visible picture and container in a folder or glob, in no order.

    Links to folders are not followed, ``**`` crosses folders. What cannot be looked at has a
    refusal. Raises DataError where a cloud is out of reach.
    """
    if is_remote(place):
        yield from map(WalkedFile, walk_prefix(place, skipped, is_container))
    elif os.path.isdir(place):  # noqa: PTH112 - False for any error
        yield from walk_folder(place, skipped, is_container)
    else:
        for match in match_pattern(place):
            found = match if match.refusal else look_at(match.path, skipped, is_container)
            if found is not None:
                yield found


def walk_prefix(
    uri: str, skipped: SkippedItems, is_container: IsContainer = lambda _: False
) -> Iterator[str]:
    """Every picture and container in a folder of a cloud, in no order; ``*`` matches anything.

    What is neither is noted as skipped. Raises DataError where the cloud is out of reach.
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
        judged = judge_file(address, lambda: read_head(address))
    except DataError:
        return True
    if judged.verdict is ContentKind.PASSED_OVER:
        skipped.pass_over(judged.reason, address)
    return judged.verdict is not ContentKind.PASSED_OVER
