"""Every command that reads a folder says what it found, read, refused and passed over."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import CompletedProcess, run
from typing import Any

import pytest

import photos
from forks import forked

HEIC = b"\0\0\0\x18ftypmif1\0\0\0\0mif1miaf"


def genderlens(*arguments: object, home: Path) -> CompletedProcess[str]:
    return run(
        forked(*arguments),
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "200", "HOME": str(home)},
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four pictures under odd names, one that is not read, a bad link, and three other files."""
    root = tmp_path / "in"
    names = ("male/a.jfif", "male/b", "female/c.JPE", "female/d.heic")
    for name, image in zip(names, photos.landscapes().values(), strict=True):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(photos.encode(image.resize((80, 60))))
    (root / "male" / "new.heic").write_bytes(HEIC)
    (root / "male" / "self.jpg").symlink_to("self.jpg")
    for name in ("male/notes.txt", "female/._c.JPE", ".thumbnails/x.jpg"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(b"x")
    return root


def counts(document: dict[str, Any]) -> tuple[int, ...]:
    found = tuple(document[name] for name in ("found", "read", "refused", "passed_over"))
    assert found[0] == sum(found[1:])
    return found


def test_inspect(folder: Path, tmp_path: Path) -> None:
    done = genderlens("data", "inspect", folder, "--json", home=tmp_path)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert counts(document) == (9, 4, 2, 3)
    assert document["pictures"] == 4
    assert "9 found: 4 read, 2 refused, 3 files passed over" in done.stderr
    assert "new.heic is a picture in the format HEIC" in done.stderr
    assert "self.jpg" in done.stderr
    strict = genderlens("data", "inspect", folder, "--strict", home=tmp_path)
    assert strict.returncode == 4
    assert "Traceback" not in strict.stderr


def test_check_and_convert(folder: Path, tmp_path: Path) -> None:
    done = genderlens("data", "check", folder, "--json", "--no-people", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert counts(json.loads(done.stderr.splitlines()[-1])) == (9, 4, 2, 3)
    done = genderlens("data", "convert", folder, "--out", tmp_path / "out", home=tmp_path)
    assert "wrote 4 pictures" in done.stdout
    assert "9 found: 4 read, 2 refused, 3 files passed over" in done.stderr


def test_label(folder: Path, tmp_path: Path) -> None:
    done = genderlens("label", folder, "--dry-run", "--json", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert counts(json.loads(done.stdout)) == (9, 5, 1, 3)
    out = tmp_path / "out"
    done = genderlens("label", folder, "--out", out, "--json", "--workers", 1, home=tmp_path)
    assert done.returncode == 3, done.stderr
    assert counts(json.loads(done.stdout)) == (9, 4, 2, 3)
    again = genderlens("label", folder, "--out", out, "--workers", 1, home=tmp_path)
    assert "9 found: 4 read, 2 refused, 3 files passed over" in again.stdout


def test_predict(folder: Path, tmp_path: Path) -> None:
    done = genderlens("predict", folder, home=tmp_path)
    assert done.returncode == 3
    assert "9 found: 4 read, 2 refused, 3 files passed over" in done.stderr
    listed = genderlens("predict", folder, "--json", home=tmp_path)
    assert len(listed.stdout.splitlines()) == 6
    assert counts(json.loads(listed.stderr.splitlines()[-1])) == (9, 4, 2, 3)
    empty = genderlens("predict", folder / "male" / "nothing", folder.parent, home=tmp_path)
    assert empty.returncode == 3
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("x")
    empty = genderlens("predict", tmp_path / "texts", home=tmp_path)
    assert empty.returncode == 4
    assert "no picture is in" in empty.stderr


def test_evaluate(folder: Path, tmp_path: Path) -> None:
    words = ("--faces", "cropped", "--no-pictures", "--json", "--out", tmp_path / "report")
    done = genderlens("evaluate", "default", "--data", folder, *words, home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert counts(json.loads(done.stdout)) == (9, 4, 2, 3)


def test_a_manifest_that_check_wrote_is_a_source(folder: Path, tmp_path: Path) -> None:
    findings = tmp_path / "findings"
    words = ("--no-people", "--drop", "unreadable,duplicates", "--out", findings)
    done = genderlens("data", "check", folder, *words, home=tmp_path)
    assert done.returncode == 0, done.stderr
    for source in (findings / "manifest.parquet", findings):
        done = genderlens("data", "inspect", source, "--json", home=tmp_path)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["pictures"] == 4
    other = genderlens("data", "inspect", findings, "--json", home=tmp_path / "other")
    assert other.returncode == 4
    assert "--kind manifest" in other.stderr
