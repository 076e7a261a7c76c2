"""What the words of a command line stand for: found, read in order, and never lost."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

import genderlens
import photos
from clouds import serve_s3
from genderlens.data.sources.skipped import SkippedItems
from genderlens.errors import SettingsError, SourceNotFoundError
from genderlens.library.arguments import find_inputs
from genderlens.library.files import Refused
from genderlens.library.inputs import Input, InputOptions


@pytest.fixture(scope="module")
def predictor() -> genderlens.PhotoPredictor:
    return genderlens.load_predictor()


def find(*words: str, stdin: bytes = b"", skipped: SkippedItems | None = None) -> list[str]:
    inputs = find_inputs(words, skipped or SkippedItems(), io.BytesIO(stdin))
    return [one.name or "" for one in inputs]


def codes_of(predictor: genderlens.PhotoPredictor, words: list[str]) -> list[str | None]:
    inputs = find_inputs(words, SkippedItems(), io.BytesIO())
    return [result.error_code for result in predictor.batch(inputs)]


def test_folders_are_searched_and_links_out_of_them_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    for name in ("a/2.JPG", "a/1.png", "a/b/3.webp", "a/notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "a" / "b" / "loop").symlink_to(tmp_path / "a")
    found = find(str(tmp_path / "a"), "missing.jpg")
    assert [Path(name).name for name in found] == ["1.png", "2.JPG", "3.webp", "missing.jpg"]


def test_everything_gets_an_answer_in_order(
    predictor: genderlens.PhotoPredictor, tmp_path: Path
) -> None:
    good = tmp_path / "good.jpg"
    good.write_bytes(photos.encode(photos.portrait()))
    os.mkfifo(tmp_path / "pipe.jpg")
    words = [str(p) for p in (good, tmp_path / "no.jpg", tmp_path / "pipe.jpg", "/dev/zero", good)]
    assert find(*words) == words
    expected = [None, "file_not_found", "not_a_file", "not_a_file", None]
    assert codes_of(predictor, words) == expected


def test_more_files_than_are_in_flight_keep_their_order(
    predictor: genderlens.PhotoPredictor, tmp_path: Path
) -> None:
    files = [tmp_path / f"{index}.jpg" for index in range(60)]
    for index, file in enumerate(files):
        if index % 2:
            file.write_bytes(b"no picture")
    codes = codes_of(predictor, [str(file) for file in files])
    assert codes == ["file_not_found", "unsupported_format"] * 30


def test_a_huge_file_is_not_read(predictor: genderlens.PhotoPredictor, tmp_path: Path) -> None:
    huge = tmp_path / "huge.jpg"
    with huge.open("wb") as stream:
        stream.truncate(200_000_000)
    assert codes_of(predictor, [str(huge)]) == ["file_too_large"]


def test_pictures_in_folders_are_known_by_content_and_the_rest_is_counted(
    predictor: genderlens.PhotoPredictor, tmp_path: Path
) -> None:
    picture = photos.encode(photos.portrait())
    for name in ("a.jfif", "b", "c.HEIC", "d.mpo"):
        (tmp_path / name).write_bytes(picture)
    for name in ("notes.txt", "._a.jpg", ".thumbnails/b.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(picture if name != "notes.txt" else b"x")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "new.heif").write_bytes(b"\0\0\0\x18ftypmif1\0\0\0\0mif1miaf")
    skipped = SkippedItems()
    found = find(str(tmp_path), skipped=skipped)
    codes = dict(
        zip((Path(name).name for name in found), codes_of(predictor, [str(tmp_path)]), strict=True)
    )
    read = {"a.jfif", "b", "c.HEIC", "d.mpo"}
    assert {name for name, code in codes.items() if code is None} == read
    assert codes["new.heif"] == "unsupported_format"
    assert codes["loop"] in {"file_not_found", "file_not_readable"}
    assert skipped.passed_over == 3


def test_a_folder_without_pictures_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(SourceNotFoundError, match=r"no picture is in .*: 1 × .txt file"):
        find(str(tmp_path))


def test_globs_match_pictures_relative_as_they_were_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    for name in ("a/2.jpg", "a/1.jpg", "a/b/3.jpg", "a/notes.txt", "odd [1].jpg"):
        (tmp_path / name).write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    skipped = SkippedItems()
    assert find("a/*", skipped=skipped) == ["a/1.jpg", "a/2.jpg"]
    assert skipped.passed_over == 1
    assert find("a/**/*.jpg") == ["a/1.jpg", "a/2.jpg", "a/b/3.jpg"]
    assert find(str(tmp_path / "a" / "*.jpg")) == [
        str(tmp_path / "a" / n) for n in ("1.jpg", "2.jpg")
    ]
    assert find("odd [1].jpg", "none/*.jpg") == ["odd [1].jpg", "none/*.jpg"]


def test_a_list_names_pictures_folders_and_globs_of_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "f").mkdir()
    for name in ("1.jpg", "f/2.jpg", "g3.jpg"):
        (tmp_path / name).write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    text = b"\xef\xbb\xbf1.jpg\r\n\nf\ng*.jpg\ngone.jpg"
    (tmp_path / "lists" / "all.txt").write_bytes(text)
    expected = ["1.jpg", "f/2.jpg", "g3.jpg", "gone.jpg"]
    assert find("@lists/all.txt") == expected
    assert find("@-", stdin=text) == expected
    with pytest.raises(SourceNotFoundError, match=r"begins with @ is given as \./@name"):
        find("@none.txt")


def test_stdin_is_one_picture(predictor: genderlens.PhotoPredictor) -> None:
    stdin = io.BytesIO(photos.encode(photos.portrait()))
    (result,) = predictor.batch(find_inputs(["-"], SkippedItems(), stdin))
    assert (result.label, result.source) == ("female", "-")
    assert result.plot().size == photos.portrait().size
    with pytest.raises(SettingsError, match="stdin can be read once"):
        find("-", "@-")


def test_more_bytes_than_a_file_may_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genderlens.library.inputs.MAX_FILE_BYTES", 10)
    assert Input(bytes(10)).read(InputOptions()) == bytes(10)
    refused = Input(bytes(11)).read(InputOptions())
    assert isinstance(refused, Refused)
    assert refused.code == "file_too_large"


def test_the_web_is_not_asked() -> None:
    with pytest.raises(SettingsError, match=r"curl -s ADDRESS \| genderlens predict -"):
        find("https://example.org/a.jpg")


def test_clouds_have_pictures_folders_and_globs(predictor: genderlens.PhotoPredictor) -> None:
    with serve_s3() as files:
        files.mkdir("photos")
        picture = photos.encode(photos.portrait())
        for name in ("a.jpg", "deep/b.jpg", "deep/.hidden.jpg", "deep/notes.txt"):
            files.pipe(f"photos/{name}", picture)
        skipped = SkippedItems()
        assert find("s3://photos/deep", skipped=skipped) == ["s3://photos/deep/b.jpg"]
        assert skipped.passed_over == 2
        assert find("s3://photos/*.jpg") == ["s3://photos/a.jpg", "s3://photos/deep/b.jpg"]
        assert codes_of(predictor, ["s3://photos/a.jpg", "s3://photos/no.jpg"]) == [
            None,
            "file_not_found",
        ]
        assert [bool(result) for result in predictor("s3://photos/deep")] == [True]
