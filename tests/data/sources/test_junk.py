from __future__ import annotations

import pytest

from genderlens.data.sources.junk import is_in_junk, is_junk


@pytest.mark.parametrize(
    "name",
    ["._a.jpg", ".DS_Store", ".thumbnails", "Thumbs.db", "thumbs.DB", "desktop.ini", "__MACOSX"],
)
def test_what_systems_leave_behind(name: str) -> None:
    assert is_junk(name)


@pytest.mark.parametrize("name", ["a.jpg", "thumbs", "_a.jpg", "macosx", "a.DS_Store"])
def test_what_people_name(name: str) -> None:
    assert not is_junk(name)


def test_a_file_below_junk_is_junk() -> None:
    assert is_in_junk(["male", ".thumbnails", "a.jpg"])
    assert not is_in_junk(["male", "a.jpg"])
