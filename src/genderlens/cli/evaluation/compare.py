"""``genderlens compare``: evaluations side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genderlens.cli.terminal import print_json, print_table, printable
from genderlens.errors import SettingsError

_HEADER = ("accuracy", "balanced", "AUC", "uncertain", "refused")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(compare)


def compare(
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="REPORT...", help="Folders with predictions.parquet, as 'evaluate' writes them."
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder for comparison.md, .csv, .html, .json and plots.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Compare models on the pictures they share: figures, paired tests, cost."""
    from genderlens.evaluation.compare import compare_pairs, read_entries
    from genderlens.evaluation.report.comparison import comparison_document, write_comparison
    from genderlens.evaluation.report.formatting import number, percent

    if len(folders) < 2:
        raise SettingsError(f"one folder, {folders[0]}, has nothing to be compared with; give two")
    entries = read_entries(folders)
    pairs = compare_pairs(entries)
    if out is not None:
        write_comparison(out, entries, pairs)
    if as_json:
        print_json(comparison_document(entries, pairs))
        return
    names = ("accuracy", "balanced_accuracy", "roc_auc", "abstention_rate", "refusal_rate")
    rows = (
        (
            printable(entry.name),
            f"{entry.pictures:,}",
            *(percent(entry.figures[name].value, 2) for name in names),
            number(entry.figures["ece"].value),
        )
        for entry in entries
    )
    print_table(("model", "pictures", *_HEADER, "ECE"), rows)
    for pair in pairs:
        typer.echo(
            f"{printable(pair.first)} : {printable(pair.second)}: {pair.common:,} common pictures, "
            f"{pair.only_first:,} : {pair.only_second:,} right alone, "
            f"p = {pair.p_value:.3g}, {pair.p_holm:.3g} after Holm"
        )
    if out is not None:
        typer.echo(f"wrote {printable(str(out / 'comparison.html'))}")
