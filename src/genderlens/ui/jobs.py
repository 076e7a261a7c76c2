"""One retraining job, live."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from genderlens.errors import ServiceError
from genderlens.ui import session
from genderlens.ui.charts import curve_chart
from genderlens.ui.decisions import show_decision
from genderlens.ui.failures import show_failure
from genderlens.ui.words import escape, spoken

_RUNNING: Final = frozenset({"queued", "running"})
_REFRESH_S: Final = 2.0
_MARKS: Final = {"succeeded": ":green[●]", "failed": ":red[●]", "cancelled": ":gray[●]"}


def is_running(job: dict[str, Any]) -> bool:
    """Whether anything about it may still change."""
    return job.get("state") in _RUNNING


def show_job(job: dict[str, Any]) -> None:
    """The job, asked anew every two seconds until it ends."""
    every = _REFRESH_S if is_running(job) else None
    st.fragment(_show, run_every=every)(str(job["id"]), was_running=is_running(job))


def _show(identity: str, *, was_running: bool) -> None:
    try:
        job = session.service().job(identity)
    except ServiceError as failure:
        show_failure(failure, "job")
        return
    if was_running and not is_running(job):
        st.rerun()  # the whole page, which then asks no more
    _show_head(job)
    _show_curves(_rows(job))
    if job.get("decision"):
        show_decision(job["decision"])
    if is_running(job):
        _offer_cancel(identity)
    elif job.get("version"):
        _offer_promotion(str(job["version"]), job)
    if job.get("log"):
        with st.expander("End of the log", expanded=job["state"] == "failed"):
            st.code("\n".join(job["log"]), language=None, wrap_lines=True)


def _show_head(job: dict[str, Any]) -> None:
    state, progress = str(job["state"]), job["progress"]
    st.markdown(f"{_MARKS.get(state, ':blue[●]')} **{state}**, {escape(str(job['stage']))}")
    epoch, epochs = progress["epoch"], progress["epochs"]
    if epochs:
        st.progress(min(1.0, epoch / epochs), f"epoch {epoch} of {epochs}")
    if job.get("reason"):
        st.error(escape(str(job["reason"])))


def _rows(job: dict[str, Any]) -> list[dict[str, float]]:
    """Every epoch so far, with what it measured."""
    epochs = job.get("epochs") or []
    return [{name: value for name, value in one.items() if value is not None} for one in epochs]


def _show_curves(rows: list[dict[str, float]]) -> None:
    names = [name for name in (rows[-1] if rows else ()) if name != "epoch"]
    if not names:
        return
    for place, column in enumerate(st.columns(2)):
        for name in names[place::2]:
            column.metric(spoken(name), f"{rows[-1][name]:.4g}")
            if len(rows) > 1:
                column.altair_chart(curve_chart(rows, name), alt=f"{spoken(name)} over the epochs")


def _offer_cancel(identity: str) -> None:
    if st.button("Cancel", key=f"cancel-{identity}"):
        try:
            session.service().cancel(identity)
            st.toast("It ends within seconds.")
        except ServiceError as failure:
            show_failure(failure, "cancel")


def _offer_promotion(version: str, job: dict[str, Any]) -> None:
    if (job.get("decision") or {}).get("promoted"):
        return
    if not st.button(f"Promote {escape(version)} through the gates", key=f"promote-{version}"):
        return
    try:
        with st.spinner("Measuring it against production…"):
            show_decision(session.service().promote(version))
    except ServiceError as failure:
        show_failure(failure, "promote")
        if failure.document.get("decision"):
            show_decision(failure.document["decision"])
