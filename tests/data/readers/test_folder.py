from __future__ import annotations

from pathlib import Path

import pytest

from genderlens.data.readers import list_kinds, read_source
from genderlens.errors import EmptyClassError, SourceNotFoundError, UnknownLabelError


def touch(root: Path, *names: str) -> str:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return str(root)


def test_class_folders_give_the_labels(tmp_path: Path) -> None:
    source = touch(tmp_path / "set", "male/b.jpg", "male/a.PNG", "Female/c.webp")
    manifest = read_source(source)
    assert [Path(uri).name for uri in manifest.uris] == ["c.webp", "a.PNG", "b.jpg"]
    assert manifest.labels == ["female", "male", "male"]
    assert manifest.counts("source") == {"set": 3}
    assert manifest.counts("split") == {None: 3}


def test_split_folders_give_the_splits(tmp_path: Path) -> None:
    names = ("train/male/a.jpg", "Validation/female/b.jpg", "test/male/c.jpg")
    manifest = read_source(touch(tmp_path, *names))
    splits = dict(zip(manifest.labels, manifest.column("split"), strict=True))
    assert splits == {"female": "val", "male": "train"}
    assert manifest.counts("split") == {"train": 1, "val": 1, "test": 1}


def test_a_file_url_is_a_local_path(tmp_path: Path) -> None:
    source = touch(tmp_path, "male/a.jpg", "female/b.jpg")
    assert len(read_source(f"file://{source}")) == 2


def test_a_relative_source_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path / "set", "male/a.jpg", "female/b.jpg")
    monkeypatch.chdir(tmp_path / "set")
    assert read_source(".").counts("source") == {"set": 2}


def test_given_names_are_known_too(tmp_path: Path) -> None:
    source = touch(tmp_path, "Men/a.jpg", "Women/b.jpg")
    names = {"Men": "male", "women": "female"}
    manifest = read_source(source, kind="folder", names=names)  # type: ignore[arg-type]
    assert manifest.labels == ["male", "female"]


@pytest.mark.parametrize("stray", ["unsure/x.jpg", "train/kids/x.jpg"])
def test_an_unknown_class_folder_is_named(tmp_path: Path, stray: str) -> None:
    source = touch(tmp_path, "male/a.jpg", "female/b.jpg", stray)
    with pytest.raises(UnknownLabelError) as caught:
        read_source(source)
    assert str((tmp_path / stray).parent) in caught.value.message
    assert "known are female, male" in caught.value.message


def test_a_folder_inside_a_class_folder_is_named(tmp_path: Path) -> None:
    source = touch(tmp_path, "male/more/a.jpg", "female/b.jpg")
    with pytest.raises(UnknownLabelError, match=r"stray folder .*male.more"):
        read_source(source)


@pytest.mark.parametrize("stray", ["loose.jpg", "val/loose.png"])
def test_a_picture_outside_the_class_folders_is_named(tmp_path: Path, stray: str) -> None:
    source = touch(tmp_path, "male/a.jpg", "female/b.jpg", stray)
    with pytest.raises(UnknownLabelError, match=r"loose\.\w+ lies outside the class folders"):
        read_source(source)


def test_hidden_things_and_other_files_are_left_alone(tmp_path: Path) -> None:
    source = touch(
        tmp_path,
        "male/a.jpg",
        "female/b.jpg",
        "male/Thumbs.db",
        "male/.c.jpg",
        "male/.cache/d.jpg",
        ".git/e.jpg",
        ".f.jpg",
        "README.md",
    )
    assert [Path(uri).name for uri in read_source(source).uris] == ["b.jpg", "a.jpg"]


def test_an_empty_class_is_an_error(tmp_path: Path) -> None:
    source = touch(tmp_path, "male/a.jpg", "female/notes.txt")
    with pytest.raises(EmptyClassError, match="'female' among 1"):
        read_source(source)


@pytest.mark.parametrize("kind", [None, "folder"])
def test_nothing_at_the_place_is_an_error(tmp_path: Path, kind: str | None) -> None:
    with pytest.raises(SourceNotFoundError, match="gone"):
        read_source(str(tmp_path / "gone"), kind=kind)


@pytest.mark.parametrize("scheme", ["http", "ftp", "memory", "simplecache::s3"])
def test_a_scheme_that_is_no_cloud_is_refused(scheme: str) -> None:
    with pytest.raises(SourceNotFoundError, match=r"one of s3://, gs://"):
        read_source(f"{scheme}://host/faces.parquet")


def test_an_unknown_kind_lists_the_known_ones(tmp_path: Path) -> None:
    assert {"folder", "parquet"} <= set(list_kinds())
    with pytest.raises(SourceNotFoundError, match="unknown kind 'zip'; readable kinds are folder"):
        read_source(str(tmp_path), kind="zip")
