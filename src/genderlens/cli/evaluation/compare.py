"""``genderlens compare``: evaluations side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genderlens.cli.terminal import print_json, print_table, printable
from genderlens.errors import SettingsError

_COLUMNS = {
    "accuracy": "accuracy",
    "off_by_one_accuracy": "off by one",
    "balanced_accuracy": "balanced",
    "roc_auc": "AUC",
    "abstention_rate": "uncertain",
    "refusal_rate": "refused",
}
"""Figure → heading, of those that the models' head has."""


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
    attribute: Annotated[
        str | None,
        typer.Option(metavar="HEAD", help="Compare this further head instead of the answer."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Compare models on the pictures they share: figures, paired tests, cost."""
    from genderlens.evaluation.compare import compare_pairs, read_entries, shared_figures
    from genderlens.evaluation.report.comparison import comparison_document, write_comparison
    from genderlens.evaluation.report.formatting import number, percent

    if len(folders) < 2:
        raise SettingsError(f"one folder, {folders[0]}, has nothing to be compared with; give two")
    entries = read_entries(folders, attribute)
    pairs = compare_pairs(entries)
    if out is not None:
        write_comparison(out, entries, pairs)
    if as_json:
        print_json(comparison_document(entries, pairs))
        return
    shared = shared_figures(entries)
    names = [name for name in _COLUMNS if name in shared]
    rows = (
        (
            printable(entry.name),
            f"{entry.pictures:,}",
            *(percent(entry.figures[name].value, 2) for name in names),
            number(entry.figures["ece"].value),
        )
        for entry in entries
    )
    headings = (_COLUMNS[name] for name in names)
    print_table(("model", "pictures", *headings, "ECE"), rows)
    for pair in pairs:
        typer.echo(
            f"{printable(pair.first)} : {printable(pair.second)}: {pair.common:,} common pictures, "
            f"{pair.only_first:,} : {pair.only_second:,} right alone, "
            f"p = {pair.p_value:.3g}, {pair.p_holm:.3g} after Holm"
        )
    if out is not None:
        typer.echo(f"wrote {printable(str(out / 'comparison.html'))}")
