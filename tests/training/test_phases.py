from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.recipe import Recipe
from genderlens.run_folder import RunFolder
from genderlens.training import phases
from genderlens.training.curves import read_curves
from genderlens.training.module import HeadsModule
from genderlens.training.phases import Devices
from genderlens.training.train import train
from genderlens.training.weights import averaging
from training.tiny import tiny, with_splits

NOTHING_LEARNT: dict[str, Any] = {"learning_rate": 1e-20}

pytestmark = pytest.mark.usefixtures("no_curve_plots")


@pytest.fixture
def manifest(class_folders: Callable[[int], Path]) -> Manifest:
    return with_splits(read_source(str(class_folders(12))), ["train", "train", "calibration"])


def trained(recipe: Recipe, manifest: Manifest, tmp_path: Path, out: str = "run") -> RunFolder:
    return train(recipe, manifest, tmp_path / out, cache_dir=tmp_path / "cache")


def test_a_frozen_backbone_stays_as_it_began_statistics_included(
    manifest: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[dict[str, torch.Tensor]] = []
    create = HeadsModule.__init__

    def remember(
        self: HeadsModule, recipe: Recipe, network: nn.Module, *args: Any, **kw: Any
    ) -> None:
        started.append({k: v.clone() for k, v in network.state_dict().items()})
        create(self, recipe, network, *args, **kw)

    monkeypatch.setattr(HeadsModule, "__init__", remember)
    recipe = tiny(phases=[{"epochs": 2, "train": "head"}, {"epochs": 1}])
    run = trained(recipe, manifest, tmp_path)

    ended = load_file(run.phase_end(0))
    differing = {name for name, value in started[0].items() if not torch.equal(ended[name], value)}
    assert differing == {"fc.weight", "fc.bias"}
    assert all(torch.equal(started[1][name], value) for name, value in ended.items())
    last = load_file(run.last)
    assert not torch.equal(last["layer1.0.conv1.weight"], ended["layer1.0.conv1.weight"])


def test_early_stopping_ends_its_phase_and_the_next_begins(
    manifest: Manifest, tmp_path: Path
) -> None:
    waiting = {"epochs": 6, "train": "head", "stop_patience": 1, **NOTHING_LEARNT}
    run = trained(tiny(phases=[waiting, {"epochs": 1}]), manifest, tmp_path)
    assert [row["epoch"] for row in read_curves(run.curves)] == ["0", "1", "6"]


def test_a_plateau_lowers_the_rate(manifest: Manifest, tmp_path: Path) -> None:
    recipe = tiny(
        phases=[{"epochs": 4, "train": "head", "plateau_patience": 0, **NOTHING_LEARNT}],
        optim={"schedule": "plateau", "plateau_factor": 0.5},
    )
    rates = [
        float(r["learning_rate"]) for r in read_curves(trained(recipe, manifest, tmp_path).curves)
    ]
    assert rates[0] == pytest.approx(1e-20)
    assert rates[-1] in (pytest.approx(2.5e-21), pytest.approx(1.25e-21))
    assert rates == sorted(rates, reverse=True)


def test_dropout_is_there_in_its_phase_only(
    manifest: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks: list[tuple[int, int]] = []
    step = HeadsModule.training_step

    def count(self: HeadsModule, batch: Any, batch_index: int) -> Any:
        head = self.network.get_submodule("fc")
        hooks.append((self.phase, len(head._forward_pre_hooks)))
        return step(self, batch, batch_index)

    monkeypatch.setattr(HeadsModule, "training_step", count)
    run = trained(tiny(phases=[{"epochs": 1, "dropout": 0.5}, {"epochs": 1}]), manifest, tmp_path)
    assert set(hooks) == {(0, 1), (1, 0)}
    assert set(load_file(run.last)) == set(load_file(run.phase_end(0)))


def test_best_keeps_the_lowest_loss_and_last_the_last(manifest: Manifest, tmp_path: Path) -> None:
    wild = {"learning_rate": 3.0, "gradient_clip": None, "schedule": "constant"}
    phase = [{"epochs": 4}]
    last = trained(tiny(phases=phase, optim=wild), manifest, tmp_path, "last")
    best = trained(tiny(phases=phase, optim=wild, keep="best"), manifest, tmp_path, "best")
    losses = [float(row["calibration_loss"]) for row in read_curves(best.curves)]
    assert losses.index(min(losses)) < 3, "the last epoch is the best: this tests nothing"
    assert best.best.read_bytes() == last.best.read_bytes()
    assert best.last.read_bytes() == last.last.read_bytes()
    assert best.best.read_bytes() != best.last.read_bytes()
    assert best.phase_end(0).read_bytes() == best.best.read_bytes()
    assert last.phase_end(0).read_bytes() == last.last.read_bytes()


def test_an_average_is_judged_and_kept(
    manifest: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(averaging, "decay_at", lambda step, decay: decay)
    fast: dict[str, Any] = {"learning_rate": 0.5, "schedule": "constant", "warmup_epochs": 0}
    phase = [{"epochs": 3}]
    plain = trained(tiny(phases=phase, optim=fast), manifest, tmp_path, "plain")
    slow = fast | {"ema_decay": 0.99}
    average = trained(tiny(phases=phase, optim=slow), manifest, tmp_path, "average")
    near, far = load_file(average.last)["fc.weight"], load_file(plain.last)["fc.weight"]
    assert near.norm() < 0.8 * far.norm(), "an average stays near the beginning"
    losses = [read_curves(run.curves)[-1]["calibration_loss"] for run in (plain, average)]
    assert losses[0] != losses[1]


def test_mixed_precision_and_compilation_reach_lightning(
    manifest: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[bool] = []
    monkeypatch.setattr(nn.Module, "compile", lambda self: compiled.append(True))
    seen: list[Any] = []
    create = phases.lightning.Trainer

    def remember(**options: Any) -> Any:
        seen.append(options["precision"])
        return create(**options)

    monkeypatch.setattr(phases.lightning, "Trainer", remember)
    run = trained(tiny(optim={"amp": True, "compile": True}), manifest, tmp_path)
    assert seen[0] in ("bf16-mixed", "16-mixed")
    assert compiled == [True]
    assert run.is_finished


def test_several_devices_train_together() -> None:
    assert Devices().strategy == "auto"
    assert Devices(count=2).strategy == "ddp"
    assert Devices(nodes=2).strategy == "ddp"
