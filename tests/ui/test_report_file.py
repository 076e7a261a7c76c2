from __future__ import annotations

import json
from pathlib import Path

import pytest

from genderlens.errors import DataError
from genderlens.ui.report_file import list_reports, parse_report, read_folder

SHIPPED = Path(__file__).parents[2] / "docs" / "reports" / "fairface-validation" / "report.json"


def test_groups_stand_worst_first_and_small_ones_are_marked() -> None:
    report = parse_report(SHIPPED.read_bytes())
    rows = report.groups_of("age")
    assert [row["value"] for row in rows] == sorted(row["value"] for row in rows)
    assert {row["name"] for row in rows} >= {"0-2 (few)", "20-29"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"format": 2}',
        json.dumps(json.loads(SHIPPED.read_bytes()) | {"groups": [{"columns": ["age"]}]}).encode(),
    ],
)
def test_what_is_no_report_is_a_data_error(content: bytes) -> None:
    with pytest.raises(DataError):
        parse_report(content)


def test_only_listed_folders_are_read(tmp_path: Path) -> None:
    (tmp_path / "in" / "a" / "b").mkdir(parents=True)
    (tmp_path / "in" / "a" / "b" / "report.json").write_bytes(SHIPPED.read_bytes())
    (tmp_path / "report.json").write_bytes(SHIPPED.read_bytes())
    assert list_reports(tmp_path / "in") == ["a/b"]
    assert read_folder(tmp_path / "in", "a/b").pictures > 0
    with pytest.raises(DataError, match="any more"):
        read_folder(tmp_path / "in", "..")
