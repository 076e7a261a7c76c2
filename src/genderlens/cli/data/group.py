"""``genderlens data``: look at a data set, check it, divide it, convert it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from genderlens.cli.data.check import check
from genderlens.cli.data.source import (
    Kind,
    Labels,
    Pattern,
    Source,
    Strict,
    Words,
    load_manifest,
    load_source,
    parse_labels,
)
from genderlens.cli.data.split import split
from genderlens.cli.terminal import print_json, print_table, printable

if TYPE_CHECKING:
    from genderlens.data.inspection import Counts, Inspection
    from genderlens.data.manifest import Manifest

Format = Literal["parquet", "tar"]
AsJson = Annotated[bool, typer.Option("--json", help="JSON Lines instead of tables.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    about = "Look at a data set, check it, divide it, convert it."
    group = typer.Typer(help=about, no_args_is_help=True)
    group.command()(inspect)
    group.command(epilog="Exit codes: 0 nothing found, 3 something found; others as everywhere.")(
        check
    )
    group.command()(split)
    group.command()(convert)
    app.add_typer(group, name="data")


def inspect(
    source: Source,
    kind: Kind = None,
    pattern: Pattern = None,
    label: Words = None,
    labels: Labels = None,
    strict: Strict = False,
    out: Annotated[Path | None, typer.Option(help="Folder for grid.png and report.html.")] = None,
    as_json: AsJson = False,
) -> None:
    """Count pictures by split, label and attribute; tell their sizes and formats."""
    from genderlens.data.inspection import inspect_manifest

    reading = load_source(source, kind, pattern, label, strict=strict, head=parse_labels(labels))
    manifest = reading.manifest
    inspection = inspect_manifest(manifest)
    if out is not None:
        _write_report(manifest, inspection, out)
    if as_json:
        print_json({**inspection.to_dict(), **reading.counts()})
    else:
        _print_inspection(inspection)


def convert(
    source: Source,
    out: Annotated[Path, typer.Option(help="Folder of the shards.")],
    kind: Kind = None,
    pattern: Pattern = None,
    label: Words = None,
    labels: Labels = None,
    strict: Strict = False,
    rows_per_shard: Annotated[int, typer.Option(min=1, help="Most pictures in a shard.")] = 5000,
    form: Annotated[
        Format, typer.Option("--format", help="parquet, or tar for WebDataset.")
    ] = "parquet",
) -> None:
    """Write shards that hold the pictures; run it again to go on after a kill."""
    from genderlens.data.conversion import convert_manifest

    manifest = load_manifest(source, kind, pattern, label, strict=strict, head=parse_labels(labels))
    shards = convert_manifest(manifest, out, rows_per_shard=rows_per_shard, form=form)
    typer.echo(f"wrote {len(manifest):,} pictures to {out} ({len(shards)} shards)")


def _write_report(manifest: Manifest, inspection: Inspection, out: Path) -> None:
    from genderlens.data.examples import draw_examples, encode_png
    from genderlens.data.inspection_report import render_report
    from genderlens.files.locks import exclusive_folder
    from genderlens.storage import write_bytes_atomically

    grid = encode_png(draw_examples(manifest))
    title = ", ".join(sorted(filter(None, manifest.counts("source"))))
    report = render_report(inspection, title, grid)
    with exclusive_folder(out):
        write_bytes_atomically(out / "grid.png", grid)
        write_bytes_atomically(out / "report.html", report.encode("utf-8", "replace"))


def _print_inspection(inspection: Inspection) -> None:
    _print_counts("split", inspection.splits, inspection.labels)
    for name, attribute in inspection.attributes.items():
        if attribute.counts:
            _print_counts(name, attribute.counts, inspection.labels)
        else:
            typer.echo(f"{printable(name)}: {attribute.distinct:,} different values\n")
    for side, sizes in (("width", inspection.width_px), ("height", inspection.height_px)):
        if sizes:
            three = f"{sizes.minimum} / {sizes.median} / {sizes.maximum}"
            typer.echo(f"{side} in pixels, minimum / median / maximum: {three}")
    formats = ", ".join(f"{name} {count:,}" for name, count in inspection.formats.items())
    typer.echo(f"formats: {formats or 'none'}; unreadable: {inspection.unreadable:,}")


def _print_counts(heading: str, counts: Counts, labels: Sequence[str]) -> None:
    rows = (
        (
            printable(value),
            *(f"{row.get(label, 0):,}" for label in labels),
            f"{sum(row.values()):,}",
        )
        for value, row in counts.items()
    )
    print_table((printable(heading), *labels, "all"), rows)
