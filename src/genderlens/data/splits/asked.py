"""The pictures of a split that is asked for, or what to do where the data has no such split."""

from __future__ import annotations

from collections.abc import Callable

from genderlens.data.manifest import Manifest
from genderlens.data.sources.parts import parse_part
from genderlens.errors import DataError


def how_to_divide(
    manifest: str = "RUN/manifest.parquet", source: str = "SOURCE", command: str = ""
) -> str:
    """What to do about a source without splits; ``command`` is the one that works then."""
    told = f": {command}" if command else ""
    return (
        f"a training writes how it divided them into its run, so give {manifest}{told}; pictures "
        f"that no training has divided yet are divided with 'genderlens data split {source} "
        "--out manifest.parquet', which then stands for them everywhere"
    )


def select_split(
    manifest: Manifest,
    split: str,
    where: str = "--split",
    *,
    how: Callable[[], str] = how_to_divide,
) -> Manifest:
    """The rows of a split, which any word for it names.

    ``where`` says what asks; ``how`` is called for what to do about data without splits, where it
    comes to that. Raises ManifestError for a word that stands for no split, DataError where no
    picture is in it, which says what the data has and how to come by a division.
    """
    wanted = parse_part(split, where) or ""
    chosen = manifest.select(wanted)
    if len(chosen):
        return chosen
    known = ", ".join(sorted(name for name in manifest.counts("split") if name))
    if known:
        raise DataError(
            f"{where}: no picture is in split {split!r}; the data has {known}, so ask for one of "
            "these, or give other data"
        )
    raise DataError(
        f"{where}: no picture is in split {split!r}, for none of the {len(manifest):,} has a "
        f"split; {how()}"
    )
