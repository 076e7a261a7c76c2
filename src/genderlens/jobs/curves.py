"""How far a training has come, read from the files that it replaces after every epoch.

Whatever lies there is shown as far as it is understood: a line that is cut off, or says what is no
number, costs itself alone.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from genderlens.jobs.record import Epoch, Progress
from genderlens.recipe import Recipe

_RECENT: Final = 5
"""Epochs that the length of the next ones is foretold from: phases differ in their pictures."""
_MAX_DIGITS: Final = 9
_MAX_BYTES: Final = 4 * 2**20


def read_epochs(run: Path) -> list[Epoch]:
    """Every epoch that ended, from ``curves.csv`` and ``times.csv`` of a run folder."""
    seconds = {row["epoch"]: row.get("seconds") for row in _read_rows(run / "times.csv")}
    found: dict[int, Epoch] = {}
    for row in _read_rows(run / "curves.csv"):
        if row["epoch"].isdecimal() and len(row["epoch"]) <= _MAX_DIGITS:
            figures = {name: _number(row.get(name)) for name in _FIGURES}
            figures["seconds"] = _number(seconds.get(row["epoch"]))
            number = int(row["epoch"]) + 1
            found[number] = Epoch(epoch=number, **figures)
    return [found[number] for number in sorted(found)]


def read_progress(run: Path) -> Progress:
    """The last epoch, of how many, and until when the training will take as things look."""
    epochs = read_epochs(run)
    total = max(_planned(run), epochs[-1].epoch if epochs else 0)
    if not epochs:
        return Progress(epochs=total)
    last = epochs[-1]
    figures = {name: getattr(last, name) for name in _FIGURES if getattr(last, name) is not None}
    until = _foretell(run, epochs, total)
    return Progress(epoch=last.epoch, epochs=total, figures=figures, training_until=until)


def _foretell(run: Path, epochs: list[Epoch], total: int) -> str | None:
    """The end of the last epoch; counted from when the curves were written, so it stands still."""
    known = [one.seconds for one in epochs[-_RECENT:] if one.seconds is not None]
    left = total - epochs[-1].epoch
    if not known or not left:
        return None
    try:
        written = datetime.fromtimestamp((run / "curves.csv").stat().st_mtime, UTC)
        until = written + timedelta(seconds=left * sum(known) / len(known))
    except (OSError, OverflowError):
        return None
    return until.isoformat(timespec="seconds")


def _planned(run: Path) -> int:
    try:
        return Recipe.model_validate_json((run / "recipe.json").read_bytes()).epochs
    except (OSError, ValueError):
        return 0


def _read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Whole lines that have a cell for every column; none where the file cannot be read."""
    try:
        with path.open("rb") as stream:
            text = stream.read(_MAX_BYTES).decode("utf-8", "replace")
    except OSError:
        return
    whole = text[: text.rfind("\n") + 1]
    try:
        for row in csv.DictReader(whole.splitlines()):
            if None not in row and None not in row.values() and "epoch" in row:
                yield row
    except csv.Error:
        return


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


_FIGURES: Final = tuple(name for name in Epoch.model_fields if name not in {"epoch", "seconds"})
