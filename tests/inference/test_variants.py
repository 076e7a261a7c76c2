from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from genderlens.data.readers import read_source
from genderlens.inference.variants import create_variants, predict_variants
from genderlens.settings import Settings


@pytest.fixture
def settings() -> Settings:
    return Settings(model="default", faces="cropped")


def test_every_augmentation_is_a_variant(settings: Settings) -> None:
    assert list(create_variants(settings)) == ["off", "flip", "crops"]


def test_an_ensemble_has_its_members_as_variants(settings: Settings) -> None:
    from genderlens.bundle import default_bundle_path

    both = settings.model_copy(update={"model": f"default, {default_bundle_path()}"})
    names = list(create_variants(both))
    assert names[0] == "only default"
    assert names[2:] == ["off", "flip", "crops"]


def test_each_variant_answers_every_picture(settings: Settings, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for label in ("female", "male"):
        (tmp_path / label).mkdir()
        noise = rng.integers(0, 255, (64, 64, 3), dtype=np.uint8)
        Image.fromarray(noise).save(tmp_path / label / "a.png")
    found = predict_variants(create_variants(settings), read_source(str(tmp_path)), progress=False)
    assert {name: len(answers.table) for name, answers in found.items()} == {
        "off": 2,
        "flip": 2,
        "crops": 2,
    }
    assert all(answers.classify_ms > 0 for answers in found.values())
    logits = [tuple(answers.table.column("logit").to_pylist()) for answers in found.values()]
    assert len(set(logits)) == 3
