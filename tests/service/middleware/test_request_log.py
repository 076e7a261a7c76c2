from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.datastructures import Headers

from genderlens.service.middleware.auth import redact_keys
from genderlens.service.middleware.request_facts import (
    accept_request_id,
    current_request,
    log_fields,
)
from genderlens.service.telemetry.logs import StandardError, configure_logging
from genderlens.settings import load_settings
from genderlens.types import Prediction
from service.serving import (
    MULTIPART,
    RawConnection,
    assert_problem,
    classified,
    fake_app,
    file_part,
    multipart,
    open_predictor,
    post_head,
    running_server,
    warm_client,
)

SAFE_IDS = ["a", "A-b_c.9", "x" * 128]
UNSAFE_IDS = ["", "x" * 129, "a b", "a\tb", "a;b", "ä", "a%0Ab", '{"a":1}']


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """Reads the events that were logged since it was asked last."""
    configure_logging(load_settings(log_format="json"), redact=redact_keys, fields=log_fields)

    def read(logger: str = "genderlens.access") -> list[dict[str, Any]]:
        events = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
        return [event for event in events if event["logger"].startswith(logger)]

    yield read
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one, StandardError)]:
        root.removeHandler(handler)


@pytest.mark.parametrize("given", SAFE_IDS)
def test_a_safe_identifier_is_kept(given: str) -> None:
    assert accept_request_id(Headers({"x-request-id": given})) == given


@pytest.mark.parametrize("given", UNSAFE_IDS)
def test_any_other_is_replaced(given: str) -> None:
    made = accept_request_id(Headers(raw=[(b"x-request-id", given.encode())]))
    assert made != given
    assert len(made) == 32
    assert made != accept_request_id(Headers({}))


def test_two_identifiers_are_none() -> None:
    headers = Headers(raw=[(b"x-request-id", b"one"), (b"x-request-id", b"two")])
    assert accept_request_id(headers) not in {"one", "two"}


def test_an_answer_is_one_line(log: Any) -> None:
    with warm_client(fake_app(open_predictor())) as client:
        log()
        files = {"file": ("a.jpg", b"picture")}
        answer = client.post("/predict?model=fake-1", files=files, headers={"X-Request-ID": "r-1"})
    assert answer.headers["x-request-id"] == "r-1"
    (event,) = log()
    assert event.pop("duration_s") > event.pop("queue_s") >= 0
    assert event.pop("bytes_received") > len(b"picture")
    assert event.pop("bytes_sent") == len(answer.content)
    assert event.pop("timestamp")
    assert event == {
        "level": "INFO",
        "logger": "genderlens.access",
        "message": "POST /predict 200",
        "method": "POST",
        "route": "/predict",
        "status": 200,
        "request_id": "r-1",
        "model_version": "fake-1",
        "pictures": 1,
        "outcome": "classified",
    }


def test_every_failure_says_which_request_it_was(log: Any) -> None:
    def fail(_: bytes) -> Prediction:
        raise ZeroDivisionError

    with warm_client(fake_app(open_predictor(fail))) as client:
        log()
        answers = [
            (client.get("/nothing"), 404, "not_found"),
            (client.delete("/health"), 405, "method_not_allowed"),
            (client.post("/predict", content=b"x"), 415, "unsupported_media_type"),
            (client.post("/predict", headers={"Content-Encoding": "br"}), 415, None),
            (client.get("/predictions?limit=x"), 422, "invalid_parameter"),
            (client.post("/predict", files={"file": ("a", b"x")}), 500, "internal_error"),
        ]
        events = log()
    for (answer, status, code), event in zip(answers, events, strict=True):
        document = assert_problem(answer, status, code or "unsupported_media_type")
        assert document["request_id"] == answer.headers["x-request-id"] == event["request_id"]
        assert event["code"] == document["code"]
    assert len({event["request_id"] for event in events}) == len(events)


def test_what_is_not_http_gets_an_identifier_too() -> None:
    with (
        running_server(fake_app(open_predictor())) as port,
        RawConnection(port) as connection,
    ):
        connection.send(b"NOT HTTP\r\n\r\n")
        answer = connection.receive()
    document = assert_problem(answer, 400, "malformed_request")
    assert document["request_id"] == answer.headers["x-request-id"]


def test_hostile_names_and_secrets_are_in_no_line(log: Any) -> None:
    key = f"gl_{'0' * 12}_{'1' * 64}"
    name = "evil\x1b[31m%0d%0aFORGED.jpg"
    body = multipart(file_part("file", name, b"secret pixels"))
    lengths = f"Content-Length: {len(body)}"
    evil = "X-Evil: \x1b[31mFORGED"
    with running_server(fake_app(open_predictor())) as port, RawConnection(port) as connection:
        log()
        for path in ("/predict", f"/x%0d%0aFORGED%1b[31m?api_key={key}"):
            connection.send(
                post_head(path, MULTIPART, lengths, evil, "X-Request-ID: a\x1bb") + body
            )
            connection.receive()
    events = log("")
    assert [event["route"] for event in events if "route" in event] == ["/predict", "other"]
    for text in map(json.dumps, events):
        for never in ("FORGED", "evil", "secret", "1" * 64, "\x1b", "u001b"):
            assert never not in text


def test_worker_threads_know_the_request(log: Any) -> None:
    def tell(_: bytes) -> Prediction:
        logging.getLogger("genderlens.test").warning("in a thread")
        request = current_request()
        assert request is not None
        assert request.request_id == "r-2"
        return classified()

    with warm_client(fake_app(open_predictor(tell))) as client:
        log()
        files = [("files", (f"{n}.jpg", b"x")) for n in range(3)]
        answer = client.post("/predict-batch", files=files, headers={"X-Request-ID": "r-2"})
        assert answer.status_code == 200
    events = log("")
    assert [e["request_id"] for e in events if e["logger"] == "genderlens.test"] == ["r-2"] * 3
    assert [e["pictures"] for e in events if e["logger"] == "genderlens.access"] == [3]
    assert current_request() is None
