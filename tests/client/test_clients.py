"""Both clients against a service that is played, and one that is real."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

import genderlens
import photos
from genderlens.errors import ServiceError
from genderlens.service.app import create_app
from genderlens.settings import Settings
from genderlens.types import Box, Outcome

ANSWER = {
    "prediction": "male",
    "confidence": 0.9,
    "person_count": 1,
    "probabilities": {"male": 0.9, "female": 0.1},
    "error": None,
    "outcome": "classified",
    "faces": [
        {
            "outcome": "classified",
            "prediction": "male",
            "confidence": 0.9,
            "probabilities": {"male": 0.9, "female": 0.1},
            "box": [1.0, 2.0, 3.0, 4.0],
            "detection_score": 0.8,
        }
    ],
    "model_version": "v1",
}
REFUSAL = {
    "code": "no_person",
    "detail": "No person detected.",
    "outcome": "no_person",
    "error": "No person detected.",
    "prediction": None,
    "confidence": 0.0,
    "person_count": 0,
}


class Service:
    """Plays its answers one after the other and keeps what it was asked."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers, self.requests = list(answers), []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the clients slept, without sleeping."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("genderlens.client.sync.time.sleep", slept.append)
    monkeypatch.setattr("genderlens.client.asynchronous.asyncio.sleep", sleep)
    return slept


def ask_sync(service: Service, method: str, *arguments: Any, **options: Any) -> Any:
    transport = httpx.MockTransport(service)
    with genderlens.Client("http://s", "gl_x", transport=transport, **options) as client:
        return getattr(client, method)(*arguments)


def ask_async(service: Service, method: str, *arguments: Any, **options: Any) -> Any:
    async def ask() -> Any:
        transport = httpx.MockTransport(service)
        async with genderlens.AsyncClient("http://s", "gl_x", transport=transport, **options) as c:
            waiting: Awaitable[Any] = getattr(c, method)(*arguments)
            return await waiting

    return asyncio.run(ask())


Ask = Callable[..., Any]
both = pytest.mark.parametrize("ask", [ask_sync, ask_async])


@both
def test_an_answer_is_typed(ask: Ask) -> None:
    service = Service(httpx.Response(200, json=ANSWER))
    answer = ask(service, "predict", b"picture")
    assert isinstance(answer, genderlens.ServedAnswer)
    assert (answer.label, answer.outcome, bool(answer)) == ("male", Outcome.CLASSIFIED, True)
    assert answer.faces[0].box == Box(1.0, 2.0, 3.0, 4.0)
    assert answer.id is None
    (request,) = service.requests
    assert request.headers["Authorization"] == "Bearer gl_x"
    assert request.url.path == "/predict-file"
    assert b"picture" in request.content


@both
def test_a_refusal_is_an_answer(ask: Ask) -> None:
    answer = ask(Service(httpx.Response(422, json=REFUSAL)), "predict", b"x")
    assert not answer
    assert (answer.outcome, answer.error_code) == (Outcome.NO_PERSON, "no_person")
    assert answer.faces == ()


@both
def test_a_busy_service_is_asked_again_when_it_says(ask: Ask, waits: list[float]) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    service = Service(
        httpx.Response(429, json={"code": "rate_limited"}, headers={"Retry-After": "7"}),
        httpx.Response(503, json={"code": "overloaded"}, headers={"Retry-After": date}),
        httpx.ConnectError("restarting"),
        httpx.Response(502, text="gateway"),
        httpx.Response(200, json=ANSWER),
    )
    assert ask(service, "predict", b"x").label == "male"
    assert waits[0] == 7.0
    assert 28 <= waits[1] <= 31
    assert 0.5 <= waits[2] <= 2.0
    assert len(waits) == 4
    assert len({request.content.split(b"\r\n", 1)[1][:60] for request in service.requests}) == 1


