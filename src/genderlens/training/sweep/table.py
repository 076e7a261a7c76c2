"""The table of a sweep as Markdown, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from genderlens.recipe.sweep import SweepRecipe
from genderlens.training.sweep.marks import Marks
from genderlens.training.sweep.results import CLOSE, RowResult


@dataclass(frozen=True)
class Column:
    """A figure of a row, its heading and how it is written."""

    name: str
    heading: str
    write: Callable[[Any], str]


COLUMNS: Final = (
    Column("accuracy", "accuracy", lambda v: f"{100 * v:.2f} %"),
    Column("f1", "F1", lambda v: f"{v:.4f}"),
    Column("roc_auc", "ROC-AUC", lambda v: f"{v:.4f}"),
    Column("worst", "worst group", lambda v: f"{100 * v:.1f} %"),
    Column("worst_group", "which", str),
    Column("training_s", "training", lambda v: f"{v:,.1f} s"),
    Column("epoch_s", "an epoch", lambda v: f"{v:,.1f} s"),
    Column("inference_ms", "inference", lambda v: f"{v:,.2f} ms"),
    Column("epochs", "epochs to converge", str),
    Column("parameters", "parameters", lambda v: f"{v / 1e6:,.2f} M"),
    Column("megabytes", "weights", lambda v: f"{v:,.1f} MB"),
)
BRIEF: Final = ("accuracy", "f1", "worst", "training_s", "inference_ms", "epochs")
"""What a terminal has room for."""
HEADINGS: Final = ("row", "what", *(column.heading for column in COLUMNS), "mark")
_LIMITS: Final = {"accuracy": "≥", "f1": "≥", "roc_auc": "≥"}


def cells(result: RowResult, marks: Marks) -> list[str]:
    """One line of the table as people read it; see HEADINGS."""
    values = [(column, getattr(result, column.name)) for column in COLUMNS]
    figures = ["–" if value is None else column.write(value) for column, value in values]
    return [str(result.number), result.label, *figures, mark_of(result, marks)]


def mark_of(result: RowResult, marks: Marks) -> str:
    """``best``, ``above thresholds``, both, or the state of a row that is not finished."""
    if result.state != "finished":
        return result.state
    words = ["best"] if result.number == marks.best else []
    words += ["above thresholds"] if result.number in marks.above else []
    return ", ".join(words)


def markdown_table(results: Sequence[RowResult], marks: Marks, sweep: SweepRecipe) -> str:
    """The table, what its figures mean, and why rows failed; the best row is bold."""
    shown = _shown(sweep)
    lines = [_line(_keep(HEADINGS, shown)), _line(["--:", ":--", *["--:"] * sum(shown), ":--"])]
    for result in results:
        line = [cell.replace("|", "\\|") for cell in _keep(cells(result, marks), shown)]
        bold = result.number == marks.best
        lines.append(_line([f"**{cell}**" if bold and cell else cell for cell in line]))
    lines += ["", *_notes(results, sweep)]
    failed = [result for result in results if result.state == "failed"]
    lines += [f"- Row {result.number} failed: {result.reason}" for result in failed]
    return "\n".join(lines) + "\n"


def brief_table(
    results: Sequence[RowResult], marks: Marks, sweep: SweepRecipe
) -> tuple[list[str], list[list[str]]]:
    """Headings and lines for a terminal."""
    pairs = zip(COLUMNS, _shown(sweep), strict=True)
    shown = [keep and column.name in BRIEF for column, keep in pairs]
    return _keep(HEADINGS, shown), [_keep(cells(result, marks), shown) for result in results]


def _shown(sweep: SweepRecipe) -> list[bool]:
    """Which columns have something to say."""
    return [bool(sweep.worst_by) or not column.name.startswith("worst") for column in COLUMNS]


def _keep(cells: Sequence[str], shown: Sequence[bool]) -> list[str]:
    """Number and words, the shown columns, and the mark."""
    figures = [cell for cell, keep in zip(cells[2:-1], shown, strict=True) if keep]
    return [*cells[:2], *figures, cells[-1]]


def csv_table(results: Sequence[RowResult], marks: Marks) -> str:
    """Every figure in full, one row each."""
    text = io.StringIO()
    rows = [_record(result, marks) for result in results]
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def json_table(results: Sequence[RowResult], marks: Marks, sweep: SweepRecipe) -> dict[str, Any]:
    """The table for machines."""
    return {
        "recipe": sweep.recipe,
        "best_by": sweep.best_by,
        "best": marks.best,
        "thresholds": sweep.thresholds.model_dump(exclude_none=True),
        "rows": [_record(result, marks) for result in results],
    }


def write_json(table: dict[str, Any]) -> bytes:
    """JSON without NaN, readable by people as well."""
    return (json.dumps(table, indent=2, allow_nan=False) + "\n").encode()


def _record(result: RowResult, marks: Marks) -> dict[str, Any]:
    is_best, is_above = result.number == marks.best, result.number in marks.above
    return result.to_dict() | {"best": is_best, "above_thresholds": is_above}


def _notes(results: Sequence[RowResult], sweep: SweepRecipe) -> list[str]:
    wanted = sweep.thresholds.model_dump(exclude_none=True)
    limits = ", ".join(f"{name} {_LIMITS.get(name, '≤')} {v:g}" for name, v in wanted.items())
    judged = sorted({f"{r.pictures:,} pictures of {r.split}" for r in results if r.split})
    about = [
        f"Scores on {' and '.join(judged)}; F1 is the mean over the labels." if judged else "",
        "Inference: median of one picture at a time on one CPU thread, without decoding. "
        f"Converged: calibration accuracy within {100 * CLOSE:g} points of its best.",
        f"Best by {sweep.best_by}. Thresholds: {limits or 'none'}.",
    ]
    return [f"- {line}" for line in about if line]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
