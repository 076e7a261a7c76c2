from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path
from subprocess import run

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clouds import serve_bucket, serve_s3, upload
from genderlens.data.sources.skipped import SkippedItems
from genderlens.errors import DataError, SourceNotFoundError
from genderlens.labelling.inputs.items import Item
from genderlens.labelling.inputs.sources import iterate_items, normal_source
from labelling.jobs import write_pictures


def names(source: Path | str, **options: bool) -> list[str]:
    return [Path(item.uri).name for item in iterate_items(str(source), **options)]


def test_a_folder_in_the_order_of_names_without_hidden_and_other_files(tmp_path: Path) -> None:
    write_pictures(tmp_path / "in", 3)
    for name in (".hidden.png", "notes.txt", "a/.b/c.png"):
        path = tmp_path / "in" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    os.mkfifo(tmp_path / "in" / "pipe.png")
    assert names(tmp_path / "in") == ["000.png", "002.png", "001.png", "pipe.png"]


def test_a_folder_that_cannot_be_listed_is_one_refused_item(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pictures(tmp_path / "in", 2)
    scan = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("/b"):
            raise PermissionError("no")
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    whole, refused = iterate_items(str(tmp_path / "in"))
    assert not whole.refusal
    assert "cannot be listed" in refused.refusal


def test_a_pattern_and_a_single_picture(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path, 4)
    assert names(f"{folder}/**/00[12].png") == ["002.png", "001.png"]
    assert names(folder / "a" / "000.png") == ["000.png"]


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match="nothing is at"):
        names(tmp_path / "missing")
    with pytest.raises(SourceNotFoundError, match=r"nowhere\.txt"):
        names(tmp_path / "nowhere.txt")


def test_a_list_keeps_its_order_and_opens_only_what_lies_below_it(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "in", 2)
    (tmp_path / "other.png").write_bytes(b"x")
    (folder / "link.png").symlink_to(tmp_path / "other.png")
    lines = [
        "b/001.png",
        "",
        "a/000.png",
        "../other.png",
        "/etc/passwd",
        "link.png",
        "s3://x/y.png",
    ]
    (folder / "list.txt").write_bytes("\ufeff".encode() + "\r\n".join(lines).encode())
    items = list(iterate_items(str(folder / "list.txt")))
    assert [bool(item.refusal) for item in items] == [False, False, True, True, True, True]
    assert items[0].uri == str(folder / "b" / "001.png")
    assert "--trusted" in items[3].refusal
    trusted = list(iterate_items(str(folder / "list.txt"), trusted=True))
    assert not any(item.refusal for item in trusted)
    assert trusted[3].uri == "/etc/passwd"


def test_parquet_of_pictures_of_addresses_and_of_neither(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"image": [b"x", b"y"]}), path)
    assert [item.uri for item in iterate_items(str(path))] == [f"{path}#0", f"{path}#1"]
    pq.write_table(pa.table({"uri": ["a.png", None, "/b.png"]}), path)
    assert [bool(item.refusal) for item in iterate_items(str(path))] == [False, True, True]
    pq.write_table(pa.table({"x": [1]}), path)
    with pytest.raises(DataError, match="neither a column 'image'"):
        names(path)


def test_containers_in_a_folder_are_opened_and_damage_costs_what_lies_behind_it(
    tmp_path: Path,
) -> None:
    pq.write_table(pa.table({"image": [b"x", b"y"]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"uri": ["a"]}), tmp_path / "b.parquet")
    (tmp_path / "c.parquet").write_bytes(b"no")
    with tarfile.open(tmp_path / "d.tar", "w") as tar:
        for name in ("1.png", "1.json", "2.png"):
            member = tarfile.TarInfo(name)
            member.size = 3
            tar.addfile(member, io.BytesIO(b"abc"))
    content = (tmp_path / "d.tar").read_bytes()
    (tmp_path / "e.tar").write_bytes(content[:1024] + b"\xff" * 4096)
    items = list(iterate_items(str(tmp_path)))
    assert [(Path(item.uri).name, bool(item.refusal)) for item in items] == [
        ("a.parquet#0", False),
        ("a.parquet#1", False),
        ("c.parquet", True),
        ("d.tar#0", False),
        ("d.tar#2048", False),
        ("e.tar#0", False),
        ("e.tar", True),
    ]


