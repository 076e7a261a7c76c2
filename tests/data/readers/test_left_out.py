"""Read, refused and passed over are all that a source held, whatever kind it is of."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

import photos
from genderlens.data.readers import Options, Reading, read_source, read_with
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.errors import DataError, SourceNotFoundError, UnknownLabelError

JPEG = photos.encode(photos.portrait().resize((40, 40)))
HEIC = b"\0\0\0\x18ftypmif1\0\0\0\0mif1miaf"
PICTURES = ("a.jfif", "b.jpe", "c.mpo", "d.JPG", "e", "f.heic", "g.jpeg")
JUNK = ("._a.jpg", ".DS_Store", "Thumbs.db", ".thumbnails/a.jpg", "desktop.ini", "notes.txt")


def read(source: Path | str, **options: object) -> Reading:
    return read_with(str(source), Options(**options))  # type: ignore[arg-type]


def fill(folder: Path, names: tuple[str, ...], content: bytes = JPEG) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def files(root: Path) -> int:
    return sum(not path.is_dir() or path.is_symlink() for path in root.rglob("*"))


def test_class_folders_of_all_that_people_have(tmp_path: Path) -> None:
    for label in ("male", "female"):
        fill(tmp_path / label, PICTURES)
        fill(tmp_path / label, JUNK, b"text")
    fill(tmp_path, ("__MACOSX/male/._a.jpg", "README.md", ".git/HEAD", ".git/a/b"), b"text")
    fill(tmp_path / "male", ("new.heic",), HEIC)
    (tmp_path / "male" / "loop.jpg").symlink_to("loop.jpg")
    (tmp_path / "female" / "gone").symlink_to("nowhere")
    counts = read(tmp_path).counts()
    assert (counts["read"], counts["refused"], counts["passed_over"]) == (14, 3, 16)
    assert counts["found"] == files(tmp_path)
    assert any("new.heic is a picture in the format HEIC" in told for told in counts["refusals"])
    with pytest.raises(SourceNotFoundError):
        read_source(str(tmp_path))


def test_labels_in_file_names(tmp_path: Path) -> None:
    fill(tmp_path, tuple(f"male_{name}" for name in PICTURES))
    fill(tmp_path, ("female_1.jpg", "female_2"))
    fill(tmp_path, JUNK, b"text")
    os.mkfifo(tmp_path / "male_pipe.jpg")
    counts = read(tmp_path).counts()
    assert (counts["read"], counts["refused"], counts["passed_over"]) == (9, 1, 6)
    assert counts["found"] == files(tmp_path)


def add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


@pytest.mark.parametrize(
    ("name", "mode"), [("x.tar", "w"), ("x.tar.gz", "w:gz"), ("x.tgz", "w:gz")]
)
def test_a_tar_of_class_folders(tmp_path: Path, name: str, mode: str) -> None:
    with tarfile.open(tmp_path / name, mode) as tar:  # type: ignore[call-overload]
        for label in ("male", "female"):
            for part in ("Training", "dev"):
                add(tar, f"./faces/{part}/{label}/1.v2.jpg", JPEG)
                add(tar, f"./faces/{part}/{label}/2", JPEG)
                add(tar, f"./faces/{part}/{label}/._1.v2.jpg", b"mac")
        add(tar, "./faces/README.md", b"text")
        add(tar, "__MACOSX/faces/male/._2", b"mac")
    reading = read(tmp_path / name)
    assert reading.manifest.counts() == {"male": 4, "female": 4}
    assert reading.manifest.counts("split") == {"train": 4, "val": 4}
    assert list(iterate_image_bytes(reading.manifest)) == [JPEG] * 8
    assert list(iterate_image_bytes(reading.manifest.take([5, 0, 7, 1]))) == [JPEG] * 4
    counts = reading.counts()
    assert (counts["found"], counts["passed_over"]) == (14, 6)


def test_keys_with_dots_are_samples_of_their_own(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar", "w") as tar:
        for index in range(8):
            label = (b"male", b"female")[index % 2]
            add(tar, f"p{index:03d}.jpg", JPEG + bytes([index]))
            add(tar, f"p{index:03d}.cls", label)
            add(tar, f"p{index:03d}.v2.jpg", JPEG + bytes([100 + index]))
            if index < 4:
                add(tar, f"p{index:03d}.v2.cls", (b"male", b"female")[(index + 1) % 2])
        add(tar, "z.cls", b"male")
    reading = read(tmp_path / "x.tar")
    assert len(reading.manifest) == 16
    assert reading.manifest.labels[:4] == ["male", "female", "female", "male"]
    assert reading.manifest.labels[8:10] == ["male", "male"]
    assert reading.skipped.reasons == {"text without a picture": 1}


def test_a_gzip_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genderlens.data.sources.compressed._FREE_BYTES", 1_000_000)
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as tar:
        add(tar, "male/a.jpg", bytes(40_000_000))
    with pytest.raises(DataError, match=r"x\.tar\.gz .*it unpacks to more than"):
        read(tmp_path / "x.tar.gz")


def test_a_table_drops_what_is_missing_and_lists_it_all(tmp_path: Path) -> None:
    fill(tmp_path / "p", ("a.jpg", "b.jpg", "c d.jpg"))
    (tmp_path / "faces.csv").write_bytes(
        "\ufeffsep=;\r\nImage Path;Sex;Usage\r\np\\a.jpg;male;Training\r\np/gone.jpg;male;dev\r\n"
        "p/b.jpg;female;dev\r\n.\\p\\c d.jpg;female;Testing\r\np\\lost.jpg;female;dev\r\n".encode()
    )
    reading = read(tmp_path / "faces.csv")
    assert [Path(uri).name for uri in reading.manifest.uris] == ["a.jpg", "b.jpg", "c d.jpg"]
    assert reading.manifest.column("split") == ["train", "val", "test"]
    counts = reading.counts()
    assert (counts["found"], counts["read"], counts["refused"]) == (5, 3, 2)
    assert [told.partition(": ")[0][-6:] for told in counts["refusals"]] == ["line 4", "line 7"]
    with pytest.raises(SourceNotFoundError, match=r"line 4: picture .*gone\.jpg does not exist"):
        read_source(str(tmp_path / "faces.csv"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    "column", ["file_name", "image_path", "filepath", "Filename", "IMAGE PATH", "img", "image_id"]
)
def test_what_spreadsheets_write(tmp_path: Path, encoding: str, column: str) -> None:
    fill(tmp_path, ("a.jpg", "b.jpg"))
    text = f"{column}\tgender\r\na.jpg\tmale\r\nb.jpg\tfemale\r\n"
    (tmp_path / "faces.tsv").write_bytes(text.encode(encoding))
    assert read(tmp_path / "faces.tsv").manifest.labels == ["male", "female"]


def test_backslashes_lead_out_as_little_as_slashes(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    fill(tmp_path, ("secret.jpg", "in/odd\\name.jpg"))
    table = tmp_path / "in" / "t.csv"
    table.write_text("file,label\n..\\secret.jpg,male\n")
    with pytest.raises(SourceNotFoundError, match="lies outside"):
        read(table)
    table.write_text("file,label\nodd\\name.jpg,male\n")
    assert len(read(table).manifest) == 1


def test_a_split_column_of_another_name_is_adopted_and_half_of_one_refused(tmp_path: Path) -> None:
    fill(tmp_path, ("a.jpg", "b.jpg"))
    table = tmp_path / "t.csv"
    table.write_text("file,label,partition\na.jpg,male,train\nb.jpg,female,holdout\n")
    with pytest.raises(DataError, match=r"unknown split 'holdout' at .*column 'partition'"):
        read(table)
    table.write_text("file,label,partition\na.jpg,male,0\nb.jpg,female,1\n")
    assert read(table).manifest.column("partition") == ["0", "1"]
    assert read(table).manifest.column("split") == [None, None]


def test_words_of_folders_need_no_kind(tmp_path: Path) -> None:
    fill(tmp_path / "in", ("men/a.jpg", "women/b.jpg", "valid/men/c.jpg", "valid/women/d.jpg"))
    reading = read(tmp_path / "in", names={"men": "male", "women": "female"})
    assert reading.manifest.counts() == {"male": 2, "female": 2}
    assert reading.manifest.counts("split") == {None: 2, "val": 2}
    with pytest.raises(UnknownLabelError, match=r"unknown label 'men' at .*--label 'men=female'"):
        read(tmp_path / "in")
    fill(tmp_path / "numbers", ("0/a.jpg", "1/b"))
    assert read(tmp_path / "numbers", names={"0": "male", "1": "female"}).manifest.counts() == {
        "male": 1,
        "female": 1,
    }


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("valid", "val"),
        ("dev", "val"),
        ("testing", "test"),
        ("test_set", "test"),
        ("Train-1", "train"),
    ],
)
def test_folders_of_parts(tmp_path: Path, name: str, split: str) -> None:
    fill(tmp_path / "above", (f"{name}/male/a.jpg", f"{name}/female/b.jpg"))
    fill(tmp_path / "below", (f"male/{name}/a.jpg", f"female/{name}/b.jpg"))
    for layout in ("above", "below"):
        assert read(tmp_path / layout).manifest.counts("split") == {split: 2}, layout


def test_folders_that_cannot_be_told_apart_are_refused(tmp_path: Path) -> None:
    fill(tmp_path / "a", ("train/male/a.jpg", "male/b.jpg", "female/c.jpg"))
    with pytest.raises(DataError, match="male says no part, while others beside it say 'train'"):
        read(tmp_path / "a")
    assert len(read(tmp_path / "a", any_parts=True).manifest) == 3
    fill(tmp_path / "b", ("train/male/test/a.jpg", "train/female/b.jpg"))
    with pytest.raises(DataError, match="is of test and train by its folders"):
        read(tmp_path / "b")


def test_an_archive_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "faces.zip").write_bytes(b"PK\x03\x04rest")
    with pytest.raises(SourceNotFoundError, match="is a ZIP archive, which is not read; unpack"):
        read(tmp_path / "faces.zip")


def test_celeba_drops_what_is_missing(tmp_path: Path) -> None:
    fill(tmp_path / "img_align_celeba", ("1.jpg", "3.jpg", "4.jpg", ".DS_Store"))
    rows = "1.jpg 1\n2.jpg -1\n3.jpg -1\n"
    (tmp_path / "list_attr_celeba.txt").write_text(f"3\nMale\n{rows}")
    reading = read(tmp_path)
    assert reading.manifest.labels == ["male", "female"]
    assert (reading.skipped.refused, reading.skipped.passed_over) == (1, 2)
