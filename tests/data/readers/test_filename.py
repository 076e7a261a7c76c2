from __future__ import annotations

import os
from pathlib import Path

import pytest

from genderlens.data.readers import read_source
from genderlens.errors import (
    EmptyClassError,
    ManifestError,
    SettingsError,
    SourceNotFoundError,
    UnknownLabelError,
)


def touch(root: Path, *names: str) -> str:
    root.mkdir(exist_ok=True)
    for name in names:
        (root / name).touch()
    return str(root)


def test_the_label_stands_first_by_default(tmp_path: Path) -> None:
    source = touch(tmp_path / "set", "male_person1.jpg", "female-002.png", "Male3.webp", "male.gif")
    manifest = read_source(source)
    assert [Path(uri).name for uri in manifest.uris] == [
        "Male3.webp",
        "female-002.png",
        "male.gif",
        "male_person1.jpg",
    ]
    assert manifest.labels == ["male", "female", "male", "male"]
    assert manifest.counts("source") == {"set": 4}
    assert manifest.attributes == ()


def test_utkface_is_recognised(tmp_path: Path) -> None:
    source = touch(
        tmp_path,
        "25_0_2_20170116174525125.jpg.chip.jpg",
        "61_1_20170109142408075.jpg.chip.jpg",
        "7_1_4_20161219140623097.jpg",
        "55_0_0_20170116232725357jpg.chip.jpg",
    )
    manifest = read_source(source)
    assert manifest.attributes == ("age", "date", "race")
    rows = zip(*map(manifest.column, ("age", "label", "race")), strict=True)
    assert list(rows) == [
        ("25", "male", "Asian"),
        ("55", "male", "White"),
        ("61", "female", None),
        ("7", "female", "Others"),
    ]


def test_any_expression_with_a_label_works(tmp_path: Path) -> None:
    source = touch(tmp_path, "p1.train.M.old.jpg", "p2.validation.F.young.jpg")
    manifest = read_source(
        source,
        pattern=r"(?P<subject>p\d)\.(?P<split>\w+)\.(?P<label>[MF])\.(?P<age>\w+)",
        names={"M": "male", "F": "female"},
    )
    assert manifest.labels == ["male", "female"]
    assert manifest.column("split") == ["train", "val"]
    assert manifest.column("subject") == ["p1", "p2"]
    assert manifest.column("age") == ["old", "young"]


def test_a_built_in_pattern_has_a_name(tmp_path: Path) -> None:
    source = touch(tmp_path, "male_1.jpg", "20_1_0_20170116174525125.jpg")
    with pytest.raises(UnknownLabelError, match=r"male_1\.jpg does not match"):
        read_source(source, pattern="utkface")


@pytest.mark.parametrize("stray", ["IMG_0001.jpg", "unknown_1.jpg", "malefactor.jpg"])
def test_an_unknown_label_is_named(tmp_path: Path, stray: str) -> None:
    source = touch(tmp_path, "male_1.jpg", "female_1.jpg", stray)
    with pytest.raises(UnknownLabelError, match=rf"unknown label .*{stray}"):
        read_source(source)


def test_a_name_without_a_label_is_named(tmp_path: Path) -> None:
    source = touch(tmp_path, "male_1.jpg", "female_1.jpg", "0001.jpg")
    with pytest.raises(UnknownLabelError, match=r"0001\.jpg does not match .* rename it"):
        read_source(source)


def test_a_stray_folder_is_named(tmp_path: Path) -> None:
    source = touch(tmp_path, "male_1.jpg", "female_1.jpg", ".hidden.jpg", "notes.txt")
    assert len(read_source(source)) == 2
    (tmp_path / "more").mkdir()
    with pytest.raises(UnknownLabelError, match=r"stray folder .*more"):
        read_source(source)


@pytest.mark.timeout(10)
def test_a_pipe_is_refused_and_not_read(tmp_path: Path) -> None:
    source = touch(tmp_path, "male_1.jpg")
    os.mkfifo(tmp_path / "female_1.jpg")
    with pytest.raises(SourceNotFoundError, match=r"female_1\.jpg is not a plain file"):
        read_source(source)


def test_an_empty_class_and_an_empty_place_are_errors(tmp_path: Path) -> None:
    with pytest.raises(EmptyClassError, match="'female' among 1"):
        read_source(touch(tmp_path, "male_1.jpg"))
    with pytest.raises(SourceNotFoundError, match="no folder at"):
        read_source(str(tmp_path / "gone"), kind="filename")


@pytest.mark.parametrize(
    ("pattern", "kind", "message"),
    [
        ("(?P<label>", None, "is no regular expression .* label-first, utkface"),
        ("(male|female)", None, "has no group 'label'"),
        ("utkface", "csv", "a pattern is for the kind 'filename', not 'csv'"),
    ],
)
def test_a_pattern_that_cannot_work_is_refused(
    tmp_path: Path, pattern: str, kind: str | None, message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        read_source(touch(tmp_path, "male_1.jpg"), kind=kind, pattern=pattern)


def test_an_unknown_split_is_named(tmp_path: Path) -> None:
    source = touch(tmp_path, "spare_male.jpg")
    with pytest.raises(ManifestError, match=r"unknown split 'spare' at .*spare_male\.jpg"):
        read_source(source, pattern=r"(?P<split>\w+)_(?P<label>\w+)")