@pytest.mark.parametrize(
    ("answers", "code", "tries"),
    [
        ([httpx.Response(401, json={"code": "invalid_key", "detail": "no"})], "invalid_key", 1),
        ([httpx.Response(500, json={"code": "internal"})], "internal", 1),
        ([httpx.ReadTimeout("slow")], "timeout", 1),
        ([httpx.Response(429, headers={"Retry-After": "3600"})], "unexpected", 1),
        ([httpx.ConnectError("gone")] * 3, "unreachable", 3),
        ([httpx.Response(200, text="hello")], "not_genderlens", 1),
        ([httpx.Response(200, json={"other": 1})], "not_genderlens", 1),
        ([httpx.Response(307, headers={"Location": "http://evil/"})], "unexpected", 1),
    ],
)
@both
def test_what_another_try_does_not_mend_is_one_error(
    ask: Ask, answers: list[Any], code: str, tries: int, waits: list[float]
) -> None:
    service = Service(*answers)
    with pytest.raises(ServiceError) as caught:
        ask(service, "predict", b"x", retries=2)
    assert caught.value.problem == code
    assert len(service.requests) == tries
    assert "gl_x" not in str(caught.value)


def test_pictures_come_in_many_forms(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"content")
    forms = [tmp_path / "a.jpg", str(tmp_path / "a.jpg"), b"content", io.BytesIO(b"content")]
    service = Service(httpx.Response(200, json={"results": [{**ANSWER, "filename": "a"}] * 5}))
    answers = ask_sync(service, "predict_many", [*forms, photos.portrait()])
    assert len(answers) == 5
    body = service.requests[0].content
    assert body.count(b"content\r\n") == 4
    assert b"\x89PNG" in body
    assert body.count(b'filename="a.jpg"') == 2
    with pytest.raises(TypeError, match="not int"):
        ask_sync(service, "predict", 7)
    with pytest.raises(FileNotFoundError):
        ask_sync(service, "predict", tmp_path / "none.jpg")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.MockTransport]:
    """The real application, handed what the client sends."""
    settings = Settings(state_dir=tmp_path_factory.mktemp("state"))
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:

        def hand_over(request: httpx.Request) -> httpx.Response:
            answer = client.request(
                request.method,
                request.url.raw_path.decode(),
                content=request.read(),
                headers=dict(request.headers),
            )
            return httpx.Response(
                answer.status_code, headers=dict(answer.headers), content=answer.content
            )

        yield httpx.MockTransport(hand_over)


def test_the_real_service_is_understood(served: httpx.MockTransport) -> None:
    client = genderlens.Client("http://127.0.0.1:8000", transport=served)
    assert client.health()["model_loaded"] is True
    portrait = photos.encode(photos.portrait())
    one = client.predict(portrait)
    cat, broken, again = client.predict_many(
        [photos.landscapes()["cat"], b"no picture", portrait], faces="largest"
    )
    assert (one.label, again.label) == ("female", "female")
    assert one.faces[0].box is not None
    assert cat.error_code == "no_person"
    assert broken.outcome is Outcome.UNREADABLE
    assert client.predict(photos.landscapes()["cat"]).outcome is Outcome.NO_PERSON
    client.close()


def test_attributes_are_asked_by_name_and_read() -> None:
    age = {"prediction": None, "confidence": 0.4, "probabilities": {"adult": 0.4, "old": 0.6}}
    face: dict[str, Any] = ANSWER["faces"][0]  # type: ignore[index]
    told = ANSWER | {"attributes": {"age_group": age}, "faces": [face | {"attributes": {"a": age}}]}
    service = Service(
        *[httpx.Response(200, json=one) for one in (told, {"results": [told]}, ANSWER)]
    )
    with genderlens.Client(transport=httpx.MockTransport(service)) as client:
        answer = client.predict(b"x", attributes=["age_group", "mood"])
        (item,) = client.predict_many([b"x"], attributes=("age_group",))
        assert client.predict(b"x").attributes == {}
    queries = [request.url.params.get("attributes") for request in service.requests]
    assert queries == ["age_group,mood", "age_group", None]
    found = answer.attributes["age_group"]
    assert (found.label, found.confidence, found.probabilities["old"]) == (None, 0.4, 0.6)
    assert set(item.faces[0].attributes) == {"a"}


def test_attributes_are_a_list_of_names() -> None:
    with (
        genderlens.Client(transport=httpx.MockTransport(Service())) as client,
        pytest.raises(TypeError, match=r"such as \['age_group'\]"),
    ):
        client.predict(b"x", attributes="age_group")


def test_the_awaited_client_asks_for_attributes_too() -> None:
    service = Service(httpx.Response(200, json=ANSWER))

    async def ask() -> None:
        transport = httpx.MockTransport(service)
        async with genderlens.AsyncClient(transport=transport) as client:
            await client.predict(b"x", attributes=["age_group"])

    asyncio.run(ask())
    assert service.requests[0].url.params["attributes"] == "age_group"
