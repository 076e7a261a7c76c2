from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import photos
from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source
from genderlens.data_quality import check
from genderlens.data_quality.check import CheckOptions, check_source
from genderlens.errors import BundleNotFoundError, DetectorError
from genderlens.settings import Settings


@pytest.fixture
def scenes(tmp_path: Path) -> Manifest:
    (tmp_path / "male").mkdir()
    (tmp_path / "female").mkdir()
    (tmp_path / "male" / "a.jpg").write_bytes(photos.encode(photos.landscapes()["coffee"]))
    (tmp_path / "female" / "b.jpg").write_bytes(photos.encode(photos.portrait()))
    (tmp_path / "female" / "c.jpg").write_bytes(photos.encode(photos.crowd(2)))
    return read_source(str(tmp_path))


def faults(checked: check.Checked) -> list[str]:
    return [finding.fault.value for finding in checked.findings]


def test_people_are_counted_in_uncropped_pictures(scenes: Manifest) -> None:
    checked = check_source(scenes, CheckOptions(), Settings())
    assert faults(checked) == ["many_people", "no_person"]
    assert checked.notes == ()


def test_people_are_not_counted_in_crops_unless_asked(scenes: Manifest) -> None:
    cropped = Settings(faces="cropped")
    checked = check_source(scenes, CheckOptions(), cropped)
    assert faults(checked) == []
    assert "people were not counted; --people does" in checked.notes[0]
    asked = check_source(scenes, CheckOptions(people=True), cropped)
    assert sorted(faults(asked)) == ["many_people", "no_person"]


def test_without_people_no_model_is_loaded(
    scenes: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Settings) -> None:
        raise AssertionError

    monkeypatch.setattr(check, "create_predictor", refuse)
    assert check_source(scenes, CheckOptions(people=False), Settings()) == check.CheckResult([], ())


def test_a_detector_that_fails_ends_the_check(
    scenes: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise DetectorError("the face detector failed")

    monkeypatch.setattr("genderlens.detection.faces.CenterFace.survey", crash)
    with pytest.raises(DetectorError):
        check_source(scenes, CheckOptions(people=True), Settings())


def test_suspicious_labels_come_last(class_folders: Callable[[int], Path]) -> None:
    """Reds and blues, six of them in the wrong folder."""
    root = class_folders(40)
    for number in range(3, 21, 3):
        path = root / "male" / f"{number:03d}.png"
        path.rename(root / "female" / f"x{path.name}")
    manifest = read_source(str(root))
    checked = check_source(manifest, CheckOptions(suspicious="default"), Settings(faces="cropped"))
    assert set(faults(checked)) == {"suspicious_label"}
    names = [Path(manifest.uris[finding.rows[0]]).name for finding in checked.findings]
    assert sum(name.startswith("x") for name in names) >= 3 > sum(name[0] != "x" for name in names)
    assert "80 pictures were judged" in checked.notes[-1]


def test_an_unknown_bundle_is_told(scenes: Manifest) -> None:
    with pytest.raises(BundleNotFoundError):
        check_source(scenes, CheckOptions(suspicious="nowhere"), Settings())
