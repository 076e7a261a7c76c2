"""Fixtures that more than one folder of tests uses."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ClassFolders = Callable[[int], Path]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of the developer's shell must not decide what a test sees."""
    for name in list(os.environ):
        if name.startswith("GENDERLENS_") and name != "GENDERLENS_DATA_DIR":
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The labelled photographs; skips where they are not there."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("GENDERLENS_DATA_DIR") or beside)
    if not folder.is_dir():
        pytest.skip("no labelled photographs: set GENDERLENS_DATA_DIR as CONTRIBUTING.md says")
    return folder


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Training in tests uses one thread: tiny tensors gain nothing from more."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def class_folders(tmp_path: Path) -> ClassFolders:
    """Builds ``faces/female`` and ``faces/male`` with so many pictures each, told by colour."""

    def build(per_label: int) -> Path:
        rng = np.random.default_rng(0)
        for label, tint in (("female", (150, 40, 40)), ("male", (40, 40, 150))):
            folder = tmp_path / "faces" / label
            folder.mkdir(parents=True)
            for index in range(per_label):
                noise = rng.integers(0, 100, (40, 40, 3)) + np.asarray(tint)
                Image.fromarray(noise.astype(np.uint8)).save(folder / f"{index:03d}.png")
        return tmp_path / "faces"

    return build
