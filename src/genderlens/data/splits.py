"""Seeded splits that do not move when pictures are added."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from genderlens.data.manifest import SPLITS, Manifest
from genderlens.errors import ManifestError


def hash_rank(key: str, seed: str) -> int:
    """A number that depends on the key and the seed alone, uniform over 64 bits."""
    return int.from_bytes(hashlib.blake2b(f"{seed}\x1f{key}".encode(), digest_size=8).digest())


def assign_splits(manifest: Manifest, fractions: Mapping[str, float], seed: int) -> Manifest:
    """Give every row without a split one of ``fractions`` (they must sum to 1).

    Which split a subject falls into depends on its name and the seed alone: rows of one subject
    stay together, adding pictures never moves the old ones, and every label is divided in the same
    proportions, up to chance.
    """
    return _reassign(manifest, None, fractions, f"assign {seed}")


def carve_split(
    manifest: Manifest, *, source: str, target: str, fraction: float, seed: int
) -> Manifest:
    """Move a fraction of one split into another, for example train → calibration.

    Independent of ``assign_splits`` with the same seed; carving twice needs two seeds.
    """
    return _reassign(manifest, source, {source: 1.0 - fraction, target: fraction}, str(seed))


def _reassign(
    manifest: Manifest, source: str | None, fractions: Mapping[str, float], seed: str
) -> Manifest:
    """Divide the rows whose split is ``source``; cuts the unit interval of hash ranks."""
    _check_fractions(fractions)
    splits = manifest.column("split")
    rows = zip(manifest.column("subject"), manifest.uris, strict=True)
    for index, (subject, uri) in enumerate(rows):
        if splits[index] == source:
            splits[index] = _split_at(hash_rank(subject or uri, seed) / 2**64, fractions)
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
