from __future__ import annotations

import pytest

from genderlens.data.sources.skipped import SkippedItems
from genderlens.errors import SourceNotFoundError


def test_counts_add_up() -> None:
    skipped = SkippedItems()
    skipped.refuse("x.jpg does not exist")
    for name in ("a/1.txt", "a/2.txt", "3.txt", "4.txt"):
        skipped.pass_over("text", name)
    skipped.pass_over("hidden", ".git", 90)
    skipped.note("column 'tags' is not taken")
    skipped.note("column 'tags' is not taken")
    counts = skipped.counts(5)
    assert (counts["found"], counts["read"], counts["refused"], counts["passed_over"]) == (
        100,
        5,
        1,
        94,
    )
    assert counts["refusals"] == ["x.jpg does not exist"]
    assert counts["passed_over_reasons"] == {"hidden": 90, "text": 4}
    assert skipped.sentences(5) == [
        "refused: x.jpg does not exist",
        "passed over: 90 × hidden (.git, …)",
        "passed over: 4 × text (1.txt, 2.txt, 3.txt, …)",
        "note: column 'tags' is not taken",
        "100 found: 5 read, 1 refused, 94 files passed over",
    ]


def test_nothing_is_said_where_everything_was_read() -> None:
    assert SkippedItems().sentences(5) == []


def test_one_file_is_no_files() -> None:
    skipped = SkippedItems()
    skipped.pass_over("text", "a.txt")
    assert skipped.sentences(1)[-1] == "2 found: 1 read, 0 refused, 1 file passed over"


def test_a_strict_list_stops_at_the_first() -> None:
    with pytest.raises(SourceNotFoundError, match=r"x\.jpg does not exist"):
        SkippedItems(strict=True).refuse("x.jpg does not exist")
