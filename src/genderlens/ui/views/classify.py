"""Photos in, answers out."""

from __future__ import annotations

from typing import Final

import streamlit as st

from genderlens.ui import session
from genderlens.ui.answers import Answer, PhotoOptions, UploadedPicture, ask_about
from genderlens.ui.cards import show_card
from genderlens.ui.failures import show_failure
from genderlens.ui.heads import find_heads
from genderlens.ui.table import to_csv, to_json
from genderlens.ui.threshold import find_threshold
from genderlens.ui.words import ATTRIBUTE_LIMITS, RESPONSIBLE, TITLE, percent, spoken

FACES: Final = {
    "single": "answer for nobody",
    "largest": "answer for the largest face",
    "all": "answer for each face",
}


def show() -> None:
    """The page."""
    st.title(TITLE)
    st.caption("The perceived gender presentation, as annotators would label it.")
    pictures, options = _choose()
    if pictures:
        _show_answers(pictures, options)
    st.info(RESPONSIBLE)


def _choose() -> tuple[list[UploadedPicture], PhotoOptions]:
    limit = session.settings().max_body_bytes
    chosen = st.file_uploader(
        "Photos",
        accept_multiple_files=True,
        key="photos",
        max_upload_size=max(1, limit // 1_000_000),
        help=f"Each up to {limit / 1e6:.0f} MB.",
    )
    files = [UploadedPicture(file.name, file.getvalue()) for file in chosen]
    left, right = st.columns(2, vertical_alignment="center")
    faces = left.selectbox(
        "Several people in view", list(FACES), format_func=FACES.__getitem__, key="faces"
    )
    if right.toggle("Take a photo with the camera", key="camera_on"):
        taken = st.camera_input("Camera", key="camera")
        if taken is not None:
            files.append(UploadedPicture("camera.jpg", taken.getvalue()))
    return files, PhotoOptions(str(faces), _choose_attributes())


def _choose_attributes() -> tuple[str, ...]:
    """A box for each further head of the model, unchecked."""
    names = [head.name for head in find_heads(session.service())[1:]]
    wanted = [
        name
        for name in names
        if st.checkbox(f"Also estimate the {spoken(name)}", key=f"attribute-{name}")
    ]
    if names:
        st.caption(ATTRIBUTE_LIMITS)
    return tuple(wanted)


def _show_answers(pictures: list[UploadedPicture], options: PhotoOptions) -> None:
    service = session.service()
    limit = session.settings().max_body_bytes
    answers, failure = ask_about(service, pictures, options, limit)
    if failure is not None:
        show_failure(failure, "batch")
        st.caption(f"{len(answers)} of {len(pictures)} pictures were answered.")
    threshold = find_threshold(service) if any(answer.faces for answer in answers) else None
    for place, answer in enumerate(answers):
        show_card(answer, service, threshold, place)
    if answers:
        if threshold is not None:
            st.caption(f"Dashed line: below {percent(threshold)} an answer is *uncertain*.")
        _offer_downloads(answers)


def _offer_downloads(answers: list[Answer]) -> None:
    with st.container(horizontal=True):
        st.download_button("Download CSV", to_csv(answers), "genderlens.csv", "text/csv")
        st.download_button("Download JSON", to_json(answers), "genderlens.json", "application/json")
