"""``genderlens benchmark``: bundles side by side in time, size and memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from genderlens.cli.terminal import print_json, print_table, printable
from genderlens.errors import SettingsError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(benchmark)


def benchmark(
    bundles: Annotated[
        list[str], typer.Argument(metavar="BUNDLE...", help="Bundles: 'default' or folders.")
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for benchmark.json and .png.")
    ] = None,
    photo: Annotated[
        Path | None,
        typer.Option(help="Photo of one face to answer; a drawn one of 1 megapixel otherwise."),
    ] = None,
    rounds: Annotated[int, typer.Option(min=5, help="Calls of each variant.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Figures as one JSON object.")] = False,
) -> None:
    """Measure latency, throughput, size, memory and start-up, FP32 beside INT8 and PyTorch.

    Five kinds of drawn photo are answered by the first bundle, beside other ways to do so.
    """
    from genderlens.bundle import load_bundle
    from genderlens.evaluation.report.drawing import require_matplotlib
    from genderlens.export.benchmark.measuring import run_benchmark

    if out is not None:
        require_matplotlib()
    loaded = [load_bundle(reference) for reference in dict.fromkeys(bundles)]
    found = run_benchmark(
        loaded,
        photo=_read(photo),
        rounds=rounds,
        tell=lambda line: typer.echo(line, err=True),
    )
    if out is not None:
        _write(out, found)
    if as_json:
        print_json(found)
        return
    _print(found)
    if out is not None:
        typer.echo(f"\nwrote {printable(str(out / 'benchmark.json'))} and benchmark.png")


def _read(photo: Path | None) -> bytes | None:
    try:
        return photo.read_bytes() if photo else None
    except OSError as error:
        raise SettingsError(f"--photo {photo}: cannot be read ({error}); give another") from error


def _write(out: Path, found: dict[str, Any]) -> None:
    from genderlens.export.benchmark.report import draw
    from genderlens.files.locks import exclusive_folder
    from genderlens.storage import write_bytes_atomically

    text = json.dumps(found, indent=2) + "\n"
    with exclusive_folder(out):
        write_bytes_atomically(out / "benchmark.json", text.encode("utf-8"))
        write_bytes_atomically(out / "benchmark.png", draw(found))


def _print(found: dict[str, Any]) -> None:
    from genderlens.export.benchmark.report import list_tables

    typer.echo("\n".join([found["machine"], *found["left_out"], ""]))
    for header, rows in list_tables(found):
        print_table(header, rows)
        typer.echo("")