def test_an_s3_prefix_page_by_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_pictures(tmp_path / "in", 5)
    (folder / "a" / "notes.txt").write_text("x")
    with serve_s3() as files:
        uri = upload(files, folder, "prefixes")
        files.pipe_file("prefixes/in2/x.png", b"x")
        call = type(files).call_s3

        def two_at_a_time(self: object, method: str, **arguments: object) -> object:
            return call(self, method, **arguments, MaxKeys=2)

        monkeypatch.setattr(type(files), "call_s3", two_at_a_time)
        found = [item.uri.removeprefix(uri + "/") for item in iterate_items(uri)]
        assert found == ["a/000.png", "a/002.png", "a/004.png", "b/001.png", "b/003.png"]
        assert names("s3://prefixes/in/*1.png") == ["001.png"]
        assert list(iterate_items(f"{uri}/a/000.png")) == [Item(f"{uri}/a/000.png")]
        with pytest.raises(SourceNotFoundError):
            names("s3://prefixes/missing")
        with pytest.raises(SourceNotFoundError, match="no bucket 'nowhere'"):
            names("s3://nowhere/*.png")


def test_a_bucket_of_another_cloud(tmp_path: Path) -> None:
    objects = dict.fromkeys(("a.png", "in/b.png", "in/c/d.jpg", "in/.e/f.png", "in/g.txt"), b"x")
    with serve_bucket("bucket", objects):
        assert names("gs://bucket") == ["a.png", "b.png", "d.jpg"]
        assert names("gs://bucket/in/") == ["b.png", "d.jpg"]
        assert names("gs://bucket/in/*.png") == ["b.png"]
        assert list(iterate_items("gs://bucket/a.png")) == [Item("gs://bucket/a.png")]


def test_a_source_is_known_by_its_absolute_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert normal_source("in/") == str(tmp_path / "in")
    assert normal_source("s3://a/b/") == "s3://a/b"


@pytest.mark.parametrize("target", ["self.png", "a/000.png/x", "nowhere.png"])
def test_one_bad_link_does_not_lose_a_folder(tmp_path: Path, target: str) -> None:
    folder = write_pictures(tmp_path / "in", 6)
    (folder / "self.png").symlink_to(target)
    items = list(iterate_items(str(folder)))
    good = [Path(item.uri).name for item in items if Path(item.uri).name != "self.png"]
    assert sorted(good) == [f"{index:03d}.png" for index in range(6)]
    assert len(items) == 7


def test_what_is_passed_over_is_counted_with_its_reason(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "in", 3)
    picture = (folder / "a" / "000.png").read_bytes()
    for name in ("b.jfif", "c", "d.HEIC", "e.dat"):
        (folder / name).write_bytes(picture)
    for name in ("notes.txt", ".DS_Store", "Thumbs.db", "__MACOSX/x.png", ".thumbnails/x.png"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"x")
    pq.write_table(pa.table({"uri": ["a"]}), folder / "b.parquet")
    with tarfile.open(folder / "f.tar.gz", "w:gz") as tar:
        for name in ("x/1.v2.png", "x/2", "x/1.json", "._1.png"):
            member = tarfile.TarInfo(name)
            member.size = len(picture)
            tar.addfile(member, io.BytesIO(picture if "json" not in name else bytes(len(picture))))
    skipped = SkippedItems()
    found = [Path(item.uri).name for item in iterate_items(str(folder), skipped=skipped)]
    assert len(found) == 9
    assert found[-2:] == ["f.tar.gz#0", f"f.tar.gz#{512 + -(-len(picture) // 512) * 512}"]
    assert sum(skipped.reasons.values()) == 8
    assert skipped.reasons["Parquet file without a column 'image'"] == 1


