"""Tar shards: WebDataset's ``key.jpg`` beside ``key.json``, ``key.cls`` or ``key.txt``, or a tar
file of class folders.

The label is the one of the JSON object, else the text of ``cls``, else that of ``txt``, else the
folder: ``train/LABEL/1.jpg``. Other strings, numbers and truth values of the object are attributes.
The names of a shard and of its folders tell its part where the object does not. Pictures stay in
the shard.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from genderlens.data.manifest import COLUMNS, Manifest
from genderlens.data.readers import Options, reader
from genderlens.data.readers.listing import text_or_none
from genderlens.data.readers.samples import PoolRow, read_samples, sample_key
from genderlens.data.readers.shard_paths import ShardPath, find_shards
from genderlens.data.sources.columns import find_column
from genderlens.data.sources.compressed import is_tar_name
from genderlens.data.sources.parts import find_part_of_path, parse_part
from genderlens.data.sources.paths import Place
from genderlens.data.sources.skipped import SkippedItems
from genderlens.data.sources.tar_file import member_path, open_tar, visible_members
from genderlens.errors import SourceNotFoundError, UnknownLabelError


def looks_like_shards(source: Place, _: Options) -> bool:
    """Whether the source is a tar file or a folder that holds some."""
    return _is_tar(source) or (source.is_dir() and bool(find_shards(source, _is_tar)))


@reader(
    "shards",
    "tar shards of WebDataset or of class folders, or a folder",
    looks_like_shards,
    rank=60,
)
def read_shards(source: Place, options: Options) -> Manifest:
    """Read one shard or every tar file of a folder and those in it, in the order of names.

    Raises DataError for a damaged shard and for members that lead out of it, UnknownLabelError for
    a picture without a label, ManifestError for a key with two pictures or a broken text.
    """
    shards = find_shards(source, _is_tar, options)
    if not shards:
        raise SourceNotFoundError(f"no tar file at '{source}'; check the path")
    return Manifest.from_rows(row for shard in shards for row in _read_rows(shard, options))


def _is_tar(file: Place) -> bool:
    return is_tar_name(file.name)


def _read_rows(shard: ShardPath, options: Options) -> Iterator[dict[str, str | None]]:
    uri = str(shard.file)
    with open_tar(uri) as tar:
        members = visible_members(tar, uri, options.skipped)
        for key, group in groupby(members, lambda member: sample_key(member.name)):
            for sample in read_samples(key, group, tar, uri, options.skipped):
                yield _row(sample, shard, options)


def _row(sample: PoolRow, shard: ShardPath, options: Options) -> dict[str, str | None]:
    record, file, words = sample.record(), shard.file, options.vocabulary
    label_name = find_column(options.label_columns, record) or "label"
    folders = member_path(sample.name)[:-1]
    word = _find_label(sample, record.get(label_name), folders, options)
    parts = [folder for folder in folders if folder not in words]
    inside = find_part_of_path(parts, sample.where)
    return {
        **_attributes(record, {*COLUMNS, label_name}, file, options.skipped),
        "uri": f"{file}#{sample.offset}",
        "label": words.parse(word, sample.where),
        "subject": text_or_none(record.get("subject")),
        "source": text_or_none(record.get("source")) or file.absolute().parent.name,
        "split": parse_part(record.get("split"), sample.where) or _agree(shard, inside, sample),
    }


def _attributes(
    record: Mapping[str, object], taken: set[str], file: Place, skipped: SkippedItems
) -> dict[str, str | None]:
    """The cells of an object that are no columns of the manifest; lists and the like are noted."""
    attributes: dict[str, str | None] = {}
    for name, value in record.items():
        if name in taken:
            continue
        if isinstance(value, (str, int, float)):
            attributes[name] = text_or_none(value)
        elif value is not None:
            skipped.note(
                f"{name!r} in the JSON of {file.name} is no text, number or truth value "
                "and is not taken"
            )
    return attributes


def _agree(shard: ShardPath, inside: str | None, sample: PoolRow) -> str | None:
    """The part that the shard and the folders in it agree on."""
    return find_part_of_path([part for part in (shard.part, inside) if part], sample.where)


def _find_label(sample: PoolRow, told: object, folders: list[str], options: Options) -> object:
    if told is not None:
        return told
    for suffix in ("cls", "txt"):
        if suffix in sample.texts:
            return sample.texts[suffix]
    classes = [folder for folder in folders if folder in options.vocabulary]
    if classes:
        return classes[-1]
    raise UnknownLabelError(
        f"{sample.where} has no label; add a .json with {' or '.join(options.label_columns[:2])}, "
        f"a .cls, or folders {' and '.join(options.head.labels)}"
    )
