"""Local files: found, read in order, and never lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import photos
from genderlens.data.sources.skipped import SkippedItems
from genderlens.errors import SourceNotFoundError
from genderlens.inference.files import find_pictures, predict_files
from genderlens.inference.predictor import Predictor, create_predictor
from genderlens.settings import Settings


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return create_predictor(Settings())


def test_folders_are_searched_and_links_out_of_them_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    for name in ("a/2.JPG", "a/1.png", "a/b/3.webp", "a/notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "a" / "b" / "loop").symlink_to(tmp_path / "a")
    found = find_pictures([str(tmp_path / "a"), "missing.jpg"])
    assert [p.name for p in found] == ["1.png", "2.JPG", "3.webp", "missing.jpg"]


def test_everything_gets_an_answer_in_order(predictor: Predictor, tmp_path: Path) -> None:
    good = tmp_path / "good.jpg"
    good.write_bytes(photos.encode(photos.portrait()))
    os.mkfifo(tmp_path / "pipe.jpg")
    files = [good, tmp_path / "missing.jpg", tmp_path / "pipe.jpg", Path("/dev/zero"), good]
    answers = list(predict_files(predictor, files))
    assert [path for path, _ in answers] == files
    assert [answer.error_code for _, answer in answers] == [
        None,
        "file_not_found",
        "not_a_file",
        "not_a_file",
        None,
    ]


def test_more_files_than_are_in_flight_keep_their_order(
    predictor: Predictor, tmp_path: Path
) -> None:
    files = [tmp_path / f"{index}.jpg" for index in range(60)]
    for index, file in enumerate(files):
        if index % 2:
            file.write_bytes(b"no picture")
    codes = [answer.error_code for _, answer in predict_files(predictor, files)]
    assert codes == ["file_not_found", "unsupported_format"] * 30


def test_a_huge_file_is_not_read(predictor: Predictor, tmp_path: Path) -> None:
    huge = tmp_path / "huge.jpg"
    with huge.open("wb") as stream:
        stream.truncate(200_000_000)
    ((_, answer),) = predict_files(predictor, [huge])
    assert answer.error_code == "file_too_large"


def test_pictures_in_folders_are_known_by_content_and_the_rest_is_counted(
    predictor: Predictor, tmp_path: Path
) -> None:
    picture = photos.encode(photos.portrait())
    for name in ("a.jfif", "b", "c.HEIC", "d.mpo"):
        (tmp_path / name).write_bytes(picture)
    for name in ("notes.txt", "._a.jpg", ".thumbnails/b.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(picture if name != "notes.txt" else b"x")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "new.heif").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    ledger = SkippedItems()
    files = find_pictures([str(tmp_path)], ledger)
    codes = {path.name: answer.error_code for path, answer in predict_files(predictor, files)}
    assert {name for name, code in codes.items() if code is None} == {
        "a.jfif",
        "b",
        "c.HEIC",
        "d.mpo",
    }
    assert codes["new.heif"] == "unsupported_format"
    assert codes["loop"] in {"file_not_found", "file_not_readable"}
    assert ledger.passed_over == 3


def test_a_folder_without_pictures_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(SourceNotFoundError, match=r"no picture is in .*: 1 × .txt file"):
        find_pictures([str(tmp_path)])
