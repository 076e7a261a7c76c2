from __future__ import annotations

import json
from pathlib import Path

import pytest

import photos
from genderlens.data.inspection import AttributeCounts, Sizes, inspect_manifest
from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source


def test_rows_pictures_and_attributes_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for index, size in enumerate(((60, 40), (30, 20), (90, 100))):
        picture = photos.portrait().resize(size)
        kind = ("JPEG", "PNG", "PNG")[index]
        (tmp_path / str(index)).write_bytes(photos.encode(picture, kind))
    (tmp_path / "3").write_text("no picture")
    rows = (("train", "male", "p", "old"), ("train", "male", "p", None))
    rows += (
        ("test", "female", "q", "old"),
        (None, "female", None, "old"),
        (None, "male", "r", "x"),
    )
    manifest = Manifest.from_rows(
        {"uri": str(tmp_path / str(i)), "split": s, "label": label, "subject": p, "age": age}
        for i, (s, label, p, age) in enumerate(rows)
    )
    inspection = inspect_manifest(manifest)
    assert inspection.pictures == 5
    assert inspection.splits == {
        "(none)": {"female": 1, "male": 1},
        "test": {"female": 1},
        "train": {"male": 2},
    }
    old = {"female": 2, "male": 1}
    counts = {"(none)": {"male": 1}, "old": old, "x": {"male": 1}}
    assert inspection.attributes == {"age": AttributeCounts(3, counts)}
    assert inspection.subjects == 3
    assert inspection.width_px == Sizes(30, 60, 90)
    assert inspection.height_px == Sizes(20, 40, 100)
    assert inspection.formats == {"PNG": 2, "JPEG": 1}
    assert inspection.unreadable == 2
    assert json.loads(json.dumps(inspection.to_dict()))["width_px"]["median"] == 60
    assert capsys.readouterr().err == ""


def test_many_values_are_told_by_their_number() -> None:
    manifest = Manifest.from_rows(
        {"uri": "gone", "label": "male", "date": str(index)} for index in range(51)
    )
    inspection = inspect_manifest(manifest)
    assert inspection.attributes == {"date": AttributeCounts(51, {})}
    assert (inspection.width_px, inspection.formats, inspection.unreadable) == (None, {}, 51)


@pytest.mark.data
def test_celeba_is_as_described(data_dir: Path) -> None:
    inspection = inspect_manifest(read_source(str(data_dir / "celeba")), progress=False)
    assert {name: sum(row.values()) for name, row in inspection.splits.items()} == {
        "train": 2866,
        "val": 750,
        "test": 750,
    }
    assert inspection.width_px == Sizes(178, 178, 178)
    assert inspection.formats == {"JPEG": 4366}
