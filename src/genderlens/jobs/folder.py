"""The folder of one job: run, bundle and log, and how far the training has come."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from genderlens.bundle import load_bundle
from genderlens.errors import BundleError
from genderlens.jobs.record import Progress
from genderlens.recipe import Recipe

_TAIL_BYTES: Final = 16_384
_ANSI: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True)
class JobFolder:
    """Paths and small files of one job."""

    path: Path

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def bundle(self) -> Path:
        return self.path / "bundle"

    @property
    def log(self) -> Path:
        return self.path / "log.txt"

    @property
    def is_trained(self) -> bool:
        return (self.run / "run.json").is_file()

    @property
    def is_exported(self) -> bool:
        """Whether a whole bundle lies there."""
        try:
            load_bundle(str(self.bundle))
        except BundleError:
            return False
        return True

    def progress(self) -> Progress:
        """From the run's ``curves.csv``, which is replaced after every epoch."""
        rows = _read_rows(self.run / "curves.csv")
        if not rows:
            return Progress(epochs=self._epochs())
        figures = {name: float(value) for name, value in rows[-1].items() if value}
        epoch = int(figures.pop("epoch", -1)) + 1
        return Progress(epoch=epoch, epochs=max(self._epochs(), epoch), figures=figures)

    def tail(self, lines: int = 40) -> list[str]:
        """The last lines of the log, progress bars in their last state."""
        try:
            with self.log.open("rb") as stream:
                stream.seek(0, 2)
                stream.seek(max(0, stream.tell() - _TAIL_BYTES))
                text = _ANSI.sub("", stream.read().decode("utf-8", "replace"))
        except OSError:
            return []
        shown = (line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
        return ["".join(c for c in line if c.isprintable()) for line in shown if line.strip()][
            -lines:
        ]

    def _epochs(self) -> int:
        try:
            return Recipe.model_validate_json((self.run / "recipe.json").read_bytes()).epochs
        except (OSError, ValueError):
            return 0


def _read_rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    except (OSError, csv.Error):
        return []
