"""The guide to own photos in earnest: 300 portraits in class folders, as their owner has them."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from docs.blocks import ROOT, Reader, read_blocks
from genderlens.bundle import load_bundle
from genderlens.data.readers import read_source

PAGE = ROOT / "docs" / "how-to" / "own-data.md"
PER_LABEL = 150
MOST_S = 600.0
"""On two cores that have no other work."""


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.timeout(1800)
def test_from_a_folder_to_a_served_calibrated_model(reader: Reader, data_dir: Path) -> None:
    shutil.rmtree(reader.folder / "PHOTOS")
    shutil.rmtree(reader.folder / "bundles")
    portraits = read_source(str(data_dir / "celeba")).select("train")
    for label in ("female", "male"):
        place = reader.folder / "PHOTOS" / label
        place.mkdir(parents=True)
        own = [u for u, of in zip(portraits.uris, portraits.labels, strict=True) if of == label]
        for uri in own[:PER_LABEL]:
            shutil.copy(uri, place)
    begun = time.monotonic()
    blocks = list(read_blocks(PAGE.read_text("utf-8")))
    *_, answers = reader.follow([replace(block, small=None) for block in blocks])
    assert time.monotonic() - begun < MOST_S
    bundle = load_bundle(str(reader.folder / "bundles" / "mine"))
    description = bundle.description
    assert description.calibration.count == 60
    assert description.evaluation is not None
    assert description.evaluation.overall.count == 60
    health, answer = answers.replace("}{", "}\n{").splitlines()
    assert [json.loads(text)["model_version"] for text in (health, answer)] == [bundle.version] * 2
