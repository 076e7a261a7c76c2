"""A data set in numbers: how many pictures of what, how large, in which formats."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from statistics import median_low
from typing import Any, Final

from tqdm import tqdm

from genderlens.data.manifest import Manifest, natural_key
from genderlens.data.sources.headers import Header, read_header
from genderlens.data.sources.images import iterate_contents, stored_order
from genderlens.errors import DataError, ImageError

MAX_VALUES: Final = 50
"""An attribute with more values than that is told by their number only."""
UNKNOWN: Final = "(none)"

Counts = dict[str, dict[str, int]]
"""Value → label → pictures."""


@dataclass(frozen=True)
class AttributeCounts:
    """The values of one attribute; ``counts`` is empty where there are too many to list."""

    distinct: int
    counts: Counts


@dataclass(frozen=True)
class Sizes:
    """Least, median and greatest value over the readable pictures."""

    minimum: int
    median: int
    maximum: int


@dataclass(frozen=True)
class Inspection:
    """What ``genderlens data inspect`` tells."""

    pictures: int
    splits: Counts
    attributes: dict[str, AttributeCounts]
    subjects: int
    width_px: Sizes | None
    height_px: Sizes | None
    formats: dict[str, int]
    unreadable: int

    @property
    def labels(self) -> tuple[str, ...]:
        """Those that there are, in the order people count in."""
        found = {label for counts in self.splits.values() for label in counts}
        return tuple(sorted(found, key=natural_key))

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def inspect_manifest(manifest: Manifest, *, progress: bool = True) -> Inspection:
    """Count the rows and read the header of every picture.

    Pictures that cannot be read are counted, no error. The bar appears on stderr once the work
    takes more than a second.
    """
    headers = _read_headers(manifest, progress=progress)
    return Inspection(
        pictures=len(manifest),
        splits=_counts(manifest, "split"),
        attributes={name: _attribute(manifest, name) for name in manifest.attributes},
        subjects=len(set(manifest.column("subject")) - {None}),
        width_px=_sizes([header.width for header in headers]),
        height_px=_sizes([header.height for header in headers]),
        formats=dict(Counter(header.format for header in headers).most_common()),
        unreadable=len(manifest) - len(headers),
    )


def _read_headers(manifest: Manifest, *, progress: bool) -> list[Header]:
    """The headers of the pictures that have one, in no order that means anything."""
    contents = tqdm(
        iterate_contents(manifest.take(stored_order(manifest))),
        total=len(manifest),
        desc="headers",
        delay=1.0,
        leave=False,
        disable=not progress,
    )
    return [header for content in contents if (header := _header_or_none(content))]


def _header_or_none(content: bytes | DataError) -> Header | None:
    if isinstance(content, DataError):
        return None
    try:
        return read_header(content)
    except ImageError:
        return None


def _counts(manifest: Manifest, column: str) -> Counts:
    counts = defaultdict[str, Counter[str]](Counter)
    for value, label in zip(manifest.column(column), manifest.labels, strict=True):
        counts[value or UNKNOWN][label] += 1
    return {value: dict(sorted(counts[value].items())) for value in sorted(counts, key=natural_key)}


def _attribute(manifest: Manifest, name: str) -> AttributeCounts:
    distinct = len(set(manifest.column(name)))
    return AttributeCounts(distinct, _counts(manifest, name) if distinct <= MAX_VALUES else {})


def _sizes(values: Iterable[int]) -> Sizes | None:
    ordered = sorted(values)
    return Sizes(ordered[0], median_low(ordered), ordered[-1]) if ordered else None
