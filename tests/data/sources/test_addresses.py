"""Where a name in a table leads: one rule for reading labelled pictures and for labelling."""

from __future__ import annotations

from pathlib import Path

import pytest

from genderlens.data.sources.addresses import Addresses, TableFolder
from genderlens.data.sources.skipped import SkippedItems
from genderlens.errors import SourceNotFoundError
from genderlens.labelling.inputs.items import NamedItems


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a picture, and links out of it and into it."""
    inside = tmp_path / "set"
    (inside / "sub").mkdir(parents=True)
    for path in (inside / "sub" / "a.jpg", tmp_path / "secret.jpg"):
        path.write_bytes(b"x")
    (inside / "out.jpg").symlink_to(tmp_path / "secret.jpg")
    (inside / "up").symlink_to(tmp_path)
    (inside / "in.jpg").symlink_to(inside / "sub" / "a.jpg")
    return inside


@pytest.mark.parametrize(
    ("name", "is_inside"),
    [
        ("sub/a.jpg", True),
        ("sub\\a.jpg", True),
        ("in.jpg", True),
        ("missing.jpg", True),
        ("sub/../sub/a.jpg", True),
        ("out.jpg", False),
        ("up/secret.jpg", False),
        ("../secret.jpg", False),
        ("/etc/passwd", False),
        ("file:///etc/passwd", False),
        ("s3://bucket/a.jpg", False),
    ],
)
def test_both_readers_let_the_same_names_through(folder: Path, name: str, is_inside: bool) -> None:
    assert TableFolder(str(folder)).find(name).is_inside == is_inside
    item = NamedItems(str(folder / "list.txt"), trusted=False)(name, "line 1")
    assert ("which was not opened" in item.refusal) != is_inside
    addresses = Addresses(str(folder), skipped=SkippedItems())
    if is_inside:
        found = addresses.locate(name, "line 1")
        assert found is None or found == str(folder / "sub" / "a.jpg")
        assert (found is None) == (name == "missing.jpg")
    else:
        with pytest.raises(SourceNotFoundError, match="lies outside"):
            addresses.locate(name, "line 1")


@pytest.mark.parametrize(
    ("name", "uri", "is_inside"),
    [
        ("a.jpg", "s3://bucket/set/a.jpg", True),
        ("s3://bucket/set/b/../a.jpg", "s3://bucket/set/a.jpg", True),
        ("../a.jpg", "s3://bucket/a.jpg", False),
        ("s3://other/a.jpg", "s3://other/a.jpg", False),
        ("/etc/passwd", "/etc/passwd", False),
    ],
)
def test_a_table_in_a_cloud_names_objects_beside_it(
    name: str,
    uri: str,
    is_inside: bool,
) -> None:
    found = TableFolder("s3://bucket/set").find(name)
    assert (found.uri, found.is_inside) == (uri, is_inside)


def test_an_address_that_leads_elsewhere_costs_labelling_only_itself(folder: Path) -> None:
    named = NamedItems(str(folder / "list.txt"), trusted=False)
    refused = [bool(named(name, "line").refusal) for name in ("out.jpg", "sub/a.jpg", "")]
    assert refused == [True, False, True]
    assert not NamedItems(str(folder / "list.txt"), trusted=True)("out.jpg", "line").refusal


def test_a_link_that_leads_elsewhere_by_now_is_followed_anew(tmp_path: Path) -> None:
    for name in ("v1", "v2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.jpg").write_bytes(name.encode())
    current = tmp_path / "current"
    for name in ("v1", "v2"):
        current.unlink(missing_ok=True)
        current.symlink_to(tmp_path / name)
        found = Addresses(str(current), skipped=SkippedItems()).locate("a.jpg", "row 1")
        assert found == str(tmp_path / name / "a.jpg")


def test_backslashes_of_a_table_in_a_cloud_are_slashes() -> None:
    found = TableFolder("s3://bucket/set").find("sub\\a.jpg")
    assert (found.uri, found.is_inside) == ("s3://bucket/set/sub/a.jpg", True)


def test_the_folder_itself_costs_only_its_row(folder: Path) -> None:
    assert TableFolder(str(folder)).find(".").is_inside
    assert Addresses(str(folder), skipped=SkippedItems()).locate(".", "row 1") is None
