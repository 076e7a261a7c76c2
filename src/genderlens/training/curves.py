"""``curves.csv``: one row per epoch, complete after every epoch and across resumed sessions."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Final

import lightning

from genderlens.storage import write_bytes_atomically

METRICS: Final = (
    "train_loss",
    "train_accuracy",
    "calibration_loss",
    "calibration_accuracy",
    "calibration_auroc",
)


class CurveWriter(lightning.Callback):
    """Adds the row of an epoch; rows of epochs that a resumed run repeats are replaced."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def on_train_epoch_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        epoch, metrics = trainer.current_epoch, trainer.callback_metrics
        row = {"epoch": str(epoch)}
        row |= {name: f"{float(metrics[name]):.6f}" for name in METRICS if name in metrics}
        earlier = [row for row in read_curves(self.path) if int(row["epoch"]) < epoch]
        _write_curves(self.path, [*earlier, row])


def read_curves(path: Path) -> list[dict[str, str]]:
    """The rows so far, oldest first."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _write_curves(path: Path, rows: list[dict[str, str]]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, ("epoch", *METRICS), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_bytes_atomically(path, text.getvalue().encode())
