from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from streamlit.testing.v1 import AppTest

import photos
from conftest import ClassFolders
from genderlens.service.app import create_app
from jobs.workplace import Workplace, create_workplace
from service.serving import running_server
from ui.shown import HEALTHY, problem, says, text_of


@pytest.fixture
def place(tmp_path: Path, class_folders: ClassFolders) -> Workplace:
    return create_workplace(
        tmp_path, class_folders(2), model="registry:production", samples=str(tmp_path / "pool")
    )


@pytest.fixture
def address(place: Workplace) -> Iterator[str]:
    with running_server(create_app(place.settings)) as port:
        yield f"http://127.0.0.1:{port}"


def _zip(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _start(page: AppTest) -> AppTest:
    (start,) = [one for one in page.button if one.label == "Start a retraining"]
    page.text_input(key="source").input("squares")
    return start.click().run()


def _until(page: AppTest, words: str) -> AppTest:
    deadline = time.monotonic() + 30
    while not says(page, words):
        assert time.monotonic() < deadline, text_of(page)
        time.sleep(0.3)
        page.run()
    return page


def test_samples_are_sent_and_counted(visit: Callable[..., AppTest], address: str) -> None:
    png = photos.encode(photos.portrait().resize((64, 64)), "PNG")
    page = visit("retrain", address)
    page.file_uploader(key="samples-female").set_value([("a.png", png, "image/png")])
    cat = photos.encode(photos.landscapes()["cat"], "PNG")
    archive = _zip({"faces/male/b.png": cat, "male/c.png": b"no"})
    page.file_uploader(key="samples-zip").set_value(("faces.zip", archive, "")).run()
    assert [(one.label, one.value) for one in page.metric] == [
        ("labelled female", "1"),
        ("labelled male", "2"),
    ]
    page.button(key="send").click().run()
    assert says(page, "In the pool: 2 of 3; new: 1 female, 1 male.")
    assert says(page, "Not a picture.")


def test_a_stray_folder_is_an_error(visit: Callable[..., AppTest], address: str) -> None:
    page = visit("retrain", address)
    page.file_uploader(key="samples-zip").set_value(
        ("a.zip", _zip({"other/a.png": b"1"}), "")
    ).run()
    assert says(page, "name the folders female and male")
    assert not page.metric


def test_a_retraining_runs_to_its_promotion(visit: Callable[..., AppTest], address: str) -> None:
    page = _start(visit("retrain", address))
    assert says(page, "Queued as")
    page = _until(page, "went into production")
    assert {"gate", "this version", "production", "needs", "verdict"} == set(
        page.table[0].value.columns
    )
    assert len(page.get("vega_lite_chart")) >= 1


def test_a_job_is_cancelled(visit: Callable[..., AppTest], address: str, place: Workplace) -> None:
    place.steer(epochs="1000")
    page = _until(_start(visit("retrain", address)), "training")
    identity = str(page.session_state["job"])
    page.button(key=f"cancel-{identity}").click().run()
    _until(page, "cancelled")


def test_what_is_not_promoted_can_be_tried_and_the_refusal_has_figures(
    visit: Callable[..., AppTest], staged: Callable[..., None]
) -> None:
    gate = {"gate": "accuracy", "value": 0.8, "limit": 0.9, "at_least": True, "passed": False}
    decision = {
        "version": "new-1",
        "production": "old-1",
        "promoted": False,
        "gates": [gate],
        "figures": {"old-1": {"accuracy": 0.905}},
        "validation": {"pictures": 700},
    }
    job = {
        "id": "j",
        "created": "2026-11-21T10:00:00",
        "source": "s",
        "state": "succeeded",
        "stage": "done",
        "progress": {"epoch": 1, "epochs": 1, "figures": {}},
        "version": "new-1",
    }

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/promote"):
            return problem(409, "promotion_refused", decision=decision)
        if request.url.path == "/health":
            return httpx.Response(200, json=HEALTHY)
        return httpx.Response(200, json={"jobs": [job]} if request.url.path == "/jobs" else job)

    staged(handle)
    page = visit("retrain")
    page.button(key="promote-new-1").click().run()
    assert says(page, "The gates do not hold")
    row = page.table[0].value.iloc[0].tolist()
    assert row == ["accuracy", "0.8", "0.905", "≥ 0.9", "fails"]


def test_without_the_right_key_it_says_so(
    visit: Callable[..., AppTest], staged: Callable[..., None]
) -> None:
    staged(lambda _: problem(403, "forbidden"))
    page = visit("retrain")
    assert says(page, "Ask the operator for one that may")
