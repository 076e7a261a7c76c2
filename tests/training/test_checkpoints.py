from __future__ import annotations

import logging
from pathlib import Path

import pytest
import torch

from genderlens.errors import TrainingError
from genderlens.training.checkpoints import (
    create_best_writer,
    create_checkpoint_writer,
    find_checkpoint,
    read_best_weights,
)


def test_before_the_first_there_is_none(tmp_path: Path) -> None:
    assert find_checkpoint(tmp_path / "nowhere") is None
    torch.save({}, tmp_path / "best-epoch=004.ckpt")
    assert find_checkpoint(tmp_path) is None


def test_the_newest_that_can_be_read_is_found(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for epoch in (1, 9, 10):
        torch.save({"epoch": epoch}, tmp_path / f"epoch={epoch:03d}.ckpt")
    assert find_checkpoint(tmp_path) == tmp_path / "epoch=010.ckpt"
    (tmp_path / "epoch=010.ckpt").write_bytes(b"PK")
    with caplog.at_level(logging.WARNING):
        assert find_checkpoint(tmp_path) == tmp_path / "epoch=009.ckpt"
    assert "cannot be read and was renamed" in caplog.text
    assert (tmp_path / "epoch=010.unreadable").is_file()


def test_only_unreadable_ones_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "epoch=000.ckpt").write_bytes(b"")
    with pytest.raises(TrainingError, match=r"none of the 1 checkpoints in .* can be read"):
        find_checkpoint(tmp_path)


def test_the_best_weights_lose_their_prefix_and_auxiliary_state(tmp_path: Path) -> None:
    writer = create_best_writer(tmp_path)
    writer.best_model_path = str(tmp_path / "best.ckpt")
    state = {"network.fc.weight": torch.ones(2, 3), "mean": torch.zeros(1)}
    torch.save({"state_dict": state}, writer.best_model_path)
    [(name, value)] = read_best_weights(writer).items()
    assert name == "fc.weight"
    assert torch.equal(value, torch.ones(2, 3))


@pytest.mark.parametrize("create", [create_best_writer, create_checkpoint_writer])
def test_a_writer_finds_its_files_in_a_moved_folder(create: object, tmp_path: Path) -> None:
    old, new = create(tmp_path / "old"), create(tmp_path / "new")  # type: ignore[operator]
    old.best_model_path = old.kth_best_model_path = f"{tmp_path}/old/a.ckpt"
    old.best_k_models = {old.best_model_path: torch.tensor(0.5)}
    old.best_model_score = torch.tensor(0.5)
    new.load_state_dict(old.state_dict())
    assert new.best_model_path == f"{tmp_path}/new/a.ckpt"
    assert list(new.best_k_models) == [f"{tmp_path}/new/a.ckpt"]
    assert new.best_model_score == 0.5
    assert new.last_model_path == ""
