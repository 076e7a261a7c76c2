"""The pictures of a tar shard with the texts that belong to them.

Members of one key lie beside each other: what stands before the first dot of the name, as
WebDataset has it. Where a key has several pictures (``a.v1.jpg``, ``a.v2.jpg``), each is known by
all before its suffix, and takes the texts of its own name before those of the key.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final

from genderlens.data.sources.content import ContentKind
from genderlens.data.sources.skipped import SkippedItems
from genderlens.data.sources.tar_file import judge_member, read_member
from genderlens.errors import ManifestError

MAX_TEXT_BYTES: Final = 1_000_000
TEXTS: Final = ("json", "cls", "txt")


@dataclass(frozen=True)
class PoolRow:
    """One picture: its member, where that begins, and what the texts beside it say."""

    name: str
    where: str
    offset: int
    texts: dict[str, str] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        """The JSON object of the picture, empty where there is none."""
        try:
            record = json.loads(self.texts.get("json", "{}"))
        except (ValueError, RecursionError) as error:
            raise ManifestError(f"the JSON of {self.where} cannot be read: {error}") from error
        if not isinstance(record, dict):
            raise ManifestError(f'the JSON of {self.where} is no object; write {{"label": …}}')
        return record


@dataclass
class _Group:
    """The members of one key: pictures by their stem, texts by stem and suffix."""

    pictures: list[tuple[str, tarfile.TarInfo]] = field(default_factory=list)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)


def sample_key(name: str) -> str:
    """What the members of one sample share: everything before the first dot of the name."""
    folder, slash, base = name.rpartition("/")
    return folder + slash + base.partition(".")[0]


def read_samples(
    key: str,
    members: Iterable[tarfile.TarInfo],
    tar: tarfile.TarFile,
    uri: str,
    skipped: SkippedItems,
) -> Iterator[PoolRow]:
    """The pictures among the members of one key; ManifestError where two share their name."""
    group = _collect(key, members, tar, uri, skipped)
    stems = [stem for stem, _ in group.pictures]
    for stem in stems:
        if stems.count(stem) > 1:
            raise ManifestError(f"{stem!r} in {uri} has several pictures; give each its own key")
    for stem, member in group.pictures:
        texts = {**group.texts.get(key, {}), **group.texts.get(stem, {})}
        yield PoolRow(member.name, f"{stem!r} in {uri}", member.offset, texts)
    for stem, texts in group.texts.items():
        if not any(stem in (key, picture) for picture in stems):
            skipped.pass_over("text without a picture", stem, len(texts))


def _collect(
    key: str,
    members: Iterable[tarfile.TarInfo],
    tar: tarfile.TarFile,
    uri: str,
    skipped: SkippedItems,
) -> _Group:
    group = _Group()
    for member in members:
        path = PurePosixPath(member.name)
        stem, suffix = str(member.name)[: -len(path.suffix) or None], path.suffix.lower()[1:]
        if suffix in TEXTS:
            if member.size > MAX_TEXT_BYTES:
                raise ManifestError(f"{member.name!r} in {uri} is too long for a label")
            text = _decode(read_member(tar, member, uri), f"{stem!r} in {uri}")
            group.texts.setdefault(stem, {})[suffix] = text
        elif is_picture_member(tar, member, uri, skipped):
            group.pictures.append((stem, member))
    return group


def is_picture_member(
    tar: tarfile.TarFile, member: tarfile.TarInfo, uri: str, skipped: SkippedItems
) -> bool:
    """Whether a member is a picture by name or content; anything else is noted."""
    judged = judge_member(tar, member)
    if judged.verdict is ContentKind.REFUSED:
        skipped.refuse(f"{member.name!r} in {uri} {judged.reason}")
    elif judged.verdict is ContentKind.PASSED_OVER:
        skipped.pass_over(judged.reason, member.name)
    return judged.verdict is ContentKind.PICTURE


def _decode(content: bytes, where: str) -> str:
    try:
        return content.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise ManifestError(f"the text of {where} is not UTF-8: {error}") from error
