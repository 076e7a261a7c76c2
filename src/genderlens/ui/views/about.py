"""What an answer means, and the card of the model that answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from genderlens._version import __version__
from genderlens.errors import ServiceError
from genderlens.ui import session
from genderlens.ui.failures import show_failure
from genderlens.ui.heads import find_labels
from genderlens.ui.words import RESPONSIBLE, escape

_WORDS: Final = """
**What it is.** A model has seen photos of faces with the word that annotators gave each{words}, and
says which of them they would likely give yours. It knows {count} words because its data was made
with {count}; people are more than that, and annotators err.

**What it is not.** It does not know who somebody is, nor how they see themselves. Do not use it to
decide about a person, to let them in or keep them out, to watch or to sort them.

**What it is for.** Counting and auditing in aggregate, with the share of uncertain and refused
pictures beside every figure, and learning how such models fail.

**Your photos.** This page sends each to the service and forgets it with the session. The service
keeps results, never pictures, unless you send labelled samples for a retraining.
"""
_NUMBERS: Final = {2: "two", 3: "three", 4: "four"}


def show() -> None:
    """The page."""
    st.title("About")
    st.markdown(
        RESPONSIBLE.replace(": the page *About* says for whom", "; the card below says for whom")
    )
    st.markdown(_describe(find_labels(session.service())))
    st.caption(f"genderlens {__version__}")
    st.divider()
    try:
        st.markdown(session.service().model_card())
    except ServiceError as failure:
        show_failure(failure, "card")


def _describe(labels: Sequence[str]) -> str:
    words = f", {escape(' or '.join(labels))}" if labels else ""
    return _WORDS.format(words=words, count=_NUMBERS.get(len(labels), str(len(labels) or "few")))
