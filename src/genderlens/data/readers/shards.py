"""Tar shards of WebDataset: ``key.jpg`` beside ``key.json``, ``key.cls`` or ``key.txt``.

The label is the ``label`` or ``gender`` of the JSON object, else the text of ``cls``, else that of
``txt``. Other strings, numbers and truth values of the object are attributes. A shard's name tells
its split (``train-000000.tar``) where the object does not. Pictures stay in the shard.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from genderlens.containers import PICTURE_SUFFIXES
from genderlens.data.manifest import COLUMNS, Manifest, parse_label, parse_split
from genderlens.data.places import Place
from genderlens.data.readers import LABEL_COLUMNS, Names, Options, reader
from genderlens.data.readers.listing import split_of_shard, text_or_none, visible_files
from genderlens.data.tar_file import iterate_members, open_tar, read_member
from genderlens.errors import ManifestError, SourceNotFoundError, UnknownLabelError

MAX_TEXT_BYTES: Final = 1_000_000
_TEXTS: Final = ("json", "cls", "txt")


@dataclass
class _Sample:
    """The members of one key: where its picture begins, and what its texts say."""

    where: str
    offsets: list[int] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)


def looks_like_shards(source: Place) -> bool:
    """Whether the source is a tar file or a folder that holds some."""
    return source.suffix.lower() == ".tar" or (source.is_dir() and bool(_shards(source)))


@reader("shards", "WebDataset tar shards, one file or a folder of them", looks_like_shards)
def read_shards(source: Place, options: Options) -> Manifest:
    """Read one shard or every ``*.tar`` of a folder, in the order of their names.

    Raises DataError for a damaged shard and for members that lead out of it, UnknownLabelError for
    a picture without a label, ManifestError for a key with two pictures or a broken text.
    """
    files = _shards(source) if source.is_dir() else [source]
    if not files or not files[0].is_file():
        raise SourceNotFoundError(f"no tar file at '{source}'; check the path")
    return Manifest.from_rows(row for file in files for row in _read_rows(file, options.names))


def _shards(folder: Place) -> list[Place]:
    return visible_files(folder, {".tar"})


def _read_rows(file: Place, names: Names) -> Iterator[dict[str, str | None]]:
    for sample in _read_samples(file):
        if len(sample.offsets) > 1:
            raise ManifestError(f"{sample.where} has several pictures; give each its own key")
        if sample.offsets:
            yield _row(sample, file, names)


def _read_samples(file: Place) -> Iterator[_Sample]:
    """One sample per run of members with one key, as WebDataset reads them."""
    with open_tar(str(file)) as tar:
        members = iterate_members(tar, str(file))
        for key, group in groupby(members, lambda member: _split_name(member.name)[0]):
            sample = _Sample(f"{key!r} in {file}")
            for member in group:
                _collect(sample, tar, member, file)
            yield sample


def _split_name(name: str) -> tuple[str, str]:
    """Key and suffix: the name is divided at the first dot behind its folders."""
    folder, slash, base = name.rpartition("/")
    key, _, suffix = base.partition(".")
    return folder + slash + key, suffix.lower()


def _collect(sample: _Sample, tar: tarfile.TarFile, member: tarfile.TarInfo, file: Place) -> None:
    suffix = _split_name(member.name)[1]
    if f".{suffix}" in PICTURE_SUFFIXES:
        sample.offsets.append(member.offset)
    elif suffix in _TEXTS:
        if member.size > MAX_TEXT_BYTES:
            raise ManifestError(f"{member.name!r} in {file} is too long for a label")
        sample.texts[suffix] = _decode(read_member(tar, member, str(file)), sample.where)


def _decode(content: bytes, where: str) -> str:
    try:
        return content.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise ManifestError(f"the text of {where} is not UTF-8: {error}") from error


def _row(sample: _Sample, file: Place, names: Names) -> dict[str, str | None]:
    record = _parse_object(sample)
    label_name = next((name for name in LABEL_COLUMNS if name in record), "label")
    attributes = {
        name: text_or_none(value)
        for name, value in record.items()
        if name not in (*COLUMNS, label_name) and isinstance(value, (str, int, float))
    }
    return {
        **attributes,
        "uri": f"{file}#{sample.offsets[0]}",
        "label": parse_label(_find_label(sample, record), sample.where, names),
        "subject": text_or_none(record.get("subject")),
        "source": text_or_none(record.get("source")) or file.absolute().parent.name,
        "split": parse_split(record.get("split"), sample.where) or split_of_shard(file),
    }


def _parse_object(sample: _Sample) -> dict[str, Any]:
    try:
        record = json.loads(sample.texts.get("json", "{}"))
    except (ValueError, RecursionError) as error:
        raise ManifestError(f"the JSON of {sample.where} cannot be read: {error}") from error
    if not isinstance(record, dict):
        raise ManifestError(f'the JSON of {sample.where} is no object; write {{"label": …}}')
    return record


def _find_label(sample: _Sample, record: dict[str, Any]) -> object:
    for name in LABEL_COLUMNS:
        if name in record:
            return record[name]
    for suffix in ("cls", "txt"):
        if suffix in sample.texts:
            return sample.texts[suffix]
    raise UnknownLabelError(
        f"{sample.where} has no label; add a .json with {' or '.join(LABEL_COLUMNS)}, or a .cls"
    )
