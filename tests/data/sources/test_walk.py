from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

import photos
from genderlens.data.sources.junk import HIDDEN
from genderlens.data.sources.skipped import SkippedItems
from genderlens.data.sources.walk import LINK_TO_FOLDER, NOT_PLAIN, walk_folder

JPEG = photos.encode(photos.portrait().resize((40, 40)))


def walk(folder: Path) -> tuple[list[str], list[str], SkippedItems]:
    """Names of what is told, names of what is refused, and what is skipped."""
    skipped = SkippedItems()
    found = sorted(walk_folder(str(folder), skipped))
    told = [Path(path).name for path, refusal in found if not refusal]
    return told, [Path(path).name for path, refusal in found if refusal], skipped


def six_pictures(folder: Path) -> None:
    for index in range(6):
        path = folder / ("sub" if index > 3 else ".") / f"{index}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(JPEG)


@pytest.mark.parametrize("target", ["self", "0.jpg/x", "nowhere", "self/.."])
@pytest.mark.parametrize("name", ["self", "self.jpg"])
def test_a_bad_link_costs_itself(tmp_path: Path, name: str, target: str) -> None:
    six_pictures(tmp_path)
    (tmp_path / name).symlink_to(target.replace("self", name))
    told, refused, _ = walk(tmp_path)
    assert [n for n in told if n != name] == [f"{index}.jpg" for index in range(6)]
    assert len(told) + len(refused) == 7


def test_loops_and_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    six_pictures(tmp_path / "in")
    (tmp_path / "in" / "sub" / "up").symlink_to("..")
    (tmp_path / "in" / "other").symlink_to(tmp_path)
    told, refused, skipped = walk(tmp_path / "in")
    assert (len(told), refused) == (6, [])
    assert skipped.reasons == {LINK_TO_FOLDER: 2}


def test_a_listing_that_breaks_off_keeps_what_it_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    six_pictures(tmp_path)
    scan = os.scandir

    class Stale:
        """A listing whose mount goes away behind its entries."""

        def __init__(self, path: str) -> None:
            self.entries = scan(path)

        def __enter__(self) -> Stale:
            return self

        def __exit__(self, *_: object) -> None:
            self.entries.close()

        def __iter__(self) -> object:
            yield from self.entries
            raise OSError(116, "Stale file handle")

    monkeypatch.setattr(os, "scandir", lambda p: Stale(p) if p == str(tmp_path) else scan(p))
    told, refused, _ = walk(tmp_path)
    assert told == [f"{index}.jpg" for index in range(6)]
    assert refused == [tmp_path.name]


def test_an_entry_without_permission_costs_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    six_pictures(tmp_path)
    (tmp_path / "locked").write_bytes(JPEG)
    open_file = Path.open

    def guarded(path: Path, *arguments: object) -> object:
        if path.name == "locked":
            raise PermissionError(13, "Permission denied")
        return open_file(path, *arguments)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", guarded)
    told, refused, _ = walk(tmp_path)
    assert (len(told), refused) == (6, ["locked"])


def test_pictures_by_content_and_the_rest_with_reasons(tmp_path: Path) -> None:
    pictures = ("a.jfif", "b.jpe", "c.mpo", "d.JPG", "e", "f.heic", "g.data", "h.png")
    for name in pictures:
        (tmp_path / name).write_bytes(JPEG)
    others = ("notes.txt", ".DS_Store", "._a.jpg", "Thumbs.db", ".thumbnails/x.jpg", "__MACOSX/y/z")
    for name in others:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"text")
    os.mkfifo(tmp_path / "pipe")
    told, refused, skipped = walk(tmp_path)
    assert told == sorted(pictures)
    assert refused == []
    assert skipped.reasons == {".txt file, no picture": 1, HIDDEN: 5, NOT_PLAIN: 1}
    files = [path for path in tmp_path.rglob("*") if not path.is_dir()]
    assert len(told) + skipped.passed_over == len(files)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_foreign_format_is_told_to_be_refused_by_whoever_reads_it(tmp_path: Path) -> None:
    (tmp_path / "a.heic").write_bytes(b"\0\0\0\x18ftypmif1\0\0\0\0mif1miaf")
    assert walk(tmp_path)[0] == ["a.heic"]
