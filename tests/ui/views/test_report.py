from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from ui.shown import says

REPORTS = Path(__file__).parents[3] / "docs" / "reports"
SHIPPED = REPORTS / "fairface-validation" / "report.json"


def _upload(page: AppTest, name: str, content: bytes) -> AppTest:
    return page.file_uploader(key="report").set_value((name, content, "")).run()


def test_a_report_of_the_folder_is_drawn(visit: Callable[..., AppTest]) -> None:
    page = visit("report", REPORTS_DIR=str(REPORTS))
    assert page.selectbox(key="report_name").options == ["fairface-validation"]
    accuracy = json.loads(SHIPPED.read_text("utf-8"))["metrics"]["accuracy_when_certain"]["value"]
    assert page.metric[0].value == f"{100 * accuracy:.1f} %"
    assert len(page.get("vega_lite_chart")) == 3
    page.selectbox(key="group_column").select("age").run()
    assert not page.exception


def test_an_uploaded_report_is_drawn(visit: Callable[..., AppTest]) -> None:
    page = _upload(visit("report"), "report.json", SHIPPED.read_bytes())
    assert page.metric[0].label == "right among the classified"


def test_what_is_no_report_is_said(visit: Callable[..., AppTest]) -> None:
    page = _upload(visit("report"), "report.json", b"[1]")
    assert says(page, "this is no report.json")


def test_a_page_is_shown_where_nothing_of_it_can_run(visit: Callable[..., AppTest]) -> None:
    page = _upload(visit("report"), "report.html", b'"><script>alert(1)</script>')
    (frame,) = page.get("iframe")
    assert '<iframe sandbox=""' in frame.proto.srcdoc
    assert "<script>" not in frame.proto.srcdoc


def test_without_a_folder_nothing_is_offered(visit: Callable[..., AppTest]) -> None:
    page = visit("report")
    assert not page.exception
    assert not page.selectbox
