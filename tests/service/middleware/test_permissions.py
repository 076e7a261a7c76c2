"""What each route needs, where it is declared, and that a path cannot talk its way around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote

import pytest
from fastapi import FastAPI
from starlette.routing import Match

from genderlens.service.middleware.permissions import (
    ANY_KEY,
    NOBODY,
    find_route,
    needs,
    public,
    scopes_of,
)
from genderlens.types import Scope
from service.keyed import Caller, callers
from service.serving import (
    RawConnection,
    assert_problem,
    fake_app,
    open_predictor,
    running_server,
)

APP: Final = fake_app(open_predictor())
DOCUMENT: Final[dict[str, Any]] = APP.openapi()
SCOPES: Final = [scope.value for scope in Scope]

MATRIX: Final = {
    ("GET", "/"): None,
    ("GET", "/capabilities"): None,
    ("GET", "/capabilities/key"): {"predict", "train", "metrics"},
    ("GET", "/health"): None,
    ("GET", "/health/live"): None,
    ("GET", "/health/ready"): None,
    ("GET", "/v2/health/live"): None,
    ("GET", "/v2/health/ready"): None,
    ("GET", "/v2/models/{name}"): {"predict"},
    ("GET", "/v2/models/{name}/ready"): {"predict"},
    ("GET", "/v2/models/{name}/versions/{version}"): {"predict"},
    ("GET", "/v2/models/{name}/versions/{version}/ready"): {"predict"},
    ("POST", "/v2/models/{name}/infer"): {"predict"},
    ("POST", "/v2/models/{name}/versions/{version}/infer"): {"predict"},
    ("GET", "/model-card"): {"predict"},
    ("GET", "/metrics"): {"metrics"},
    ("POST", "/predict"): {"predict"},
    ("POST", "/predict-file"): {"predict"},
    ("POST", "/predict-batch"): {"predict"},
    ("POST", "/explain"): {"predict"},
    ("GET", "/models"): {"predict", "train"},
    ("GET", "/models/compare"): {"predict", "train"},
    ("POST", "/models/rollback"): {"admin"},
    ("PUT", "/models/traffic"): {"admin"},
    ("POST", "/models/{version}/promote"): {"admin"},
    ("POST", "/retrain"): {"train"},
    ("GET", "/jobs"): {"train"},
    ("GET", "/jobs/{job_id}"): {"train"},
    ("GET", "/jobs/{job_id}/log"): {"train"},
    ("DELETE", "/jobs/{job_id}"): {"train"},
    ("GET", "/predictions"): {"predict"},
    ("GET", "/predictions.csv"): {"predict"},
    ("DELETE", "/predictions"): {"predict"},
    ("GET", "/predictions/{identity}"): {"predict"},
    ("DELETE", "/predictions/{identity}"): {"predict"},
    ("POST", "/predictions/{identity}/feedback"): {"predict"},
    ("GET", "/samples"): {"train"},
    ("POST", "/samples"): {"train"},
    ("DELETE", "/samples"): {"train"},
    ("DELETE", "/samples/{sha256}"): {"predict", "train"},
    ("GET", "/audit"): {"admin"},
}
"""A second opinion: whoever adds a route says here, too, who may use it. None: anybody."""

CONTROLS: Final = [f"%{number:02X}" for number in (*range(0x20), 0x7F)]
ENDINGS: Final = ["/", "//", "%2F", ";x", "%3Bx", "%20", ".", "/.", "%2e", "/x", "%23", "%3F"]


def _operations() -> list[tuple[str, str, set[str] | None]]:
    """Method, path and scopes of every operation, as the document tells them."""
    found = []
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            opens = {scope for one in operation["security"] for (scope,) in one.values()}
            found.append((method.upper(), path, opens or None))
    return found


OPERATIONS: Final = _operations()


def _filled(path: str) -> str:
    return path.replace("{", "").replace("}", "")


def _variants(path: str) -> list[str]:
    """Other spellings of a path that some program may take for the same."""
    filled = _filled(path)
    first = filled[1:2]
    respelt = [f"/{filled}", filled.upper(), filled.title(), f"/.{filled}", f"/x/..{filled}"]
    respelt += [f"http://localhost{filled}", f"//localhost{filled}"]
    if first:
        respelt += [f"/%{ord(first):02x}{filled[2:]}", f"/%{ord(first):02X}{filled[2:]}"]
        respelt += [f"%2F{filled[1:]}", f"/%2F{filled[1:]}", f"/;x{filled}", f"/%0a{filled}"]
    return respelt + [filled + ending for ending in (*ENDINGS, "%00", "%0A", "%0d", "%7F")]


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Caller]]:
    state = tmp_path_factory.mktemp("state")
    with callers(*SCOPES, rate="off", state_dir=state) as made:
        yield dict(zip(SCOPES, made, strict=True))


def test_the_document_tells_what_the_matrix_says() -> None:
    told = {(method, path): scopes for method, path, scopes in OPERATIONS}
    expected = {
        one: None if scopes is None else scopes | {"admin"} for one, scopes in MATRIX.items()
    }
    assert told == expected


def test_every_route_declares_what_it_needs() -> None:
    for route in APP.routes:
        assert scopes_of(route) != NOBODY, route


@pytest.mark.parametrize(("method", "path", "opens"), OPERATIONS)
def test_each_scope_opens_what_is_its_own_and_nothing_else(
    method: str, path: str, opens: set[str] | None, everybody: dict[str, Caller]
) -> None:
    filled = _filled(path)
    nobody = everybody["predict"].client.request(method, filled, follow_redirects=False)
    if opens is None:
        assert nobody.status_code in {200, 503}
        return
    assert_problem(nobody, 401, "invalid_key")
    assert nobody.headers["www-authenticate"].startswith("Bearer")
    for scope, caller in everybody.items():
        answer = caller.ask(method, filled)
        code = answer.json().get("code") if answer.status_code == 403 else None
        assert (code == "forbidden") is (scope not in opens), (scope, answer.text)


@pytest.fixture(scope="module")
def keyed_port(everybody: dict[str, Caller]) -> Iterator[int]:
    """A real server with the same keys: client libraries tidy what is to be sent as it is."""
    settings = everybody["predict"].client.app.state.settings  # type: ignore[attr-defined]
    app = fake_app(open_predictor(), auth="keys", state_dir=settings.state_dir)
    with running_server(app) as port:
        yield port


@pytest.mark.parametrize(("method", "path", "opens"), OPERATIONS)
def test_no_spelling_of_a_path_opens_more(
    method: str, path: str, opens: set[str] | None, everybody: dict[str, Caller], keyed_port: int
) -> None:
    shut = next((scope for scope in SCOPES if opens and scope not in opens), "metrics")
    with RawConnection(keyed_port) as connection, RawConnection(keyed_port) as with_key:
        for spelling in _variants(path):
            if any(character in spelling.upper() for character in CONTROLS):
                # The connection is closed behind a 400.
                for key in ("", everybody["admin"].key):
                    with RawConnection(keyed_port) as other:
                        assert _status(other, method, spelling, key) == 400, spelling
                continue
            reached = _reached(method, spelling)
            status = _status(connection, method, spelling)
            assert (status == 401) is (None not in reached), (spelling, status)
            status = _status(with_key, method, spelling, everybody[shut].key)
            if not any(scopes is None or shut in scopes for scopes in reached):
                assert status in {403, 404, 405}, (spelling, shut, status)
                assert status == 403 or not reached, (spelling, shut, status)


def _status(connection: RawConnection, method: str, path: str, key: str = "") -> int:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *([f"X-API-Key: {key}"] * bool(key))]
    connection.send(("\r\n".join(lines) + "\r\n\r\n").encode("ascii"))
    return connection.receive().status_code


def _reached(method: str, spelling: str) -> list[set[str] | None]:
    """The scopes of the operations whose template the spelling fits, by this test's own rules."""
    path = unquote(spelling)
    return [
        scopes
        for one, template, scopes in OPERATIONS
        if one == method and re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path)
    ]


