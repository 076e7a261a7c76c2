from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import photos
from genderlens.data.checks.findings import DataFault, DataFinding, check_manifest
from genderlens.data.manifest import Manifest
from genderlens.data.readers import read_source


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """``cat`` twice with equal bytes, once in another size and format; four other pictures."""
    pictures = {name: image.resize((96, 96)) for name, image in photos.landscapes().items()}
    for name, image in {**pictures, "portrait": photos.portrait()}.items():
        (tmp_path / f"{name}.jpg").write_bytes(photos.encode(image))
    (tmp_path / "copy.jpg").write_bytes((tmp_path / "cat.jpg").read_bytes())
    smaller = pictures["cat"].resize((64, 64))
    (tmp_path / "smaller.webp").write_bytes(photos.encode(smaller, "WEBP", quality=60))
    (tmp_path / "broken.jpg").write_bytes((tmp_path / "cat.jpg").read_bytes()[:1000])
    return tmp_path


def check(folder: Path, *rows: str) -> list[tuple[str, str, list[str]]]:
    """Rows are ``name label split subject``, a dash for nothing; findings as told to programs."""
    cells = [[None if cell == "-" else cell for cell in row.split()] for row in rows]
    keys = ("uri", "label", "split", "subject")
    records = [dict(zip(keys, row, strict=True)) for row in cells]
    manifest = Manifest.from_rows(r | {"uri": str(folder / str(r["uri"]))} for r in records)
    return [tell(finding, manifest) for finding in check_manifest(manifest, progress=False)]


def tell(finding: DataFinding, manifest: Manifest) -> tuple[str, str, list[str]]:
    document = finding.to_dict(manifest)
    names = [Path(picture["uri"]).stem for picture in document["pictures"]]
    return document["fault"], document["reason"], names


def test_a_clean_set_has_no_findings(folder: Path) -> None:
    rows = ("cat.jpg male train p1", "coffee.jpg female val p2", "temple.jpg male train p1")
    assert check(folder, *rows) == []
    assert check(folder) == []


def test_what_cannot_be_decoded_is_unreadable(folder: Path) -> None:
    found = check(folder, "broken.jpg male - -", "gone.jpg male - -", "flower.jpg male - -")
    assert [(fault, names) for fault, _, names in found] == [
        ("unreadable", ["broken"]),
        ("unreadable", ["gone"]),
    ]
    assert "ends before its picture does" in found[0][1]
    assert "no file at" in found[1][1]


def test_exact_duplicates(folder: Path) -> None:
    found = check(folder, "cat.jpg male - -", "flower.jpg male - -", "copy.jpg male - -")
    assert found == [("exact_duplicate", "equal bytes", ["cat", "copy"])]


def test_near_duplicates_include_the_exact_ones_of_their_group(folder: Path) -> None:
    rows = ("smaller.webp male - -", "cat.jpg male - -", "copy.jpg male - -")
    assert check(folder, *rows) == [
        ("exact_duplicate", "equal bytes", ["cat", "copy"]),
        ("near_duplicate", "equal looks", ["smaller", "cat", "copy"]),
    ]


@pytest.mark.parametrize(("other", "reason"), [("copy.jpg", "bytes"), ("smaller.webp", "looks")])
def test_duplicates_in_two_splits_are_a_leak_told_once(
    folder: Path, other: str, reason: str
) -> None:
    found = check(folder, "cat.jpg male train -", f"{other} male test -", "copy.jpg male - -")
    leaks = [finding for finding in found if finding[0] == "leak"]
    assert len(leaks) == 1
    assert leaks[0][1] == f"equal {reason} in test and train"


def test_a_split_and_none_is_no_leak(folder: Path) -> None:
    found = check(folder, "cat.jpg male train -", "copy.jpg male - -")
    assert [fault for fault, _, _ in found] == ["exact_duplicate"]


def test_a_subject_in_two_splits_is_a_leak(folder: Path) -> None:
    rows = ("cat.jpg male train p1", "flower.jpg male val p1", "coffee.jpg male val p2")
    assert check(folder, *rows) == [("leak", "one subject in train and val", ["cat", "flower"])]


@pytest.mark.parametrize("other", ["copy.jpg", "smaller.webp"])
def test_duplicates_under_both_labels_conflict(folder: Path, other: str) -> None:
    found = check(folder, "cat.jpg male - -", f"{other} female - -")
    assert found[-1][0] == "conflicting_label"
    assert found[-1][1].endswith("both labels")
    assert len(found) == 2


@pytest.mark.data
def test_fairface_validation_is_clean(data_dir: Path) -> None:
    shard = data_dir / "fairface" / "validation-00000-of-00001.parquet"
    assert check_manifest(read_source(str(shard)), progress=False) == []


@pytest.mark.data
def test_celeba_holds_four_near_duplicates_one_across_splits(data_dir: Path) -> None:
    manifest = read_source(str(data_dir / "celeba"))
    findings = check_manifest(manifest, progress=False)
    assert Counter(finding.fault for finding in findings) == {
        DataFault.NEAR_DUPLICATE: 4,
        DataFault.LEAK: 1,
    }
