from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from streamlit.testing.v1 import AppTest

import photos
from genderlens.ui import session
from made_answers import AGES, WORDS
from ui.shown import HEALTHY, problem, says

PORTRAIT = ("portrait.jpg", photos.encode(photos.portrait()), "image/jpeg")
CROWD = ("crowd.jpg", photos.encode(photos.crowd(2)), "image/jpeg")
NOTE = ("note.jpg", b"text", "image/jpeg")
FACE = {
    "outcome": "classified",
    "prediction": "male",
    "confidence": 0.9,
    "probabilities": {"male": 0.9, "female": 0.1},
    "box": None,
}
UNSURE = FACE | {"outcome": "uncertain", "prediction": None, "confidence": 0.51}


def choose(page: AppTest, *files: tuple[str, bytes, str]) -> AppTest:
    return page.file_uploader(key="photos").set_value(list(files)).run()


def answer(face: dict[str, Any]) -> httpx.Response:
    document = {"outcome": face["outcome"], "prediction": face["prediction"], "faces": [face]}
    return httpx.Response(200, json={**document, "confidence": face["confidence"]})


def test_answers_refusals_and_a_heat_map_of_the_real_service(
    visit: Callable[..., AppTest], shipped: str
) -> None:
    page = choose(visit("classify", shipped), PORTRAIT, CROWD, NOTE)
    assert any(one.value.startswith("Looks female, ") for one in page.subheader)
    assert says(page, "Crop the photo to one of them")
    assert says(page, "in no format that is taken here")
    assert len(page.get("vega_lite_chart")) == 1
    assert says(page, "below 55.0 % an answer is *uncertain*")
    before = len(page.image)
    page.button(key="heat-0").click().run()
    assert says(page, "spoke for the likelier label")
    assert len(page.image) == before + 1
    page.selectbox(key="faces").select("all").run()
    assert [one.value[:12] for one in page.subheader][1:] == ["Face 1: Look", "Face 2: Look"]


def test_the_downloads_hold_every_picture_and_no_formula(
    visit: Callable[..., AppTest], staged: Callable[..., None]
) -> None:
    staged(lambda request: answer(FACE) if request.method == "POST" else _get(request))
    page = choose(visit("classify"), ("=1+1.jpg", b"a", "image/jpeg"), ("b.jpg", b"b", ""))
    assert len(page.download_button) == 2
    from genderlens.ui.answers import Answer, UploadedPicture
    from genderlens.ui.table import to_csv, to_json

    kept: dict[Any, Answer] = page.session_state["answers"]
    answers = [
        Answer(UploadedPicture("=1+1.jpg", b"a"), "single", one.document) for one in kept.values()
    ]
    rows = list(csv.DictReader(io.StringIO(to_csv(answers).decode())))
    assert (rows[0]["name"], rows[0]["prediction"], rows[0]["confidence"]) == (
        "'=1+1.jpg",
        "male",
        "0.9",
    )
    assert json.loads(to_json(answers))[0]["answer"]["outcome"] == "classified"


def _served(heads: list[dict[str, Any]], asked: list[httpx.URL]) -> Callable[..., httpx.Response]:
    """A service with these heads, which notes what it was asked."""

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/capabilities":
            return httpx.Response(200, json={"heads": heads})
        if request.method != "POST":
            return _get(request)
        asked.append(request.url)
        shares = {"feminine": 0.2, "masculine": 0.1, "androgynous": 0.7}
        face = FACE | {"prediction": "androgynous", "confidence": 0.7, "probabilities": shares}
        if "attributes" in request.url.params:
            age = {"prediction": "adult", "confidence": 0.54, "probabilities": {"adult": 0.54}}
            face |= {"attributes": {"age_group": age}}
        return answer(face)

    return handle


def test_the_words_are_the_models_and_attributes_come_where_asked(
    visit: Callable[..., AppTest], staged: Callable[..., None]
) -> None:
    asked: list[httpx.URL] = []
    staged(_served([WORDS.to_dict(), AGES.to_dict()], asked))
    page = choose(visit("classify"), PORTRAIT)
    assert [one.value for one in page.subheader] == ["Leans androgynous, 70.0 % sure"]
    box = page.checkbox(key="attribute-age_group")
    assert (box.label, box.value) == ("Also estimate the age group", False)
    assert says(page, "proves nobody’s age")
    assert not says(page, "Age group:")
    box.check().run()
    assert says(page, "Age group: adult, 54.0 % sure")
    assert [url.params.get("attributes") for url in asked] == [None, "age_group"]
    page.checkbox(key="attribute-age_group").uncheck().run()
    assert not says(page, "Age group:")


