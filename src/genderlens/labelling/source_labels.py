"""The labels that a source comes with, for crops that are to teach.

A crop sorted by what the model saw would teach the model its own mistakes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from genderlens.data.readers import Options, read_with
from genderlens.data.sources.parts import NO_PART
from genderlens.errors import DataError
from genderlens.labelling.items import Item
from genderlens.labelling.job import Job
from genderlens.remote import is_remote
from genderlens.storage import split_fragment

UNLABELLED: Final = "no-label"
"""Crops of pictures that the source says nothing about; no reader takes the word for a label."""


@dataclass(frozen=True)
class SourceLabels:
    """The crop folder of each picture by its address; ``lacking`` says why there are none."""

    folders: Mapping[str, str]
    lacking: str = ""

    def assign(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items with the folders that their crops go to."""
        for item in items:
            yield item._replace(folder="" if self.lacking else self._folder(item.uri))

    def _folder(self, uri: str) -> str:
        return self.folders.get(_real(uri), UNLABELLED)


def read_source_labels(job: Job) -> SourceLabels:
    """What the source of a job says about its pictures; nothing where it cannot be read so."""
    if job.settings.faces == "all":
        return SourceLabels({}, "with --faces all the label of a photo does not say whose it is")
    options = Options(dict(job.words), trusted=job.trusted, any_parts=True)
    try:
        manifest = read_with(job.source, options).manifest
    except DataError as error:
        return SourceLabels({}, f"the source has no labels: {error.message}")
    splits = manifest.column("split")
    rest = f"{NO_PART}/" if any(splits) else ""
    rows = zip(manifest.uris, manifest.labels, splits, strict=True)
    folders = {_real(u): f"{f'{split}/' if split else rest}{label}" for u, label, split in rows}
    return SourceLabels(folders)


def _real(uri: str) -> str:
    """One name for one file, links followed."""
    if is_remote(uri):
        return uri
    container, row = split_fragment(uri)
    place = os.path.realpath(container)
    return place if row is None else f"{place}#{row}"
