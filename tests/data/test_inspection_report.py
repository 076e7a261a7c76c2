from __future__ import annotations

import re
from html.parser import HTMLParser

from genderlens.data.inspection import AttributeCounts, Inspection, Sizes
from genderlens.data.inspection_report import render_report

EVIL = "<script>alert('x')</script>"


def inspection(**changes: object) -> Inspection:
    values: dict[str, object] = {
        "pictures": 1234,
        "splits": {"train": {"female": 1000, "male": 234}},
        "attributes": {},
        "subjects": 0,
        "width_px": Sizes(20, 30, 4000),
        "height_px": None,
        "formats": {"JPEG": 1234},
        "unreadable": 0,
    }
    return Inspection(**(values | changes))  # type: ignore[arg-type]


def test_the_page_tells_the_numbers() -> None:
    page = render_report(inspection(subjects=7), "faces", b"png")
    assert "1,234 pictures, 7 subjects, 0 unreadable." in page
    assert "<td>train</td><td>1,000</td><td>234</td><td>1,234</td>" in page
    assert "<td>width</td><td>20</td><td>30</td><td>4,000</td>" in page
    assert "<td>height</td>" not in page


def test_names_are_escaped_everywhere() -> None:
    attributes = {EVIL: AttributeCounts(2, {EVIL: {"male": 1}}), "{x}": AttributeCounts(99, {})}
    changes = {"attributes": attributes, "splits": {EVIL: {"male": 1}}, "formats": {EVIL: 1}}
    page = render_report(inspection(**changes), EVIL, b"png")
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 7
    assert "99 different values" in page


def test_the_page_needs_nothing_else() -> None:
    page = render_report(inspection(), "faces", b"\x89PNG")
    sources = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert [source.split(",")[0] for source in sources] == ["data:image/png;base64"]
    assert "default-src 'none'" in page
    HTMLParser().feed(page)
