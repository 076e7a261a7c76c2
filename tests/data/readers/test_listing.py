from __future__ import annotations

import os
from pathlib import Path

import pytest

from genderlens.data.readers.listing import text_or_none, visible_files
from genderlens.data.sources.paths import require_plain_file
from genderlens.errors import SourceNotFoundError


def test_hidden_files_and_other_suffixes_are_left_out(tmp_path: Path) -> None:
    for name in ("b.tar", ".c.tar", "a.TAR", "d.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in visible_files(tmp_path, {".tar"})] == ["a.TAR", "b.tar"]


def test_only_plain_files_with_a_name_in_utf8_are_let_through(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    assert require_plain_file(tmp_path / "a.jpg") == tmp_path / "a.jpg"
    (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    faults = {"loop.jpg": "does not exist", "pipe.jpg": "is not a plain file"}
    for name, message in faults.items():
        with pytest.raises(SourceNotFoundError, match=message):
            require_plain_file(tmp_path / name)
    latin = tmp_path / os.fsdecode(b"\xe9.jpg")
    latin.touch()
    with pytest.raises(SourceNotFoundError, match=r"udce9.*is not UTF-8; rename it"):
        require_plain_file(latin)


def test_attributes_are_text_or_nothing() -> None:
    assert [text_or_none(value) for value in (3, True, "", None)] == ["3", "True", "", None]
