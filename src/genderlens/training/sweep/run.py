"""Train the rows of a sweep one after the other; interrupted or killed, the same call goes on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from genderlens.data.manifest import Manifest
from genderlens.data.splits.stratified import assign_splits
from genderlens.errors import (
    PretrainedWeightsError,
    RecipeError,
    TrainingError,
    TrainingInterruptedError,
)
from genderlens.recipe import load_recipe
from genderlens.recipe.sweep import SweepRecipe
from genderlens.storage import write_bytes_atomically
from genderlens.training.inputs.rows import UNSPLIT
from genderlens.training.sweep.latency import measure_latencies
from genderlens.training.sweep.marks import Marks, mark_rows
from genderlens.training.sweep.plan import plan_rows
from genderlens.training.sweep.plot import draw_table
from genderlens.training.sweep.results import RowResult, read_result
from genderlens.training.sweep.sweep_folder import SweepFolder, SweepRow
from genderlens.training.sweep.table import csv_table, json_table, markdown_table, write_json
from genderlens.training.train import train

Say = Callable[[str], None]


@dataclass(frozen=True)
class SweepOutcome:
    """The rows in order and what is said about them."""

    results: list[RowResult]
    marks: Marks
    table: dict[str, Any]


def run_sweep(
    sweep: SweepRecipe,
    manifest: Manifest,
    out: Path,
    *,
    cache_dir: Path,
    overrides: list[str] | None = None,
    retry_failed: bool = False,
    say: Say = lambda line: None,
) -> SweepOutcome:
    """Train what is not trained yet and bring the table up to date.

    Rows that are finished are never trained again, one in progress goes on from its checkpoint,
    and a failed one is left as it is unless ``retry_failed``. All rows share the split of
    pictures that came without one. Raises RecipeError and TrainingError before anything trains
    where the sweep cannot be, or where ``out`` holds another one; TrainingInterruptedError on
    Ctrl-C; TrainingError where every row failed.
    """
    changes = overrides or []
    planned = plan_rows(sweep, changes)
    manifest = assign_splits(manifest, UNSPLIT, load_recipe(sweep.recipe, changes).seed)
    folder = SweepFolder(out)
    rows = folder.take_up(planned, manifest.fingerprint())
    for number, row in enumerate(rows, 1):
        say(f"row {number} of {len(rows)}: {row.label}")
        if _train_row(row, manifest, cache_dir, say, retry=retry_failed):
            _write_tables(out, rows, sweep)
    _measure(out, rows)
    outcome = _write_tables(out, rows, sweep)
    if all(result.state == "failed" for result in outcome.results):
        raise TrainingError(f"every row failed, the first: {outcome.results[0].reason}; see {out}")
    return outcome


def _train_row(
    row: SweepRow, manifest: Manifest, cache_dir: Path, say: Say, *, retry: bool
) -> bool:
    """Whether anything was done."""
    if row.run.is_finished:
        _drop_checkpoints(row)
        return False
    if row.failure.is_file():
        if not retry:
            say("  failed before; --retry-failed tries again")
            return False
        row.failure.unlink()
    try:
        train(row.recipe, manifest, row.run.path, cache_dir=cache_dir, resume=True, tell=say)
    except TrainingInterruptedError as error:
        message = "interrupted; the same command goes on where it stopped"
        raise TrainingInterruptedError(message) from error
    except (TrainingError, RecipeError, PretrainedWeightsError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:1000]
        write_bytes_atomically(row.failure, json.dumps({"reason": reason}).encode())
        say(f"  failed: {reason}")
    if row.run.is_finished:
        _drop_checkpoints(row)
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return True


def _drop_checkpoints(row: SweepRow) -> None:
    """What only an unfinished run needs: of a VGG it is 5 GB a row, and sweeps have many rows."""
    for phase in range(len(row.recipe.phases)):
        shutil.rmtree(row.run.phase_folder(phase), ignore_errors=True)
        row.run.phase_end(phase).unlink(missing_ok=True)


def _measure(out: Path, rows: list[SweepRow]) -> None:
    """Measure all networks together, unless that was done since the last was trained."""
    finished = [row.run for row in rows if row.run.is_finished]
    if {run.path.name for run in finished} - set(_read_latencies(out)):
        found = measure_latencies(finished)
        write_bytes_atomically(out / "inference.json", json.dumps(found, indent=2).encode())


def _read_latencies(out: Path) -> dict[str, float]:
    path = out / "inference.json"
    return dict(json.loads(path.read_text("utf-8"))) if path.is_file() else {}


def _write_tables(out: Path, rows: list[SweepRow], sweep: SweepRecipe) -> SweepOutcome:
    times = _read_latencies(out)
    results = [
        read_result(number, row, times.get(row.run.path.name), worst_by=sweep.worst_by)
        for number, row in enumerate(rows, 1)
    ]
    marks = mark_rows(results, sweep)
    table = json_table(results, marks, sweep)
    write_bytes_atomically(out / "table.md", markdown_table(results, marks, sweep).encode())
    write_bytes_atomically(out / "table.csv", csv_table(results, marks).encode())
    write_bytes_atomically(out / "table.json", write_json(table))
    write_bytes_atomically(out / "table.png", draw_table(results, marks))
    return SweepOutcome(results, marks, table)
