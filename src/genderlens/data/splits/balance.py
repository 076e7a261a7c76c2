"""Even groups: fewer rows of the large ones, more of the small ones, or weights.

A group is what the rows share in the columns ``by``: the label, or any attributes, such as
``("race", "label")``. Pure functions; balance one split at a time (``manifest.select("train")``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

from genderlens.data.manifest import Manifest
from genderlens.data.sources.paths import place_of
from genderlens.data.splits.stratified import hash_rank
from genderlens.errors import ManifestError

Group = tuple[str, ...]
BY_LABEL: Final = ("label",)


def undersample(manifest: Manifest, by: Sequence[str] = BY_LABEL, *, seed: int) -> Manifest:
    """As many rows of each group as the smallest has, in the order of the manifest.

    Which rows stay depends on their addresses and the seed alone. ManifestError where a row does
    not say its group.
    """
    members = _members(manifest, by, seed)
    least = min(map(len, members), default=0)
    return manifest.take(sorted(row for rows in members for row in rows[:least]))


def oversample(manifest: Manifest, by: Sequence[str] = BY_LABEL, *, seed: int) -> Manifest:
    """As many rows of each group as the largest has; rows are repeated evenly.

    Copies stand beside their originals. ManifestError where a row does not say its group.
    """
    members = _members(manifest, by, seed)
    most = max(map(len, members), default=0)
    return manifest.take(
        sorted(rows[index % len(rows)] for rows in members for index in range(most))
    )


def group_weights(manifest: Manifest, by: Sequence[str] = BY_LABEL) -> dict[Group, float]:
    """The weight of each group's rows in a loss: all groups count alike, the mean row counts 1.

    ManifestError where a row does not say its group.
    """
    counts = Counter(list_groups(manifest, by))
    even = len(manifest) / max(1, len(counts))
    return {group: even / count for group, count in sorted(counts.items())}


def list_groups(manifest: Manifest, by: Sequence[str] = BY_LABEL) -> list[Group]:
    """The group of each row; ManifestError for a row with nothing in one of the columns."""
    groups: list[Group] = []
    for uri, values in zip(manifest.uris, zip(*map(manifest.column, by), strict=True), strict=True):
        known = tuple(value for value in values if value is not None)
        if len(known) < len(by):
            raise ManifestError(
                f"{uri} has no value in one of {', '.join(by)}, so it is in no group; "
                "fill it in or leave the row out"
            )
        groups.append(known)
    return groups


def _members(manifest: Manifest, by: Sequence[str], seed: int) -> list[list[int]]:
    """The rows of each group, in an order that the seed decides."""
    members = defaultdict[Group, list[int]](list)
    for row, group in enumerate(list_groups(manifest, by)):
        members[group].append(row)
    uris, salt = manifest.uris, f"balance {seed}"
    for rows in members.values():
        rows.sort(key=lambda row: hash_rank(place_of(uris[row]), salt))
    return list(members.values())
