from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from PIL import Image

from genderlens.training import curves
from genderlens.training.curves import CurveWriter, draw_curves, read_curves
from genderlens.training.times import EpochTimes, read_times


def epoch_of(number: int, **metrics: float) -> Any:
    """A trainer at the end of an epoch."""
    return cast(
        Any,
        SimpleNamespace(current_epoch=number, callback_metrics=metrics, is_global_zero=True),
    )


def test_epochs_add_up_over_phases_and_repeated_ones_are_replaced(tmp_path: Path) -> None:
    path = tmp_path / "curves.csv"
    assert read_curves(path) == []
    first, second = CurveWriter(path), CurveWriter(path, first_epoch=2)
    for epoch in (0, 1):
        first.on_train_epoch_end(epoch_of(epoch, train_loss=1.0), cast(Any, None))
    for loss in (0.5, 0.4):
        second.on_train_epoch_end(epoch_of(0, train_loss=loss), cast(Any, None))
    assert [(r["epoch"], r["train_loss"]) for r in read_curves(path)] == [
        ("0", "1"),
        ("1", "1"),
        ("2", "0.4"),
    ]


def test_small_rates_are_not_rounded_away(tmp_path: Path) -> None:
    writer = CurveWriter(tmp_path / "curves.csv")
    writer.on_train_epoch_end(epoch_of(0, learning_rate=1.25e-8), cast(Any, None))
    assert float(read_curves(writer.path)[0]["learning_rate"]) == pytest.approx(1.25e-8)


def test_only_the_first_process_writes(tmp_path: Path) -> None:
    other = epoch_of(0, train_loss=1.0)
    other.is_global_zero = False
    CurveWriter(tmp_path / "curves.csv").on_train_epoch_end(other, cast(Any, None))
    EpochTimes(tmp_path / "times.csv").on_train_epoch_end(other, cast(Any, None))
    assert not list(tmp_path.iterdir())


def test_the_plot_is_drawn_now_and_then_and_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []
    monkeypatch.setattr(curves, "draw_curves", lambda rows, path: drawn.append(len(rows)))
    writer = CurveWriter(tmp_path / "curves.csv")
    writer.on_train_epoch_end(epoch_of(0, train_loss=1.0), cast(Any, None))
    writer.on_train_epoch_end(epoch_of(1, train_loss=1.0), cast(Any, None))
    writer._drawn -= 60
    writer.on_train_epoch_end(epoch_of(2, train_loss=1.0), cast(Any, None))
    writer.on_train_end(epoch_of(2), cast(Any, None))
    assert drawn == [3, 3]


def test_the_plot_is_a_picture_whatever_is_known(tmp_path: Path) -> None:
    rows = [
        {"epoch": "0", **dict.fromkeys(curves.METRICS, "0.5")},
        {"epoch": "1", "train_loss": ""},
    ]
    draw_curves(rows, tmp_path / "curves.png")
    with Image.open(tmp_path / "curves.png") as picture:
        assert picture.size[0] > 1000


def test_times_add_up_over_phases_and_repeated_ones_are_replaced(tmp_path: Path) -> None:
    path = tmp_path / "times.csv"
    assert read_times(path) == {}
    first, second = EpochTimes(path), EpochTimes(path, first_epoch=1)
    for times in (first, second, second):
        times.on_train_epoch_start(epoch_of(0), cast(Any, None))
        times.on_train_epoch_end(epoch_of(0), cast(Any, None))
    assert list(read_times(path)) == [0, 1]
    assert all(0 <= seconds < 1 for seconds in read_times(path).values())
