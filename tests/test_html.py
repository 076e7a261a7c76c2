from __future__ import annotations

from html.parser import HTMLParser

import pytest

from genderlens.html import Html, element, figure, image, render_page, table, text

EVIL = "<script>alert('x')</script>{0}"


class Tags(HTMLParser):
    """The tags of a page, and what it would fetch."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str | None] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.fetched += [value for name, value in attrs if name in ("src", "href")]


@pytest.fixture
def page() -> str:
    parts = [
        element("p", EVIL, css="quiet"),
        table((EVIL, "n"), [(EVIL, 1)], words=(0,)),
        figure(Html("<svg></svg>"), EVIL, EVIL),
        image(b"\x89PNG", "png", EVIL + '"'),
    ]
    return render_page(EVIL, parts)


def test_what_is_no_markup_is_escaped_everywhere(page: str) -> None:
    assert "script" not in Tags(page).open
    assert page.count("&lt;script&gt;") == 8
    assert "&quot;" in page
    assert "{0}" in page


def test_a_page_asks_nothing_of_the_network(page: str) -> None:
    assert Tags(page).fetched == ["data:image/png;base64,iVBORw=="]
    assert "default-src 'none'; img-src data:" in page
    assert "prefers-color-scheme: dark" in page


def test_markup_stays_and_is_told_by_its_type() -> None:
    assert text(Html("<b>")) == "<b>"
    assert text("<b>") == "&lt;b&gt;"
    assert element("p", 1, Html("<br>"), "&") == "<p>1<br>&amp;</p>"
    assert isinstance(element("p"), Html)


def test_columns_of_words_are_marked() -> None:
    found = table(("a", "b"), [("x", "y")], words=(1,))
    assert found.count('class="text"') == 2
    assert '<td>x</td><td class="text">y</td>' in found
