from __future__ import annotations

import os
from pathlib import Path

import pytest

from genderlens.data.readers import read_source
from genderlens.errors import DataError, ManifestError, SourceNotFoundError, UnknownLabelError


def write(folder: Path, text: str, *, name: str = "faces.csv", encoding: str = "utf-8") -> str:
    (folder / "pictures").mkdir(exist_ok=True)
    for picture in ("a.jpg", "b.jpg"):
        (folder / "pictures" / picture).touch()
    (folder / name).write_bytes(text.encode(encoding))
    return str(folder / name)


def test_columns_become_labels_splits_and_attributes(tmp_path: Path) -> None:
    source = write(
        tmp_path,
        "Path,Gender,split,subject,age,\n"
        "pictures/a.jpg,male,train,p1,20-29,x\n"
        '"pictures/b.jpg",Female,,,"thirty, or so",\n',
        encoding="utf-8-sig",
    )
    manifest = read_source(source)
    assert manifest.uris == [str(tmp_path / "pictures" / name) for name in ("a.jpg", "b.jpg")]
    assert manifest.labels == ["male", "female"]
    assert manifest.column("split") == ["train", None]
    assert manifest.column("subject") == ["p1", None]
    assert manifest.attributes == ("age",)
    assert manifest.column("age") == ["20-29", "thirty, or so"]
    assert manifest.counts("source") == {tmp_path.name: 2}


@pytest.mark.parametrize("column", ["uri", "path", "file", "filename", "image"])
@pytest.mark.parametrize(("delimiter", "name"), [(";", "a.csv"), ("\t", "a.tsv")])
def test_path_columns_and_delimiters(
    tmp_path: Path, column: str, delimiter: str, name: str
) -> None:
    lines = (f"{column},label", "pictures/a.jpg,1", "pictures/b.jpg,0", "")
    source = write(tmp_path, "\n".join(lines).replace(",", delimiter), name=name)
    assert read_source(source, names={"1": "male", "0": "female"}).labels == ["male", "female"]


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../other/a.jpg", "pictures/../../b.jpg", "link.jpg", "pictures/../.."],
)
def test_a_path_that_leads_out_of_the_folder_is_refused(tmp_path: Path, path: str) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    (tmp_path / "secret.jpg").touch()
    (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    source = write(folder, f"path,label\npictures/a.jpg,male\n{path},female\n")
    with pytest.raises(SourceNotFoundError, match=r"line 3 names .* lies outside") as caught:
        read_source(source)
    assert repr(path) in caught.value.message


def test_a_path_may_wander_inside_the_folder(tmp_path: Path) -> None:
    inside = tmp_path / "pictures" / "b.jpg"
    source = write(tmp_path, f"path,label\npictures/../pictures/a.jpg,male\n{inside},female\n")
    assert [Path(uri).name for uri in read_source(source).uris] == ["a.jpg", "b.jpg"]


@pytest.mark.parametrize(
    ("row", "error", "message"),
    [
        ("pictures/gone.jpg,male", SourceNotFoundError, r"line 2: picture .*gone\.jpg does not"),
        ("s3://bucket/a.jpg,male", SourceNotFoundError, "a.jpg', which lies outside"),
        ("pictures,male", SourceNotFoundError, "is not a plain file"),
        ("pipe.jpg,male", SourceNotFoundError, "is not a plain file"),
        (",male", SourceNotFoundError, "line 2 names no picture"),
        ("a\0.jpg,male", SourceNotFoundError, "line 2 names no picture"),
        ("pictures/a.jpg,man", UnknownLabelError, "unknown label 'man' at .*line 2"),
        ("pictures/a.jpg,", UnknownLabelError, "unknown label None"),
        ("pictures/a.jpg", ManifestError, "line 2 has 1 cells, its header 2"),
        ("pictures/a.jpg,male,x", ManifestError, "line 2 has 3 cells, its header 2"),
        ('"pictures/a.jpg"x,male', ManifestError, "cannot be read as CSV"),
        ("x" * 200_000 + ",male", ManifestError, "cannot be read as CSV"),
    ],
)
@pytest.mark.timeout(10)
def test_what_is_wrong_with_a_row_is_said(
    tmp_path: Path, row: str, error: type[DataError], message: str
) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(error, match=message):
        read_source(write(tmp_path, f"path,label\n{row}\n"))


@pytest.mark.parametrize(
    ("header", "error", "message"),
    [
        ("name,label", ManifestError, "needs a column uri or path or"),
        ("path,kind", UnknownLabelError, "no label column; one of label, gender, sex"),
        ("path,label,Label", ManifestError, "two columns of one name"),
        ("", ManifestError, "needs a column"),
        ("path,split,label", ManifestError, "unknown split 'holdout' at .*line 2"),
    ],
)
def test_what_is_wrong_with_the_header_is_said(
    tmp_path: Path, header: str, error: type[DataError], message: str
) -> None:
    with pytest.raises(error, match=message):
        read_source(write(tmp_path, f"{header}\npictures/a.jpg,holdout,male\n"))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    source = write(tmp_path, "path,label\né.jpg,male\n", encoding="latin-1")
    with pytest.raises(ManifestError, match=r"faces\.csv cannot be read as CSV"):
        read_source(source)
    with pytest.raises(SourceNotFoundError, match="no CSV file at"):
        read_source(str(tmp_path / "gone.csv"))