@pytest.mark.parametrize("character", [*CONTROLS, "%C2%80", "%C2%85", "%C2%9F"])
def test_control_characters_are_refused_before_anything_else(
    character: str, everybody: dict[str, Caller]
) -> None:
    client = everybody["predict"].client
    for path in ("/retrain", "/metrics", "/health", "/nowhere", "/app/"):
        for spelling in (f"{path}{character}", f"/{character}{path}", f"{path}/{character}/x"):
            for headers in ({}, everybody["admin"].headers):
                answer = client.request("POST", spelling, headers=headers)
                assert_problem(answer, 400, "malformed_request")


def test_an_undeclared_route_is_for_admins_alone() -> None:
    app = FastAPI()

    @app.get("/new")
    async def new() -> None: ...

    scope: dict[str, Any] = {"type": "http", "app": app, "method": "GET", "path": "/new"}
    match, route = find_route(scope)
    assert match is Match.FULL
    assert scopes_of(route) == NOBODY


def test_declarations_are_found_by_the_routers_own_rules() -> None:
    app = FastAPI(openapi_url=None)

    @app.get("/thing/{name}")
    @needs(Scope.TRAIN)
    async def read(name: str) -> None: ...

    @app.post("/thing/special")
    @public
    async def change() -> None: ...

    def found(method: str, path: str) -> tuple[Match, Any]:
        scope = {"type": "http", "app": app, "method": method, "path": path}
        match, route = find_route(scope)
        return match, scopes_of(route)

    assert found("GET", "/thing/special") == (Match.FULL, {"train"})
    assert found("POST", "/thing/special") == (Match.FULL, None)
    assert found("PUT", "/thing/special") == (Match.PARTIAL, {"train"})
    assert found("GET", "/thing/special/x") == (Match.NONE, ANY_KEY)


def test_an_undeclared_route_is_refused_over_http() -> None:
    with callers("predict", "admin") as (predict, admin):
        app: Any = predict.client.app

        @app.get("/forgotten")
        async def forgotten() -> dict[str, bool]:
            return {"secret": True}

        assert_problem(predict.client.get("/forgotten"), 401, "invalid_key")
        assert_problem(predict.ask("GET", "/forgotten"), 403, "forbidden")
        assert admin.ask("GET", "/forgotten").status_code == 200
