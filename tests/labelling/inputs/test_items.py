from __future__ import annotations

from genderlens.labelling.inputs.items import Item, create_item, sort_items


def test_sorted_in_runs_on_disk_as_in_memory_and_each_item_once() -> None:
    items = [Item(f"p{number * 7 % 50:02d}\n.jpg") for number in range(100)]
    expected = sorted(set(items))
    assert list(sort_items(iter(items), run_items=8)) == expected
    assert list(sort_items(iter(items))) == expected
    assert list(sort_items(iter([]))) == []


def test_a_name_that_is_no_utf_8_is_refused_under_a_name_that_can_be_stored() -> None:
    item = create_item(b"/a/\xff.jpg".decode("utf-8", "surrogateescape"))
    assert item.uri == "/a/\\xff.jpg"
    assert "not UTF-8" in item.refusal
