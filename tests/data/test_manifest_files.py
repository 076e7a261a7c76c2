from __future__ import annotations

import csv
from pathlib import Path

import pytest

from genderlens.data.manifest import COLUMNS, Manifest, write_manifest
from genderlens.data.manifest_files import (
    read_portable,
    with_full_addresses,
    write_csv,
    write_portable,
)
from genderlens.data.readers import read_source
from genderlens.errors import ManifestError, SourceNotFoundError, UnknownLabelError

NAMES = ("a.jpg", "=cmd().jpg", "-b, c.png", " d;e.webp")


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    rows = []
    for index, name in enumerate(NAMES):
        path = tmp_path / "set" / "pictures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
        row = {"uri": str(path), "label": ("male", "female")[index % 2], "source": "set"}
        rows.append({**row, "subject": f"p{index}", "split": ("train", None)[index % 2]})
        rows[-1]["age"] = ("-1", "20-29", None, "=1+1")[index]
    return Manifest.from_rows(rows)


def test_both_forms_are_sources_with_the_same_rows(manifest: Manifest, tmp_path: Path) -> None:
    write_portable(manifest, tmp_path / "set" / "all.parquet")
    again = read_source(str(tmp_path / "set" / "all.parquet"))
    assert again.table.equals(manifest.table)
    write_csv(manifest, tmp_path / "set" / "all.csv")
    from_csv = read_source(str(tmp_path / "set" / "all.csv"))
    for name in COLUMNS:
        assert from_csv.column(name) == manifest.column(name)
    assert from_csv.column("age") == ["-1", "20-29", None, "'=1+1"]


def test_no_cell_of_the_csv_is_a_formula(manifest: Manifest, tmp_path: Path) -> None:
    write_csv(manifest, tmp_path / "set" / "pictures" / "all.csv")
    with (tmp_path / "set" / "pictures" / "all.csv").open(newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == [*COLUMNS, "age"]
    assert [row[0] for row in rows[1:]] == ["a.jpg", *(f"./{name}" for name in NAMES[1:])]
    assert not any(cell.startswith(("=", "@", "+")) for row in rows for cell in row)


def test_a_folder_moves_with_its_manifest(manifest: Manifest, tmp_path: Path) -> None:
    write_portable(manifest, tmp_path / "set" / "all.parquet")
    (tmp_path / "set").rename(tmp_path / "moved")
    again = read_source(str(tmp_path / "moved" / "all.parquet"))
    assert again.uris[0] == str(tmp_path / "moved" / "pictures" / "a.jpg")


def test_rows_of_containers_keep_their_numbers(tmp_path: Path) -> None:
    (tmp_path / "faces.parquet").touch()
    rows = [
        {"uri": f"{tmp_path}/faces.parquet#{i}", "label": label}
        for i, label in enumerate(("male", "female"))
    ]
    write_portable(Manifest.from_rows(rows), tmp_path / "all.parquet")
    write_csv(Manifest.from_rows(rows), tmp_path / "all.csv")
    for name in ("all.parquet", "all.csv"):
        assert read_source(str(tmp_path / name)).uris == [row["uri"] for row in rows]


@pytest.mark.parametrize("name", ["all.parquet", "all.csv"])
def test_pictures_elsewhere_need_trust(
    manifest: Manifest, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "other" / name
    (write_csv if name.endswith("csv") else write_portable)(manifest, path)
    monkeypatch.setenv("GENDERLENS_CACHE_DIR", str(tmp_path / "of another user"))
    with pytest.raises(SourceNotFoundError, match=r"lies outside .*or trust it: --kind manifest"):
        read_source(str(path))
    assert read_source(str(path), kind="manifest").uris == manifest.uris


def test_trust_is_no_licence_for_what_is_no_picture_file(tmp_path: Path) -> None:
    rows = [{"uri": uri, "label": "male"} for uri in ("/dev/zero",)]
    write_manifest(Manifest.from_rows(rows), tmp_path / "all.parquet")
    with pytest.raises(SourceNotFoundError, match=r"row 0: picture /dev/zero is not a plain file"):
        read_source(str(tmp_path / "all.parquet"), kind="manifest")
    rows = [{"uri": "http://host/a.jpg", "label": "male"}]
    write_manifest(Manifest.from_rows(rows), tmp_path / "all.parquet")
    with pytest.raises(SourceNotFoundError, match="use a local path or one of s3://"):
        read_source(str(tmp_path / "all.parquet"), kind="manifest")


def test_what_is_no_manifest_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match="no manifest at"):
        read_source(str(tmp_path / "gone.parquet"), kind="manifest")
    (tmp_path / "a.parquet").write_text("text")
    with pytest.raises(ManifestError, match="cannot read a manifest"):
        read_source(str(tmp_path / "a.parquet"), kind="manifest")
    with pytest.raises(ManifestError, match="cannot read a manifest"):
        read_portable(tmp_path / "gone.parquet")
    (tmp_path / "a.csv").write_text("uri,label\na.jpg,nobody\n")
    (tmp_path / "a.jpg").touch()
    with pytest.raises(UnknownLabelError):
        read_source(str(tmp_path / "a.csv"), kind="manifest")


def test_one_file_has_one_full_address(
    manifest: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "set")
    uris = [
        f"{place}/pictures/a.jpg" for place in ("set", "link", "./set", f"file://{tmp_path}/set")
    ]
    rows = Manifest.from_rows({"uri": uri, "label": "male"} for uri in [*uris, "s3://b/a.jpg#3"])
    assert with_full_addresses(rows).uris == [manifest.uris[0]] * 4 + ["s3://b/a.jpg#3"]


def test_a_manifest_is_read_though_its_pictures_are_gone(
    manifest: Manifest, tmp_path: Path
) -> None:
    write_portable(manifest, tmp_path / "set" / "all.parquet")
    Path(manifest.uris[0]).unlink()
    assert read_portable(tmp_path / "set" / "all.parquet").uris == manifest.uris
