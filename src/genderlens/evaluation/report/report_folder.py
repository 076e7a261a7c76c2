"""The folder that an evaluation leaves: table, JSON, page, plots and wrong answers."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow.parquet as pq
from tqdm import tqdm

from genderlens.errors import DataError
from genderlens.evaluation.assessment import Assessment
from genderlens.evaluation.columns import Answers, pieces
from genderlens.evaluation.report.drawing import house_style, to_png, to_svg
from genderlens.evaluation.report.further_section import plot_prefix
from genderlens.evaluation.report.group_plots import draw_groups, draw_selective
from genderlens.evaluation.report.mistakes import Explain, Mistake, draw_mistakes, find_mistakes
from genderlens.evaluation.report.page import render_mistakes, render_report
from genderlens.evaluation.report.plots import list_plots
from genderlens.evaluation.rows import Judged
from genderlens.evaluation.rules import Rule
from genderlens.storage import replacing, write_bytes_atomically
from genderlens.types import UNDEFINED

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PREDICTIONS: Final = "predictions.parquet"
REPORT: Final = "report.json"
PAGE: Final = "report.html"
PLOTS_FOLDER: Final = "plots"


def start_folder(out: Path, table: Answers) -> None:
    """Store the predictions; an earlier report, which belongs to others, goes first."""
    if (out / REPORT).is_file():
        stale = [out / name for name in (REPORT, PAGE, "mistakes.html", "mistakes.png")]
        for path in (*stale, *(out / PLOTS_FOLDER).glob("*.png")):
            path.unlink(missing_ok=True)
    with replacing(out / PREDICTIONS) as partial, pq.ParquetWriter(partial, table.schema) as file:
        for piece in pieces(table):
            file.write_table(piece)


def write_evaluation(
    out: Path,
    assessment: Assessment,
    rows: Judged,
    table: Answers,
    *,
    rules: Sequence[Rule] = (),
    explain: Explain | None = None,
    pictures: bool = True,
    progress: bool = False,
) -> None:
    """Write everything but the predictions; ``report.json`` comes last and means complete.

    ``table`` is the one that ``rows`` came from. ``explain`` gives the picture beside each wrong
    answer; without ``pictures`` none is shown, for reports that are passed on. Raises
    MissingExtraError without matplotlib.
    """
    drawings: dict[str, str] = {}
    mistakes: list[Mistake] = []
    if pictures:
        mistakes = find_mistakes(rows, table, explain=explain, progress=progress)
        _write_mistakes(out, mistakes)
    with house_style():
        plots = list(_drawings(assessment))
        for name, draw in tqdm(plots, desc="drawing", delay=1.0, disable=not progress):
            figure, stem = draw(), _file_name(name)
            write_bytes_atomically(out / PLOTS_FOLDER / f"{stem}.png", to_png(figure))
            drawings[name] = to_svg(figure, re.sub(r"\W", "_", stem))
    _write_text(out / PAGE, render_report(assessment, drawings, mistakes, rules))
    document = {**assessment.to_dict(), "rules": rule_verdicts(assessment, rules)}
    _write_text(out / REPORT, json.dumps(document, indent=1, allow_nan=False) + "\n")


def rule_verdicts(assessment: Assessment, rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """Each rule with the measured figure and whether it is broken."""
    return [
        {
            "rule": str(rule),
            **assessment.figures.get(rule.figure, UNDEFINED).to_dict(),
            "broken": rule.is_broken(assessment.figures),
        }
        for rule in rules
    ]


def read_report(folder: Path) -> dict[str, Any]:
    """``report.json`` of a folder, empty where there is none; DataError where it is broken."""
    path = folder / REPORT
    if not path.is_file():
        return {}
    try:
        document = json.loads(path.read_bytes())
    except ValueError as error:
        raise DataError(f"{path} is no JSON: {error}; evaluate again") from error
    if not isinstance(document, dict):
        raise DataError(f"{path} holds no report; evaluate again")
    return document


def _columns(assessment: Assessment) -> list[str]:
    return list(dict.fromkeys(g.columns[0] for g in assessment.groups if len(g.columns) == 1))


def _drawings(assessment: Assessment) -> Iterator[tuple[str, Callable[[], Figure]]]:
    """Name and drawing of every plot, those of further heads under their names."""
    yield from _own_drawings(assessment)
    for one in assessment.further:
        for name, draw in _own_drawings(one):
            yield plot_prefix(one.head) + name, draw


def _own_drawings(assessment: Assessment) -> Iterator[tuple[str, Callable[[], Figure]]]:
    if assessment.curves:
        for name, plot in list_plots(assessment.head).items():
            yield name, partial(plot.draw, assessment)
    for column in _columns(assessment):
        yield f"groups-{column}", partial(draw_groups, assessment, column)
        if any(group.column == column for group in assessment.selective):
            yield f"abstaining-{column}", partial(draw_selective, assessment, column)


def _file_name(name: str) -> str:
    """A column's name may hold anything; a file's may not."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)[:80]


def _write_mistakes(out: Path, mistakes: Sequence[Mistake]) -> None:
    stream = io.BytesIO()
    draw_mistakes(mistakes).save(stream, "PNG")
    write_bytes_atomically(out / "mistakes.png", stream.getvalue())
    _write_text(out / "mistakes.html", render_mistakes(mistakes))


def _write_text(path: Path, words: str) -> None:
    write_bytes_atomically(path, words.encode("utf-8", "replace"))
