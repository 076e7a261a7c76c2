"""A manifest through the predictor."""

from __future__ import annotations

from pathlib import Path

import photos
from genderlens.data.readers import read_source
from genderlens.inference.predictor import create_predictor
from genderlens.inference.table import predict_manifest
from genderlens.settings import Settings


def test_labels_travel_with_their_pictures(tmp_path: Path) -> None:
    for label, picture in (("female", photos.portrait()), ("male", photos.landscapes()["cat"])):
        (tmp_path / label).mkdir()
        (tmp_path / label / "1.jpg").write_bytes(photos.encode(picture))
    manifest = read_source(str(tmp_path))
    table = predict_manifest(create_predictor(Settings()), manifest, faces="single", progress=False)
    assert table.column("label").to_pylist() == ["female", "male"]
    assert table.column("prediction").to_pylist() == ["female", None]
    assert table.column("outcome").to_pylist() == ["classified", "no_person"]
