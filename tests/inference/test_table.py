"""A manifest through the predictor."""

from __future__ import annotations

from pathlib import Path

import photos
from genderlens.data.readers import read_source
from genderlens.evaluation.judging import judge_rows
from genderlens.inference.poses import POSES
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


def test_poses_are_told_where_they_are_asked_for(tmp_path: Path) -> None:
    lying = photos.portrait().rotate(90)
    for label, picture in (("female", lying), ("male", photos.landscapes()["cat"])):
        (tmp_path / label).mkdir()
        (tmp_path / label / "1.jpg").write_bytes(photos.encode(picture))
    manifest, predictor = read_source(str(tmp_path)), create_predictor(Settings())
    table = predict_manifest(predictor, manifest, faces="single", progress=False, poses=POSES)
    assert table.column("roll").to_pylist() == ["lying", None]
    assert table.column("yaw").to_pylist()[0] in {"frontal", "slightly turned", "half turned"}
    assert table.column("yaw").to_pylist()[1] is None
    rows = judge_rows(table, by=["yaw", "roll"])
    assert "lying" in rows.attributes["roll"].values
    plain = predict_manifest(predictor, manifest, faces="cropped", progress=False, poses=["yaw"])
    assert plain.column("yaw").to_pylist() == [None, None]
    assert "roll" not in plain.column_names
