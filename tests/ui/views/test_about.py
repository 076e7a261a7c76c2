from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from ui.shown import says


def test_it_says_what_it_is_not_and_shows_the_card(
    visit: Callable[..., AppTest], shipped: str
) -> None:
    page = visit("about", shipped)
    assert says(page, "Do not use it to\ndecide about a person")
    assert says(page, "# Model card: default")


def test_without_the_service_the_words_stay(visit: Callable[..., AppTest]) -> None:
    page = visit("about")
    assert says(page, "not\nanybody’s identity") or says(page, "anybody’s identity")
    assert page.button(key="retry-card")
