"""Labelled pictures in, a new version out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genderlens.errors import DataError, ServiceError
from genderlens.ui import session
from genderlens.ui.answers import UploadedPicture
from genderlens.ui.failures import show_failure
from genderlens.ui.heads import find_labels
from genderlens.ui.jobs import show_job
from genderlens.ui.samples import LabelledPhoto, Sent, read_zip, send_samples
from genderlens.ui.words import advise, escape, listed


def show() -> None:
    """The page."""
    st.title("Retrain")
    st.caption("More labelled pictures, a training, and a new version that must pass the gates.")
    st.subheader("1 Labelled pictures", divider="gray")
    _offer_samples()
    st.subheader("2 Training", divider="gray")
    _offer_start()
    st.subheader("3 Jobs", divider="gray")
    _show_jobs()


def _offer_samples() -> None:
    labels = find_labels(session.service())
    if not labels:
        st.info("Labels are the words of the model, and the service does not say them now.")
        return
    samples = _choose_samples(labels)
    if not samples:
        return
    counts = {label: sum(one.label == label for one in samples) for label in labels}
    for column, label in _side_by_side(labels):
        column.metric(f"labelled {label}", counts[label])
    if st.button(f"Send {len(samples)} pictures to the sample pool", type="primary", key="send"):
        _send(samples, labels)


def _side_by_side(labels: Sequence[str]) -> Iterator[tuple[DeltaGenerator, str]]:
    """Each label with its place, two in a row."""
    for start in range(0, len(labels), 2):
        yield from zip(st.columns(2), labels[start : start + 2], strict=False)


def _choose_samples(labels: Sequence[str]) -> list[LabelledPhoto]:
    """A picture has one label, so the fields carry it."""
    limit = session.settings().max_body_bytes
    samples = []
    for column, label in _side_by_side(labels):
        files = column.file_uploader(
            f"Pictures labelled {label}",
            accept_multiple_files=True,
            key=f"samples-{label}",
            max_upload_size=max(1, limit // 1_000_000),
        )
        samples += [
            LabelledPhoto(UploadedPicture(file.name, file.getvalue()), label) for file in files
        ]
    archive = st.file_uploader(
        f"or a zip with the folders {listed(labels)}", type="zip", key="samples-zip"
    )
    if archive is not None:
        try:
            samples += read_zip(archive.getvalue(), session.settings().max_batch_body_bytes, labels)
        except DataError as error:
            st.error(escape(error.message))
    return samples


def _send(samples: list[LabelledPhoto], labels: Sequence[str]) -> None:
    bar, sent = st.progress(0.0), Sent()
    for number, tally in enumerate(send_samples(session.service(), samples), 1):
        sent = tally
        bar.progress(number / len(samples), f"{number} of {len(samples)} sent")
    bar.empty()
    new = ", ".join(f"{sent.new[label]} {label}" for label in labels)
    st.success(f"In the pool: {sent.taken} of {len(samples)}; new: {new}.")
    if sent.stopped is not None:
        show_failure(sent.stopped, "samples")
    for name, failure in sent.refused[:20]:
        advice = advise(failure)
        st.warning(f"{escape(name)}: **{advice.title}.** {advice.next}")
    if len(sent.refused) > 20:
        st.caption(f"{len(sent.refused) - 20} more were refused.")


def _offer_start() -> None:
    with st.form("start", border=False):
        left, right = st.columns(2)
        source = left.text_input("Source", placeholder="the only one", max_chars=64, key="source")
        recipe = right.text_input("Recipe", placeholder="the usual one", max_chars=64, key="recipe")
        promote = st.checkbox("Promote the result where the gates hold", value=True)
        if not st.form_submit_button("Start a retraining", type="primary"):
            return
    request = {"source": source or None, "recipe": recipe or None, "promote": promote}
    try:
        job = session.service().retrain(request)
    except ServiceError as failure:
        show_failure(failure, "start")
    else:
        st.session_state["job"] = job["id"]
        st.success(f"Queued as {escape(job['id'])}.")


def _show_jobs() -> None:
    try:
        jobs = session.service().jobs()
    except ServiceError as failure:
        show_failure(failure, "jobs")
        return
    if not jobs:
        st.write("No job yet.")
        return
    by_id = {job["id"]: job for job in jobs}
    chosen = st.selectbox(
        "Job",
        list(by_id),
        format_func=lambda identity: _title(by_id[identity]),
        key="job",
    )
    show_job(by_id[chosen])


def _title(job: dict[str, str]) -> str:
    return f"{job['created'][:16].replace('T', ' ')} · {job['source']} · {job['state']}"