def test_no_box_where_there_is_nothing_further(
    visit: Callable[..., AppTest], staged: Callable[..., None]
) -> None:
    staged(_served([WORDS.to_dict()], []))
    page = visit("classify")
    assert not page.checkbox
    assert not says(page, "proves nobody’s age")


def test_uncertain_is_explained(visit: Callable[..., AppTest], staged: Callable[..., None]) -> None:
    staged(lambda request: answer(UNSURE) if request.method == "POST" else _get(request))
    page = choose(visit("classify"), PORTRAIT)
    assert says(page, "too close to call")
    assert not says(page, "Looks male")


def _get(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/health":
        return httpx.Response(200, json=HEALTHY)
    return httpx.Response(200, text="no threshold in this card")


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (problem(401, "invalid_key"), "Enter a key"),
        (problem(429, "rate_limited", headers={"Retry-After": "7"}), "wait 7 s"),
        (problem(503, "overloaded", headers={"Retry-After": "1"}), "Try again in a moment"),
        (problem(500, "internal_error"), "The service failed"),
        (httpx.Response(200, text="<html>"), "Something else answers there"),
    ],
)
def test_a_failure_is_explained_and_tried_again_by_button(
    visit: Callable[..., AppTest],
    staged: Callable[..., None],
    failure: httpx.Response,
    words: str,
) -> None:
    answers = [failure, answer(FACE)]
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return _get(request)
        asked.append(request.url.path)
        return answers[min(len(asked), 2) - 1]

    staged(handle)
    page = choose(visit("classify"), PORTRAIT, CROWD)
    assert len(asked) == 1, "what fails for one picture fails for all: the rest is not sent"
    assert says(page, words)
    assert says(page, "0 of 2 pictures were answered")
    page.button(key="retry-batch").click().run()
    assert len([one for one in page.subheader if one.value == "Looks male, 90.0 % sure"]) == 2


def test_nobody_there_is_said_with_the_way_out(visit: Callable[..., AppTest]) -> None:
    page = choose(visit("classify"), PORTRAIT)
    assert says(page, "genderlens serve")
    assert page.button(key="retry-health")


def test_the_key_goes_into_a_header_and_nowhere_else(
    visit: Callable[..., AppTest], staged: Callable[..., None]
) -> None:
    requests: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return answer(FACE) if request.method == "POST" else _get(request)

    staged(handle)
    page = visit("classify")
    page.text_input(key=session.KEY).input(" gl_secret ").run()
    choose(page, PORTRAIT)
    last = [one for one in requests if one.method == "POST"][-1]
    assert last.headers["authorization"] == "Bearer gl_secret"
    assert all("gl_secret" not in str(one.url) for one in requests)
    assert "gl_secret" not in str(page.query_params)
    assert not says(page, "gl_secret")


def test_too_large_a_file_is_not_sent(
    visit: Callable[..., AppTest], staged: Callable[..., None]
) -> None:
    staged(lambda request: problem(500, "x") if request.method == "POST" else _get(request))
    page = choose(visit("classify", MAX_BODY_BYTES="10000"), ("a.jpg", b"a" * 10_001, ""))
    assert says(page, "The file is too large")


def test_a_name_is_no_markup(visit: Callable[..., AppTest], staged: Callable[..., None]) -> None:
    staged(lambda request: answer(FACE) if request.method == "POST" else _get(request))
    page = choose(visit("classify"), ("![x](http://e.org/a.png).jpg", b"a", "image/jpeg"))
    assert not any("![x](http" in one.value for one in page.markdown)
    assert says(page, "![x](http://e.org/a.png).jpg")


def test_a_photo_of_the_camera_is_asked_about(visit: Callable[..., AppTest], shipped: str) -> None:
    page = visit("classify", shipped)
    page.toggle(key="camera_on").set_value(True).run()
    page.camera_input(key="camera").set_value(PORTRAIT).run()
    assert any(one.value.startswith("Looks female") for one in page.subheader)
