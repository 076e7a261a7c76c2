"""Seeded stratified splits; a picture that has a split never moves."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from genderlens.data.manifest import SPLITS, Manifest
from genderlens.data.sources.paths import place_of
from genderlens.errors import ManifestError


def hash_rank(key: str, seed: str) -> int:
    """A number that depends on the key and the seed alone, uniform over 64 bits."""
    return int.from_bytes(hashlib.blake2b(f"{seed}\x1f{key}".encode(), digest_size=8).digest())


def assign_splits(manifest: Manifest, fractions: Mapping[str, float], seed: int) -> Manifest:
    """Give every row without a split one of ``fractions`` (they must sum to 1).

    Stratified: each label is divided in these proportions, to within one subject per split. Rows
    of one subject stay together. Rows that have a split keep it and count towards it, so a written
    manifest can grow without a picture ever moving; which of the new ones fall where depends on
    their names and the seed alone.
    """
    _check_fractions(fractions)
    splits = manifest.column("split")
    members, labels = _rows_by_subject(manifest), manifest.labels
    for label in sorted(set(labels)):
        own = {s: rows for s, rows in members.items() if labels[rows[0]] == label}
        for subject, split in _fill(own, splits, fractions, f"assign {seed}"):
            for row in members[subject]:
                splits[row] = splits[row] or split
    return manifest.with_column("split", splits)


def assign_splits_by_hash(
    manifest: Manifest, fractions: Mapping[str, float], seed: int
) -> Manifest:
    """Like ``assign_splits``, but without memory: shares hold up to chance, labels alike.

    The split of a subject, or of a picture without one, depends on its name and the seed alone, so
    that nothing moves whatever is added or left out.
    """
    return _reassign(manifest, None, fractions, f"hash {seed}")


def carve_split(
    manifest: Manifest, *, source: str, target: str, fraction: float, seed: int
) -> Manifest:
    """Move a fraction of one split, up to chance, into another, for example train → calibration.

    Which rows go depends on their own names and the seed alone. Independent of ``assign_splits``
    with the same seed; carving twice needs two seeds.
    """
    return _reassign(manifest, source, {source: 1.0 - fraction, target: fraction}, str(seed))


def carve_split_evenly(
    manifest: Manifest, *, source: str, target: str, fraction: float, seed: int
) -> Manifest:
    """Like ``carve_split``, but every label gives its fraction to within one subject.

    For few pictures, where chance would leave a label with hardly any. Which rows go depends on
    all the names in ``source``.
    """
    _check_fractions({source: 1.0 - fraction, target: fraction})
    splits, labels = manifest.column("split"), manifest.labels
    own = {
        subject: [row for row in rows if splits[row] == source]
        for subject, rows in _rows_by_subject(manifest).items()
    }
    ranked = sorted((s for s in own if own[s]), key=lambda name: hash_rank(name, str(seed)))
    for label in sorted(set(labels)):
        members = [own[subject] for subject in ranked if labels[own[subject][0]] == label]
        lacking = fraction * sum(map(len, members))
        for rows in reversed(members):
            if lacking < len(rows) / 2:
                break
            lacking -= len(rows)
            for row in rows:
                splits[row] = target
    return manifest.with_column("split", splits)


def _rows_by_subject(manifest: Manifest) -> dict[str, list[int]]:
    """Row numbers by subject, or by place where no subject is known."""
    members: dict[str, list[int]] = defaultdict(list)
    for row, (subject, uri) in enumerate(
        zip(manifest.column("subject"), manifest.uris, strict=True)
    ):
        members[subject or place_of(uri)].append(row)
    return members


def _fill(
    members: Mapping[str, list[int]],
    splits: Sequence[str | None],
    fractions: Mapping[str, float],
    seed: str,
) -> Iterator[tuple[str, str]]:
    """Subjects in the order of their hash ranks, each to the first split that lacks pictures.

    A subject of which some pictures have a split already goes where the first of them is.
    """
    taken = Counter(splits[row] for rows in members.values() for row in rows)
    total = taken[None] + sum(taken[split] for split in fractions)
    lacking = {split: part * total - taken[split] for split, part in fractions.items()}
    for subject in sorted(members, key=lambda name: hash_rank(name, seed)):
        rows = members[subject]
        free = sum(splits[row] is None for row in rows)
        known = next((splits[row] for row in rows if splits[row]), None)
        if free:
            split = known or _first_lacking(lacking, free)
            lacking[split] = lacking.get(split, 0.0) - free
            yield subject, split


def _first_lacking(lacking: Mapping[str, float], count: int) -> str:
    """The first split with room for half of ``count``; else the one that lacks most."""
    for split, room in lacking.items():
        if room >= count / 2:
            return split
    return max(lacking, key=lambda split: lacking[split])


def _reassign(
    manifest: Manifest, source: str | None, fractions: Mapping[str, float], seed: str
) -> Manifest:
    """Divide the rows whose split is ``source``; cuts the unit interval of hash ranks."""
    _check_fractions(fractions)
    splits = manifest.column("split")
    for subject, rows in _rows_by_subject(manifest).items():
        split = _split_at(hash_rank(subject, seed) / 2**64, fractions)
        for row in rows:
            splits[row] = split if splits[row] == source else splits[row]
    return manifest.with_column("split", splits)


def _check_fractions(fractions: Mapping[str, float]) -> None:
    unknown = sorted(set(fractions) - set(SPLITS))
    if unknown:
        raise ManifestError(f"unknown split {unknown[0]!r}; known are {', '.join(SPLITS)}")
    total = sum(fractions.values())
    if abs(total - 1.0) > 1e-6 or min(fractions.values()) < 0.0:
        raise ManifestError(f"split fractions {dict(fractions)} must be positive and sum to 1")


def _split_at(position: float, fractions: Mapping[str, float]) -> str:
    edge = 0.0
    for split, fraction in fractions.items():
        edge += fraction
        if position < edge:
            return split
    return next(reversed(list(fractions)))
