"""A failure on the page: what happened, what to do, and a button where another try may help."""

from __future__ import annotations

import streamlit as st

from genderlens.errors import ServiceError
from genderlens.ui.words import advise, escape


def show_failure(failure: ServiceError, key: str) -> None:
    """In words, with the service's own beneath; ``key`` tells the buttons of a page apart.

    The button does nothing but run the page again, which asks again.
    """
    advice = advise(failure)
    draw = (
        st.warning if failure.retry_after_s is not None or 400 <= failure.status < 500 else st.error
    )
    draw(f"**{advice.title}.** {advice.next}")
    if failure.retry_after_s:
        st.caption(f"It says: wait {failure.retry_after_s} s.")
    if advice.next != escape(failure.message):
        st.caption(escape(failure.message))
    if advice.retry:
        st.button("Try again", key=f"retry-{key}")
