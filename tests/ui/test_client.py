from __future__ import annotations

import httpx
import pytest

from genderlens.errors import ServiceError
from genderlens.ui.client import Service, create_transport
from ui.shown import problem


def ask(answer: httpx.Response | Exception) -> Service:
    def handle(_: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Service(httpx.Client(base_url="http://s", transport=httpx.MockTransport(handle)), "gl_x")


@pytest.mark.parametrize(
    ("answer", "code", "status", "wait"),
    [
        (httpx.ConnectError("x"), "unreachable", 0, None),
        (httpx.ReadTimeout("x"), "timeout", 0, None),
        (problem(429, "rate_limited", headers={"Retry-After": "9"}), "rate_limited", 429, 9),
        (httpx.Response(502, text="gateway"), "unexpected", 502, None),
        (httpx.Response(200, text="hello"), "not_genderlens", 200, None),
        (httpx.Response(200, json=[1]), "not_genderlens", 200, None),
        (httpx.Response(307, headers={"Location": "http://evil/"}), "unexpected", 307, None),
    ],
)
def test_whatever_goes_wrong_is_one_error(
    answer: httpx.Response | Exception, code: str, status: int, wait: int | None
) -> None:
    service = ask(answer)
    with pytest.raises(ServiceError) as caught:
        service.models()
    service.transport.close()
    assert (caught.value.problem, caught.value.status, caught.value.retry_after_s) == (
        code,
        status,
        wait,
    )
    assert "gl_x" not in caught.value.message


def test_a_key_that_is_no_header_is_an_error_and_no_crash() -> None:
    service = Service(create_transport("http://127.0.0.1:9"), "schlüssel")
    with pytest.raises(ServiceError):
        service.models()
    service.transport.close()


def test_a_proxy_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with create_transport("http://localhost:9") as here, create_transport("http://far") as far:
        assert not here._mounts
        assert far._mounts
