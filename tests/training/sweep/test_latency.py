from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from genderlens.run_folder import RunFolder
from genderlens.training.sweep import latency
from genderlens.training.sweep.latency import measure_latencies
from training.tiny import tiny


def test_networks_take_turns_on_one_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[str] = []

    class Network(nn.Module):
        def forward(self, pictures: torch.Tensor) -> torch.Tensor:
            assert torch.get_num_threads() == 1
            assert pictures.shape == (1, 3, 32, 32)
            return pictures

    def load(run: RunFolder) -> nn.Module:
        turns.append(run.path.name)
        return Network()

    monkeypatch.setattr(latency, "load_run_network", load)
    monkeypatch.setattr(RunFolder, "recipe", lambda self: tiny())
    torch.set_num_threads(2)
    found = measure_latencies([RunFolder(tmp_path / "a"), RunFolder(tmp_path / "b")])
    assert turns == ["a", "b"] * 3
    assert torch.get_num_threads() == 2
    assert set(found) == {"a", "b"}
    assert all(0 < value < 1000 for value in found.values())
