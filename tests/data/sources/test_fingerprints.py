from __future__ import annotations

import os
from pathlib import Path

import pytest

import photos
from genderlens.data.manifest import Manifest
from genderlens.data.sources.fingerprints import Fingerprint, take_fingerprint, take_fingerprints
from genderlens.errors import DataError, UnsupportedFormatError


@pytest.mark.timeout(20)
def test_every_row_gets_its_fingerprint_or_its_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = photos.encode(photos.portrait())
    (tmp_path / "b.jpg").write_bytes(content)
    (tmp_path / "a.jpg").write_text("no picture")
    os.mkfifo(tmp_path / "pipe.jpg")
    names = ("b.jpg", "gone.jpg", "a.jpg", "pipe.jpg", "b.jpg")
    rows = [{"uri": str(tmp_path / name), "label": "male"} for name in names]
    first, gone, text, pipe, again = take_fingerprints(Manifest.from_rows(rows))
    assert isinstance(first, Fingerprint)
    assert isinstance(again, Fingerprint)
    assert first.sha256 == again.sha256
    assert first.hash == again.hash
    assert first.thumbnail.shape == (256,)
    assert isinstance(gone, DataError)
    assert isinstance(text, UnsupportedFormatError)
    assert isinstance(pipe, DataError)
    assert "not a plain file" in pipe.message
    assert capsys.readouterr().err == ""


def test_more_rows_than_wait_at_a_time_stay_in_order(tmp_path: Path) -> None:
    names = ["cat", "coffee", "temple", "flower"]
    for name in names:
        (tmp_path / name).write_bytes(photos.encode(photos.landscapes()[name].resize((64, 64))))
    rows = [{"uri": str(tmp_path / names[i * 7 % 4]), "label": "male"} for i in range(60)]
    taken = take_fingerprints(Manifest.from_rows(rows), progress=False)
    expected = [take_fingerprint((tmp_path / names[i * 7 % 4]).read_bytes()) for i in range(60)]
    digests = [f.sha256 for f in taken if isinstance(f, Fingerprint)]
    assert digests == [f.sha256 for f in expected if isinstance(f, Fingerprint)]
    assert len(set(digests)) == 4


def test_no_rows_no_fingerprints() -> None:
    assert take_fingerprints(Manifest.from_rows([])) == []
