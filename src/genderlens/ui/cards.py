"""One picture and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from genderlens.errors import ServiceError
from genderlens.ui.answers import Answer
from genderlens.ui.charts import probability_chart
from genderlens.ui.client import Service
from genderlens.ui.failures import show_failure
from genderlens.ui.preview import draw_preview
from genderlens.ui.words import UNCERTAIN, escape, headline, percent, spoken

_HEATS: Final = "heat_maps"
_HEAT_WORDS: Final = "The brighter a place glows, the more it spoke for the likelier label."


def show_card(answer: Answer, service: Service, threshold: float | None, place: int) -> None:
    """Picture left, words right; ``place`` tells the widgets of the cards apart."""
    with st.container(border=True):
        left, right = st.columns([1, 2], gap="medium")
        with left:
            _show_picture(answer)
        with right:
            st.markdown(f"**{escape(answer.picture.name)}**")
            if answer.failure is not None:
                show_failure(answer.failure, f"picture-{place}")
                return
            for number, face in enumerate(answer.faces, 1):
                _show_face(face, number if len(answer.faces) > 1 else None, threshold)
            _show_heat(answer, service, place)


def _show_picture(answer: Answer) -> None:
    boxes = [face["box"] for face in answer.faces if face.get("box")]
    shown = draw_preview(answer.picture.content, boxes) if answer.was_seen else None
    if shown is None:
        st.caption("No preview")
    else:
        st.image(shown, width="stretch", alt=f"The picture {answer.picture.name}")


def _show_face(face: dict[str, Any], number: int | None, threshold: float | None) -> None:
    which = f"Face {number}: " if number else ""
    if face.get("prediction"):
        st.subheader(f"{which}{headline(face['prediction'], face['confidence'])}")
    else:
        st.subheader(f"{which}{UNCERTAIN.title}")
        st.info(UNCERTAIN.next)
    odds = face["probabilities"]
    words = ", ".join(f"{label} {percent(odds[label])}" for label in odds)
    st.altair_chart(probability_chart(odds, threshold), alt=f"Probabilities: {words}")
    for name, told in (face.get("attributes") or {}).items():
        st.caption(escape(f"{spoken(name).capitalize()}: {_estimate(told)}"))


def _estimate(told: Mapping[str, Any]) -> str:
    """A further head's label and how sure it is, or that it is too unsure."""
    if told["prediction"] is None:
        return "too unsure to say"
    return f"{told['prediction']}, {percent(told['confidence'])} sure"


def _show_heat(answer: Answer, service: Service, place: int) -> None:
    heats: dict[tuple[str, str], bytes] = st.session_state.setdefault(_HEATS, {})
    picture, which = answer.picture, (answer.picture.identity, answer.asked_for)
    slot = st.empty()
    if which not in heats:
        if not slot.button("Show what spoke for it", key=f"heat-{place}"):
            return
        try:
            with slot, st.spinner("Drawing…"):
                heats[which] = service.explain(picture.name, picture.content, answer.asked_for)
        except ServiceError as failure:
            slot.empty()
            _show_no_heat(failure, place)
            return
    slot.image(heats[which], width=240, alt=f"Heat map of {picture.name}")
    st.caption(_HEAT_WORDS if len(answer.faces) == 1 else f"{_HEAT_WORDS} Face 1 alone.")


def _show_no_heat(failure: ServiceError, place: int) -> None:
    if failure.status in {404, 405}:
        st.info("This service draws no heat maps.")
    else:
        show_failure(failure, f"heat-{place}")