def test_a_csv_is_a_list(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "in", 2)
    (tmp_path / "other.png").write_bytes(b"x")
    table = folder / "list.csv"
    table.write_text("sep=;\nname;Image Path\n1;a\\000.png\n2;b/001.png\n3;../other.png\n4;\n")
    items = list(iterate_items(str(table)))
    assert [bool(item.refusal) for item in items] == [False, False, True, True]
    assert items[0].uri == str(folder / "a" / "000.png")
    assert "line 6 names no picture" in items[3].refusal
    table.write_text("name;age\n1;2\n")
    with pytest.raises(DataError, match="its columns are name, age"):
        names(table)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.zip", b"PK\x03\x04", "is a ZIP archive; unpack it and give the folder"),
        ("x.rar", b"Rar!\x1a\x07\x00", "is a RAR archive"),
        (
            "x.pdf",
            b"%PDF-1.7",
            r"no source of pictures \(.pdf file, no picture\); give a folder",
        ),
        ("x.json", b"{}", "is no source of pictures"),
    ],
)
def test_a_file_that_is_no_source_says_so(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message):
        names(tmp_path / name)


def test_a_picture_of_any_name_is_a_source(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path, 1)
    picture = (folder / "a" / "000.png").read_bytes()
    for name in ("photo", "photo.heic", "photo.csv_old"):
        (tmp_path / name).write_bytes(picture)
        assert names(tmp_path / name) == [name]


def test_an_s3_prefix_by_content(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "in", 1)
    picture = (folder / "a" / "000.png").read_bytes()
    for name in ("photo", "b.jfif", "c.data", "notes", "d.txt", "._a.png", "__MACOSX/e.png"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"x" if name in ("notes", "d.txt") else picture)
    skipped = SkippedItems()
    with serve_s3() as files:
        uri = upload(files, folder, "contents")
        found = [Path(item.uri).name for item in iterate_items(uri, skipped=skipped)]
    assert found == ["000.png", "b.jfif", "c.data", "photo"]
    assert skipped.passed_over == 4


@pytest.mark.timeout(60)
def test_a_pattern_walks_no_loop_and_passes_over_what_is_no_picture(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "in", 4)
    for name in ("one", "two", "three"):
        (folder / name).symlink_to(".")
        (folder / "a" / name).symlink_to("..")
    for name in ("notes.txt", "Thumbs.db", ".hidden.png"):
        (folder / name).write_bytes(b"x")
    (folder / "photo").write_bytes((folder / "a" / "000.png").read_bytes())
    (folder / "b" / "self.png").symlink_to("self.png")
    for pattern in ("**", "**/*", "**/**/*"):
        skipped = SkippedItems()
        items = list(iterate_items(f"{folder}/{pattern}", skipped=skipped))
        found = sorted(Path(item.uri).name for item in items)
        assert found == ["000.png", "001.png", "002.png", "003.png", "photo", "self.png"], pattern
        assert skipped.passed_over == 2, pattern
    assert names(f"{folder}/*/00[0-1].png") == ["000.png", "001.png"]
    assert names(f"{folder}/?/*3.png") == ["003.png"]
    assert names(f"{folder}/a/**/*.png") == ["000.png", "002.png"]
    assert names(f"{folder}/.*.png") == [".hidden.png"]
    assert names(f"{folder}/nothing/*.png") == []


def test_folders_in_folders_without_end(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "in", 1)
    here = os.open(folder, os.O_RDONLY)
    for _ in range(1200):  # deeper than Python calls in calls
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    try:
        assert names(folder) == ["000.png"]
        assert names(f"{folder}/**/*.png") == ["000.png"]
    finally:  # which Python itself removes only where it calls that deep
        run(["rm", "-rf", str(folder)], check=True)
