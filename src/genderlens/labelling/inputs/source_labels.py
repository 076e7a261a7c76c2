"""The labels that a source comes with, and what else it says, for crops that are to teach.

A crop sorted by what the model saw would teach the model its own mistakes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from genderlens.data.crop_table import Facts
from genderlens.data.manifest import Manifest
from genderlens.data.manifest_files import full_addresses, with_full_addresses
from genderlens.data.readers import Options, read_with
from genderlens.data.sources.parts import NO_PART
from genderlens.errors import DataError
from genderlens.labelling.inputs.items import Item
from genderlens.labelling.job import LabellingJob

UNLABELLED: Final = "no-label"
"""Crops of pictures that the source says nothing about; no reader takes the word for a label."""


@dataclass(frozen=True)
class SourceLabels:
    """The crop folder of each picture by its address; ``lacking`` says why there are none.

    ``facts`` holds, as JSON, subject and attributes of the pictures that have any.
    """

    folders: Mapping[str, str]
    facts: Mapping[str, str]
    lacking: str = ""

    def assign(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items with the folders that their crops go to."""
        for item in items:
            (place,) = full_addresses([item.uri])
            folder = "" if self.lacking else self.folders.get(place, UNLABELLED)
            yield item._replace(folder=folder, facts=self.facts.get(place, ""))


def read_source_labels(job: LabellingJob) -> SourceLabels:
    """What the source of a job says about its pictures; nothing where it cannot be read so."""
    if job.settings.faces == "all":
        return SourceLabels(
            {}, {}, "with --faces all the label of a photo does not say whose it is"
        )
    options = Options(dict(job.words), trusted=job.trusted, any_parts=True, head=job.head)
    try:
        manifest = with_full_addresses(read_with(job.source, options).manifest)
    except DataError as error:
        return SourceLabels({}, {}, f"the source has no labels: {error.message}")
    splits = manifest.column("split")
    rest = f"{NO_PART}/" if any(splits) else ""
    rows = zip(manifest.uris, manifest.labels, splits, strict=True)
    folders = {u: f"{f'{split}/' if split else rest}{label}" for u, label, split in rows}
    return SourceLabels(folders, _facts(manifest))


def _facts(manifest: Manifest) -> dict[str, str]:
    """Subject and attributes by address, of the pictures that have any."""
    names = [name for name in ("subject", *manifest.attributes) if any(manifest.column(name))]
    cells = zip(*(manifest.column(name) for name in names), strict=True)
    known: dict[str, str] = {}
    for uri, values in zip(manifest.uris, cells, strict=False) if names else ():
        facts: Facts = {name: value for name, value in zip(names, values, strict=True) if value}
        if facts:
            known[uri] = json.dumps(facts)
    return known
