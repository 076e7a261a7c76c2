"""A source divided into train, validation and test, as ``genderlens data split`` does it.

Three ways to stay stable when pictures are added. A written manifest that is kept: every picture
in it stays where it is, the new ones fill up the shares. By hash: each picture's split follows from
its name and the seed alone, and the shares hold up to chance. The partition of the source itself.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from genderlens.data.manifest import SPLITS, Manifest
from genderlens.data.manifest_files import with_full_addresses
from genderlens.data.splits.stratified import assign_splits, assign_splits_by_hash
from genderlens.errors import ManifestError, SettingsError
from genderlens.remote import is_remote

DEFAULT_RATIOS: Final = {"train": 0.8, "val": 0.2}
_UNNAMED: Final = ("train", "val", "test")


@dataclass(frozen=True)
class SplitPlan:
    """How to divide; rows with equal values in the column ``by`` stay together."""

    ratios: Mapping[str, float] = field(default_factory=lambda: DEFAULT_RATIOS)
    seed: int = 0
    by: str | None = None
    by_hash: bool = False


def parse_ratios(text: str) -> dict[str, float]:
    """``train=0.8,val=0.2``, or the shares of train, val and test alone: ``0.7/0.15/0.15``.

    Percentages work as well. SettingsError for anything that is no division into splits.
    """
    parts = text.replace("/", ",").split(",")
    pairs = [part.rpartition("=") for part in parts]
    names = [name.strip() for name, _, _ in pairs]
    if not any(names) and 2 <= len(parts) <= len(_UNNAMED):
        names = list(_UNNAMED[: len(parts)])
    try:
        values = [float(value) for _, _, value in pairs]
    except ValueError as error:
        raise _bad_ratios(text) from error
    whole = 100.0 if sum(values) > 2 else 1.0
    good = set(names) <= set(SPLITS) and len(set(names)) == len(names)
    if not good or min(values) <= 0 or not abs(sum(values) - whole) < 1e-6:
        raise _bad_ratios(text)
    return {name: value / whole for name, value in zip(names, values, strict=True)}


def divide(
    manifest: Manifest, plan: SplitPlan, *, root: str, keep: Manifest | None = None
) -> Manifest:
    """The manifest with full addresses and every row in a split.

    ``keep`` holds full addresses too; its splits stay. The partition of the source is left aside.
    Which rows fall where depends on their names below ``root`` and not on where that lies. Raises
    ManifestError for a column that is missing or that does not say of every row with whom it
    belongs.
    """
    manifest = with_full_addresses(manifest)
    kept = _kept(manifest, keep)
    keyed = manifest.with_column("uri", _names_below(manifest, root)).with_column("split", kept)
    if plan.by is not None:
        keyed = keyed.with_column("subject", _groups(manifest, plan.by))
    assign = assign_splits_by_hash if plan.by_hash else assign_splits
    divided = assign(keyed, plan.ratios, plan.seed)
    return manifest.with_column("split", divided.column("split"))


def require_official(manifest: Manifest) -> Manifest:
    """The manifest with full addresses, or ManifestError where it comes without a partition."""
    missing = manifest.column("split").count(None)
    if missing:
        first = manifest.uris[manifest.column("split").index(None)]
        raise ManifestError(
            f"the source has no complete partition: {missing:,} of {len(manifest):,} pictures have "
            f"no split, the first is {first}; divide it with --ratios"
        )
    return with_full_addresses(manifest)


def root_of(source: str) -> str:
    """The folder that names are told from: the source, or that of the file that it is."""
    if is_remote(source):
        last = source.rstrip("/").rpartition("/")
        return last[0] if "." in last[2] else source.rstrip("/")
    path = Path(source.removeprefix("file://"))
    return str(path if path.is_dir() else path.parent)


def _kept(manifest: Manifest, keep: Manifest | None) -> list[str | None]:
    known = dict(zip(keep.uris, keep.column("split"), strict=True)) if keep else {}
    return [known.get(uri) for uri in manifest.uris]


def _names_below(manifest: Manifest, root: str) -> list[str]:
    base = root if is_remote(root) else os.path.realpath(root)
    return [uri.removeprefix(f"{base}/") for uri in manifest.uris]


def _groups(manifest: Manifest, by: str) -> list[str | None]:
    groups = manifest.column(by)
    if None in groups:
        uri = manifest.uris[groups.index(None)]
        raise ManifestError(
            f"{uri} has no {by}, and {groups.count(None) - 1:,} more, so they cannot be divided by "
            "it; fill it in or leave the pictures out"
        )
    return groups


def _bad_ratios(text: str) -> SettingsError:
    known = ", ".join(SPLITS)
    return SettingsError(
        f"the ratios {text!r} are no division; write train=0.8,val=0.2 or 0.7/0.15/0.15, "
        f"with positive shares that sum to 1 and splits out of {known}"
    )
