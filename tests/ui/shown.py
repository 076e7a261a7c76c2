"""What a page shows, as text, for tests."""

from __future__ import annotations

from typing import Any

import httpx
from streamlit.testing.v1 import AppTest

from genderlens.ui.words import escape

HEALTHY = {"status": "healthy", "model_version": "fake-1", "abstain_below": 0.55}


def text_of(page: AppTest) -> str:
    """Every word of the page, sidebar included; fails where a script failed."""
    assert not page.exception, page.exception
    kinds = ("title", "subheader", "markdown", "caption", "info", "success", "warning", "error")
    elements = [one for kind in kinds for one in getattr(page, kind)]
    return "\n".join(str(one.value) for one in elements)


def says(page: AppTest, words: str) -> bool:
    """Whether it shows these words, as they are or kept from being mark-up."""
    text = text_of(page)
    return words in text or escape(words) in text


def problem(
    status: int,
    code: str,
    detail: str = "why",
    *,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> httpx.Response:
    """A problem document as the service writes it."""
    document = {"status": status, "code": code, "detail": detail, **more}
    return httpx.Response(status, json=document, headers=headers)
