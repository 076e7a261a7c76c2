"""A report of ``genderlens evaluate``, as charts."""

from __future__ import annotations

import html
from typing import Final

import streamlit as st

from genderlens.errors import DataError
from genderlens.ui import session
from genderlens.ui.charts import interval_chart, reliability_chart
from genderlens.ui.report_file import Report, list_reports, parse_report, read_folder
from genderlens.ui.words import escape, percent, spoken

_CARDS: Final = {
    "accuracy_when_certain": "right among the classified",
    "abstention_rate": "uncertain",
    "worst_group_accuracy": "right in the worst group",
}
_PLAIN: Final = ("log_loss", "brier", "ece", "aurc")
_CHARTED: Final = ("accuracy", "accuracy_when_certain", "recall_", "roc_auc")
"""A name, or how the names of several begin: there is a recall for each label."""
_HTML_PX: Final = 900


def show() -> None:
    """The page."""
    st.title("Report")
    st.caption("How often a model agrees with the annotators, and for whom less often.")
    try:
        report = _choose()
    except DataError as error:
        st.error(escape(error.message))
        return
    if report is not None:
        _show_report(report)


def _choose() -> Report | None:
    folder = session.settings().reports_dir
    names = list_reports(folder) if folder else []
    upload = st.file_uploader(
        "report.json or report.html of `genderlens evaluate`", type=["json", "html"], key="report"
    )
    if upload is not None and upload.name.lower().endswith(".html"):
        _show_page(upload.getvalue())
        return None
    if upload is not None:
        return parse_report(upload.getvalue())
    if not (folder and names):
        return None
    chosen = st.selectbox("or one of these", names, key="report_name")
    return read_folder(folder, chosen)


def _show_page(content: bytes) -> None:
    """In a frame of its own that may run nothing and reach nothing: it may be anybody's file."""
    page = html.escape(content.decode("utf-8", "replace"), quote=True)
    frame = f'<iframe sandbox="" title="Report" srcdoc="{page}" style="{_FRAME}"></iframe>'
    st.iframe(frame, height=_HTML_PX)


_FRAME: Final = f"border:0;width:100%;height:{_HTML_PX - 20}px;background:#fff"


def _show_report(report: Report) -> None:
    facts = report.facts
    st.subheader(escape(f"{facts.get('model', 'a model')} on {facts.get('data', 'pictures')}"))
    st.caption(escape(f"{report.pictures:,} pictures, measured {facts.get('date', 'some day')}"))
    cards = [name for name in _CARDS if name in report.metrics]
    for column, name in zip(st.columns(len(cards) or 1), cards, strict=False):
        column.metric(_CARDS[name], percent(report.metrics[name]["value"]))
        column.caption(_range(report, name))
    _show_figures(report)
    _show_groups(report)
    if report.reliability:
        st.subheader("Calibration", divider="gray")
        st.caption("On the dashed line, confidence is what it says; the size tells how many.")
        st.altair_chart(reliability_chart(report.reliability), alt="Reliability diagram")


def _show_figures(report: Report) -> None:
    st.subheader("Figures", divider="gray")
    names = [name for start in _CHARTED for name in report.metrics if _is_named(name, start)]
    rows = [{"name": spoken(name), **report.metrics[name]} for name in names]
    st.altair_chart(interval_chart(rows, "95 % interval"), alt="Main figures with intervals")
    with st.expander("All figures"):
        st.table(
            [
                {
                    "figure": spoken(name),
                    "value": _value(report, name),
                    "95 %": _range(report, name),
                }
                for name in report.metrics
            ],
            hide_index=True,
        )
    words = (f"{count:,} {spoken(name)}" for name, count in report.outcomes.items() if count)
    st.caption(f"Outcomes: {', '.join(words)}.")


def _is_named(name: str, start: str) -> bool:
    return name.startswith(start) if start.endswith("_") else name == start


def _show_groups(report: Report) -> None:
    columns = report.group_columns()
    if not columns:
        return
    st.subheader("Groups", divider="gray")
    column = st.selectbox("By", columns, key="group_column")
    rows = report.groups_of(column)
    st.altair_chart(interval_chart(rows, "accuracy, 95 % interval"), alt=f"Accuracy by {column}")
    st.caption("Where intervals overlap, the difference may be chance.")


def _value(report: Report, name: str) -> str:
    value = report.metrics[name]["value"]
    return f"{value:.4f}" if name in _PLAIN else percent(value)


def _range(report: Report, name: str) -> str:
    low, high = report.metrics[name]["low"], report.metrics[name]["high"]
    return f"{low:.4f} – {high:.4f}" if name in _PLAIN else f"{percent(low)} – {percent(high)}"
