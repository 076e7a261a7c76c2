"""``curves.csv`` and ``curves.png``: one row per epoch, complete across resumed sessions."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import lightning
from matplotlib.figure import Figure

from genderlens.evaluation.report.drawing import settle
from genderlens.storage import replacing, write_bytes_atomically

METRICS: Final[tuple[str, ...]] = (
    "train_loss",
    "train_accuracy",
    "calibration_loss",
    "calibration_accuracy",
    "calibration_auroc",
    "learning_rate",
)

_DPI: Final = 110
_REDRAWN_S: Final = 30.0
"""An epoch may be shorter than a drawing takes."""


class CurveWriter(lightning.Callback):
    """Adds the row of an epoch; rows of epochs that a resumed run repeats are replaced."""

    def __init__(self, path: Path, first_epoch: int = 0, further: Sequence[str] = ()) -> None:
        """``further`` are the names of the heads beside the answer, which have columns too."""
        self.path, self.first_epoch = path, first_epoch
        self._names = (*METRICS, *(name for head in further for name in further_metrics(head)))
        self._drawn = time.monotonic()

    def on_train_epoch_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        if not trainer.is_global_zero:
            return
        epoch, metrics = self.first_epoch + trainer.current_epoch, trainer.callback_metrics
        row = {"epoch": str(epoch)}
        row |= {name: f"{float(metrics[name]):.6g}" for name in self._names if name in metrics}
        earlier = [row for row in read_curves(self.path) if int(row["epoch"]) < epoch]
        rows = [*earlier, row]
        _write_curves(self.path, rows, self._names)
        if time.monotonic() - self._drawn > _REDRAWN_S:
            self._draw()

    def on_train_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        if trainer.is_global_zero:
            self._draw()

    def _draw(self) -> None:
        draw_curves(read_curves(self.path), self.path.with_suffix(".png"))
        self._drawn = time.monotonic()


def further_metrics(head: str) -> tuple[str, str]:
    """What the curves tell of a head beside the answer."""
    return f"calibration_{head}_loss", f"calibration_{head}_accuracy"


def read_curves(path: Path) -> list[dict[str, str]]:
    """The rows so far, oldest first."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def draw_curves(rows: list[dict[str, str]], path: Path) -> None:
    """Loss, accuracy and learning rate over the epochs as a PNG."""
    figure = Figure(figsize=(12, 3.4), layout="constrained")
    panels = {
        "loss": ("train_loss", "calibration_loss"),
        "accuracy": ("train_accuracy", "calibration_accuracy"),
        "learning rate": ("learning_rate",),
    }
    for axes, (title, names) in zip(figure.subplots(1, 3), panels.items(), strict=True):
        for name in names:
            points = [(int(row["epoch"]), float(row[name])) for row in rows if row.get(name)]
            axes.plot(*zip(*points, strict=True), marker=".", label=name.replace("_", " "))
        axes.set(title=title, xlabel="epoch")
        axes.grid(alpha=0.3)
        axes.legend()
    settle(figure, _DPI)
    with replacing(path) as partial:
        figure.savefig(partial, format="png", dpi=_DPI)


def _write_curves(path: Path, rows: list[dict[str, str]], names: Sequence[str]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, ("epoch", *names), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_bytes_atomically(path, text.getvalue().encode())
