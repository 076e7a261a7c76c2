"""``genderlens data split``: who is trained on and who is tested on, written down."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genderlens.cli.data.source import (
    Kind,
    Labels,
    Pattern,
    Source,
    Strict,
    Words,
    load_source,
    parse_labels,
)
from genderlens.cli.terminal import print_json, print_table
from genderlens.errors import ManifestError, SettingsError

if TYPE_CHECKING:
    from genderlens.data.manifest import Manifest


def split(
    source: Source,
    out: Annotated[Path, typer.Option(help="Manifest to write, a .parquet file.")],
    csv: Annotated[Path | None, typer.Option(help="The same as CSV.")] = None,
    ratios: Annotated[
        str | None,
        typer.Option(help="train=0.8,val=0.2, or shares of train/val/test: 0.7/0.15/0.15."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Decides which pictures fall where.")] = 0,
    by: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Keep equal values together; subject: no one in two."),
    ] = None,
    by_hash: Annotated[
        bool, typer.Option("--by-hash", help="By name alone: stable without --keep, shares vary.")
    ] = False,
    official: Annotated[
        bool, typer.Option("--official", help="Keep the partition that the source comes with.")
    ] = False,
    keep: Annotated[
        Path | None, typer.Option(help="Earlier manifest, of which no picture moves.")
    ] = None,
    kind: Kind = None,
    pattern: Pattern = None,
    label: Words = None,
    labels: Labels = None,
    strict: Strict = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Divide a source into splits, labels in equal shares, and write it as a manifest.

    The manifest is a SOURCE itself. Without a source's own partition, shares are 0.8/0.2.
    """
    from genderlens.data.manifest_files import write_csv, write_portable
    from genderlens.data.splits.partition import require_official

    if official and (ratios or by or by_hash or keep):
        raise SettingsError("--official keeps the source's partition; leave the other options out")
    reading = load_source(
        source,
        kind,
        pattern,
        label,
        strict=strict,
        any_parts=not official,
        head=parse_labels(labels),
    )
    manifest = reading.manifest
    if official:
        divided = require_official(manifest)
    else:
        divided = _divide(manifest, source, ratios, keep, seed=seed, by=by, by_hash=by_hash)
    _refuse_overwriting(out, keep, divided)
    write_portable(divided, out)
    if csv is not None:
        write_csv(divided, csv)
    _tell(divided, out, reading.counts() if as_json else None)


def _divide(
    manifest: Manifest,
    source: str,
    ratios: str | None,
    keep: Path | None,
    *,
    seed: int,
    by: str | None,
    by_hash: bool,
) -> Manifest:
    from genderlens.data.manifest_files import read_portable
    from genderlens.data.splits.partition import (
        DEFAULT_RATIOS,
        SplitPlan,
        divide,
        parse_ratios,
        root_of,
    )

    plan = SplitPlan(parse_ratios(ratios) if ratios else DEFAULT_RATIOS, seed, by, by_hash)
    earlier = read_portable(keep) if keep else None
    return divide(manifest, plan, root=root_of(source), keep=earlier)


def _refuse_overwriting(out: Path, keep: Path | None, divided: Manifest) -> None:
    """An earlier partition is what results were measured on; it is never lost by a slip."""
    from genderlens.data.manifest_files import read_portable

    if not out.exists() or (keep is not None and keep.resolve() == out.resolve()):
        return
    if read_portable(out).fingerprint() != divided.fingerprint():
        raise ManifestError(
            f"{out} holds another partition; keep its pictures where they are with --keep {out}, "
            "or write to another file"
        )


def _tell(divided: Manifest, out: Path, as_json: dict[str, Any] | None) -> None:
    """In words, or as JSON with the counts that are given."""
    from genderlens.data.manifest import SPLITS

    counts = {name: divided.select(name).counts() for name in SPLITS}
    found = {name: count for name, count in counts.items() if count}
    words = divided.label_words
    if as_json is not None:
        splits = {name: {word: count[word] for word in words} for name, count in found.items()}
        told = {"out": str(out), "splits": splits, "fingerprint": divided.fingerprint()}
        print_json({**told, **as_json})
        return
    rows = (
        (name, *(f"{count[word]:,}" for word in words), f"{sum(count.values()):,}")
        for name, count in found.items()
    )
    print_table(("split", *words, "all"), rows)
    typer.echo(f"wrote {len(divided):,} pictures to {out}")
    if not _is_above(out, divided):
        typer.echo("pictures lie elsewhere: other users and machines read it with --kind manifest")


def _is_above(out: Path, divided: Manifest) -> bool:
    """Whether anybody can read the manifest without saying that it is trusted."""
    base = f"{out.resolve().parent}/"
    return all(uri.startswith(base) for uri in divided.uris)
