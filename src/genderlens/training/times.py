"""``times.csv``: how long each epoch took, complete across resumed sessions."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

import lightning

from genderlens.storage import write_bytes_atomically


class EpochTimes(lightning.Callback):
    """Adds the seconds of an epoch, judging included; repeated epochs are replaced.

    Apart from the curves, which do not change from one machine to the next.
    """

    def __init__(self, path: Path, first_epoch: int = 0) -> None:
        self.path, self.first_epoch = path, first_epoch
        self._began = 0.0

    def on_train_epoch_start(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        self._began = time.perf_counter()

    def on_train_epoch_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        if not trainer.is_global_zero:
            return
        epoch = self.first_epoch + trainer.current_epoch
        times = {k: v for k, v in read_times(self.path).items() if k < epoch}
        _write_times(self.path, times | {epoch: time.perf_counter() - self._began})


def read_times(path: Path) -> dict[int, float]:
    """Epoch → seconds, of the epochs so far."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as stream:
        return {int(row["epoch"]): float(row["seconds"]) for row in csv.DictReader(stream)}


def _write_times(path: Path, times: dict[int, float]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("epoch", "seconds"))
    writer.writerows((epoch, f"{seconds:.4f}") for epoch, seconds in times.items())
    write_bytes_atomically(path, text.getvalue().encode())
