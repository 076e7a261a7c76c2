"""What is wrong with a data set: unreadable pictures, duplicates, leaks, conflicting labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import numpy as np

from genderlens.data.checks.clusters import Clusters, group_equal
from genderlens.data.manifest import Manifest
from genderlens.data.sources.fingerprints import Fingerprint, Taken, take_fingerprints
from genderlens.data.sources.hashing import iterate_similar_pairs

DEFAULT_DISTANCE: Final = 4
MAX_DISTANCE: Final = 16


class DataFault(StrEnum):
    """What can be wrong."""

    UNREADABLE = "unreadable"
    EXACT_DUPLICATE = "exact_duplicate"
    NEAR_DUPLICATE = "near_duplicate"
    CONFLICTING_LABEL = "conflicting_label"
    LEAK = "leak"
    NO_PERSON = "no_person"
    MANY_PEOPLE = "many_people"
    SUSPICIOUS_LABEL = "suspicious_label"


@dataclass(frozen=True)
class DataFinding:
    """One fault of one or several rows, and what makes it one; details are for programs."""

    fault: DataFault
    reason: str
    rows: tuple[int, ...]
    details: Mapping[str, str | float] = field(default_factory=dict)

    def to_dict(self, manifest: Manifest) -> dict[str, Any]:
        """With the rows spelled out, as ``--json`` prints it."""
        pictures = manifest.take(self.rows).table.select(["uri", "label", "subject", "split"])
        told = {"fault": self.fault.value, "reason": self.reason, **self.details}
        return {**told, "pictures": pictures.to_pylist()}


def check_manifest(
    manifest: Manifest, *, max_distance: int = DEFAULT_DISTANCE, progress: bool = True
) -> list[DataFinding]:
    """Everything that is wrong with the pictures and labels of a manifest; see find_faults."""
    return find_faults(manifest, take_fingerprints(manifest, progress=progress), max_distance)


def find_faults(
    manifest: Manifest, taken: Sequence[Taken], max_distance: int = DEFAULT_DISTANCE
) -> list[DataFinding]:
    """The findings, ordered by fault.

    Exact duplicates have equal bytes. Near ones have difference hashes that differ in at most
    ``max_distance`` bits and thumbnails that correlate; chains of such pairs are one finding.
    Duplicates, or pictures of one subject, in several splits are a leak; duplicates under both
    labels conflict.
    """
    exact, near = _duplicates(taken, max_distance)
    return [
        *_unreadable(taken),
        *(DataFinding(DataFault.EXACT_DUPLICATE, "equal bytes", tuple(rows)) for rows in exact),
        *(DataFinding(DataFault.NEAR_DUPLICATE, "equal looks", tuple(rows)) for rows in near),
        *_conflicts(manifest, exact, near),
        *_leaks(manifest, exact, near),
    ]


def _unreadable(taken: Sequence[Taken]) -> Iterator[DataFinding]:
    for row, fingerprint in enumerate(taken):
        if not isinstance(fingerprint, Fingerprint):
            yield DataFinding(DataFault.UNREADABLE, fingerprint.message, (row,))


def _duplicates(
    taken: Sequence[Taken], max_distance: int
) -> tuple[list[list[int]], list[list[int]]]:
    """Groups of rows with equal bytes; groups of rows with equal looks but not all equal bytes."""
    digests = {row: f.sha256 for row, f in enumerate(taken) if isinstance(f, Fingerprint)}
    exact = group_equal((digest, row) for row, digest in digests.items())
    clusters = Clusters(len(taken))
    for rows in exact:
        for row in rows[1:]:
            clusters.join(rows[0], row)
    _join_similar(
        clusters, taken, sorted({d: row for row, d in digests.items()}.values()), max_distance
    )
    groups = clusters.groups()
    return exact, [rows for rows in groups if len({digests[row] for row in rows}) > 1]


def _join_similar(
    clusters: Clusters, taken: Sequence[Taken], rows: Sequence[int], max_distance: int
) -> None:
    prints = [f for f in (taken[row] for row in rows) if isinstance(f, Fingerprint)]
    if not prints:
        return
    hashes = np.array([f.hash for f in prints], dtype=np.uint64)
    thumbnails = np.stack([f.thumbnail for f in prints])
    for pairs in iterate_similar_pairs(hashes, thumbnails, max_distance):
        for first, second in pairs.tolist():
            clusters.join(rows[first], rows[second])


def _conflicts(
    manifest: Manifest, exact: list[list[int]], near: list[list[int]]
) -> Iterator[DataFinding]:
    labels = manifest.labels
    for reason, rows in _widest(exact, near):
        if len({labels[row] for row in rows}) > 1:
            yield DataFinding(DataFault.CONFLICTING_LABEL, f"{reason}, both labels", tuple(rows))


def _leaks(
    manifest: Manifest, exact: list[list[int]], near: list[list[int]]
) -> Iterator[DataFinding]:
    splits = manifest.column("split")
    subjects = group_equal((s, row) for row, s in enumerate(manifest.column("subject")) if s)
    for reason, rows in (*_widest(exact, near), *(("one subject", rows) for rows in subjects)):
        found = sorted({split for row in rows if (split := splits[row])})
        if len(found) > 1:
            yield DataFinding(DataFault.LEAK, f"{reason} in {' and '.join(found)}", tuple(rows))


def _widest(exact: list[list[int]], near: list[list[int]]) -> list[tuple[str, list[int]]]:
    """Each group of duplicates once: exact ones that are part of a near group are told there."""
    in_near = {row for rows in near for row in rows}
    alone = [("equal bytes", rows) for rows in exact if rows[0] not in in_near]
    return alone + [("equal looks", rows) for rows in near]
