"""``genderlens data check``: what is wrong with a data set, and the data set without it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

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
from genderlens.cli.terminal import print_json, print_table, printable
from genderlens.errors import SettingsError
from genderlens.settings import load_settings

if TYPE_CHECKING:
    from genderlens.data.checks.findings import DataFinding
    from genderlens.data.manifest import Manifest
    from genderlens.data_quality.check import CheckResult

SOMETHING_FOUND: Final = 3
_SHOWN_FINDINGS: Final = 40


def check(
    source: Source,
    kind: Kind = None,
    pattern: Pattern = None,
    label: Words = None,
    labels: Labels = None,
    strict: Strict = False,
    distance: Annotated[
        int, typer.Option(min=0, max=16, help="Bits of 64 in which near duplicates may differ.")
    ] = 4,
    people: Annotated[
        bool | None,
        typer.Option(
            "--people/--no-people",
            help="Find pictures of no person or several; unset: unless they are face crops.",
            show_default=False,
        ),
    ] = None,
    suspicious: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL",
            help="Find labels that the other pictures speak against, by what this bundle sees; "
            "best one that was not trained on them. Needs the extra 'clean'.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for check.html, suspicious.png and --drop.")
    ] = None,
    drop: Annotated[
        str | None,
        typer.Option(
            metavar="FAULTS",
            help="Write manifest.parquet without these, dropped.csv with them: unreadable, "
            "duplicates, leaks, conflicts, people, suspicious.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines instead of tables.")] = False,
) -> None:
    """Find unreadable pictures, duplicates, leaks, wrong labels, pictures of none or several."""
    from genderlens.data_quality.check import CheckOptions, check_source

    drops = _parse_drops(drop, out, people, suspicious)
    people = True if "people" in drops else people
    reading = load_source(source, kind, pattern, label, strict=strict, head=parse_labels(labels))
    manifest = reading.manifest
    checked = check_source(manifest, CheckOptions(distance, people, suspicious), load_settings())
    if out is not None:
        _write_report(manifest, checked, out)
    if as_json:
        for finding in checked.findings:
            print_json(finding.to_dict(manifest))
        if reading.is_partial:
            print_json(reading.counts(), err=True)
    else:
        _print_checked(checked, manifest)
    if drops and out is not None:
        _write_cleaned(manifest, checked, drops, out)
    if checked.findings:
        raise typer.Exit(SOMETHING_FOUND)


def _parse_drops(
    drop: str | None, out: Path | None, people: bool | None, suspicious: str | None
) -> list[str]:
    from genderlens.data.checks.cleaning import parse_drops

    drops = parse_drops(drop) if drop is not None else []
    if drops and out is None:
        raise SettingsError("--drop writes a manifest; say where with --out DIR")
    if "people" in drops and people is False:
        raise SettingsError("--drop people needs people counted; leave --no-people out")
    if "suspicious" in drops and suspicious is None:
        raise SettingsError("--drop suspicious needs --suspicious MODEL")
    return drops


def _write_report(manifest: Manifest, checked: CheckResult, out: Path) -> None:
    from genderlens.data.checks.report import draw_suspects, render_check
    from genderlens.files.locks import exclusive_folder
    from genderlens.storage import write_bytes_atomically

    grid = draw_suspects(manifest, checked.findings)
    page = render_check(manifest, checked.findings, checked.notes, grid)
    with exclusive_folder(out):
        write_bytes_atomically(out / "check.html", page.encode("utf-8", "replace"))
        if grid is not None:
            write_bytes_atomically(out / "suspicious.png", grid)


def _write_cleaned(
    manifest: Manifest, checked: CheckResult, drops: Collection[str], out: Path
) -> None:
    """The list of what is left out first, so that nothing is ever left out unseen."""
    from genderlens.data.checks.cleaning import drop_faults
    from genderlens.data.manifest_files import write_csv, write_portable
    from genderlens.files.locks import exclusive_folder

    kept, dropped = drop_faults(manifest, checked.findings, drops)
    with exclusive_folder(out):
        write_csv(dropped, out / "dropped.csv")
        write_portable(kept, out / "manifest.parquet")
    typer.echo(f"kept {len(kept):,} pictures, left out {len(dropped):,}: {out}", err=True)


def _print_checked(checked: CheckResult, manifest: Manifest) -> None:
    findings = checked.findings
    if findings:
        _print_findings(findings, manifest.uris)
    if len(findings) > _SHOWN_FINDINGS:
        typer.echo(f"… and {len(findings) - _SHOWN_FINDINGS:,} more; --json lists them all")
    for note in checked.notes:
        typer.echo(printable(note))
    counts = Counter(finding.fault.value for finding in findings)
    found = ", ".join(f"{fault} {count:,}" for fault, count in counts.items())
    typer.echo(f"{len(manifest):,} pictures checked, found: {found or 'nothing'}")


def _print_findings(findings: Sequence[DataFinding], uris: Sequence[str]) -> None:
    rows = (
        (
            finding.fault.value,
            printable(finding.reason),
            "\n".join(printable(uris[row]) for row in finding.rows),
        )
        for finding in findings[:_SHOWN_FINDINGS]
    )
    print_table(("fault", "reason", "pictures"), rows)
