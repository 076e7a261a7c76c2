"""The shards of a source in the order of their names, each with the part that its names tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from genderlens.data.readers import Options
from genderlens.data.readers.listing import walk_files
from genderlens.data.sources.parts import find_part_of_path, require_told
from genderlens.data.sources.paths import Place
from genderlens.data.sources.skipped import SkippedItems


class ShardPath(NamedTuple):
    """One file of rows."""

    file: Place
    part: str | None


def find_shards(
    source: Place, is_shard: Callable[[Place], bool], options: Options | None = None
) -> list[ShardPath]:
    """The shards of a folder and of the folders in it, or the one that the source is itself.

    Without options nothing but their presence is asked. ManifestError where it cannot be told
    which part a shard is of.
    """
    if not source.is_dir():
        if not source.is_file():
            return []
        return [ShardPath(source, find_part_of_path([source.name], str(source)))]
    found = walk_files(source, options.skipped if options else SkippedItems(), is_shard)
    if options is None:
        return [ShardPath(file, None) for _, file in found]
    shards = [
        ShardPath(file, find_part_of_path([*folders, file.name], str(file)))
        for folders, file in found
    ]
    if not options.any_parts:
        require_told({str(shard.file): shard.part for shard in shards})
    return shards
