"""Wrong answers with their pictures."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from PIL import Image

import photos
from evaluation.tables import table_of
from genderlens.evaluation.judging import judge_rows
from genderlens.evaluation.report.mistakes import SIDE_PX, draw_mistakes, find_mistakes

ROWS = [
    ("classified", "male", 0.9),
    ("classified", "male", 0.3),
    ("classified", "female", 0.98),
    ("no_person", "male", None),
    ("uncertain", "female", 0.52),
]


@pytest.fixture
def table(tmp_path: Path) -> pa.Table:
    """Pictures on disk for all but the last row."""
    uris = [str(tmp_path / f"{index}.jpg") for index in range(len(ROWS))]
    for uri in uris[:-1]:
        Path(uri).write_bytes(photos.encode(photos.portrait()))
    table = table_of(ROWS)
    boxes = pa.array([[100.0, 50.0, 300.0, 250.0]] * len(ROWS), pa.list_(pa.float64()))
    table = table.set_column(table.column_names.index("box"), "box", boxes)
    return table.set_column(0, "uri", pa.array(uris))


def test_the_most_confident_come_first_with_both_labels(table: pa.Table) -> None:
    found = find_mistakes(judge_rows(table), table)
    assert [Path(mistake.uri).stem for mistake in found] == ["2", "1", "4"]
    assert [m.caption for m in found] == [
        "labelled female, said male 98.0%",
        "labelled male, said female 70.0%",
        "labelled female, said male 52.0%",
    ]
    (first,) = find_mistakes(judge_rows(table), table, most=1)
    assert first.uri == found[0].uri


def test_the_judged_face_is_framed(table: pa.Table) -> None:
    picture = find_mistakes(judge_rows(table), table)[0].picture
    assert picture is not None
    assert picture.size == (SIDE_PX, SIDE_PX)
    assert picture.getpixel((50, 12)) == (255, 196, 0)


def test_a_picture_that_is_gone_leaves_its_place(table: pa.Table) -> None:
    found = find_mistakes(judge_rows(table), table)
    assert found[2].picture is None
    assert draw_mistakes(found).size == (3 * SIDE_PX, SIDE_PX + 34)


def test_an_explanation_stands_beside_its_picture(table: pa.Table) -> None:
    asked: list[bytes] = []

    def explain(content: bytes) -> Image.Image | None:
        asked.append(content)
        return Image.new("RGB", (20, 20), (0, 200, 0)) if len(asked) == 1 else None

    found = find_mistakes(judge_rows(table), table, explain=explain)
    assert len(asked) == 2
    assert all(content.startswith(b"\xff\xd8") for content in asked)
    with_one = [mistake for mistake in found if mistake.explanation is not None]
    sheet = draw_mistakes(with_one)
    assert sheet.size == (2 * SIDE_PX, SIDE_PX + 34)
    assert sheet.getpixel((SIDE_PX + 60, 60)) == (0, 200, 0)


def test_no_mistake_is_an_empty_sheet(table: pa.Table) -> None:
    assert draw_mistakes([]).width > 0
    only = table.slice(0, 1)
    assert find_mistakes(judge_rows(only), only) == []
