"""Keys, tenants, rates and a database that fails; the numbers are those of the hostile inputs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from databases import create_postgres_database, serve_postgres
from genderlens.history import writer as writer_module
from genderlens.history.database import open_database
from genderlens.history.keys import create_key, revoke_key, rotate_key
from genderlens.history.tables import now
from genderlens.service.middleware import linger
from genderlens.settings import load_settings
from hostile.test_http import ask, bounded
from service.keyed import Caller, callers
from service.serving import (
    MULTIPART,
    RawConnection,
    assert_problem,
    fake_app,
    open_predictor,
    portrait_jpeg,
    post_file,
    post_head,
    running_server,
    wait_until,
    warm_client,
)

DOORS = ["/predict", "/predict-file", "/predict-batch", "/samples", "/retrain", "/nowhere"]


@pytest.fixture(scope="module")
def closed_port() -> Iterator[int]:
    """A server that asks for keys, which nobody has."""
    with running_server(fake_app(open_predictor(), auth="keys")) as port:
        yield port


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("size", ["Content-Length: 30000000", "Transfer-Encoding: chunked"])
def test_45_an_upload_without_a_key_is_refused_unread(
    closed_port: int, path: str, size: str
) -> None:
    with RawConnection(closed_port) as connection, bounded():
        connection.send(post_head(path, MULTIPART, size))
        answer = connection.receive()
        assert_problem(answer, 401, "invalid_key")
        assert answer.headers["connection"] == "close"
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert connection.is_closed()


def test_45_it_is_not_read_either_while_it_comes(
    closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linger, "MAX_BYTES", 1_000_000)
    sent = 0
    with RawConnection(closed_port) as connection, bounded(5.0):
        connection.send(post_head("/predict", MULTIPART, "Content-Length: 30000000"))
        connection.receive()
        connection.socket.settimeout(2.0)
        try:
            while sent < 30_000_000:
                sent += connection.socket.send(b"x" * 65_536)
        except OSError:
            pass
    assert sent < 30_000_000


def test_a_short_request_without_a_key_keeps_its_connection(closed_port: int) -> None:
    with RawConnection(closed_port) as connection:
        for _ in range(2):
            connection.send(post_file("/predict", b"small"))
            assert_problem(connection.receive(), 401, "invalid_key")


@pytest.mark.parametrize(
    "header",
    [
        "Authorization: Bearer",
        "Authorization: Bearer ",
        "Authorization: Bearer gl_",
        "Authorization: Bearer ' OR '1'='1",
        "Authorization: Bearer \xff\xfe",
        "Authorization: Basic Z2w6Z2w=",
        "Authorization: " + "x" * 8000,
        "X-API-Key: ",
        "X-API-Key: gl_000000000000_" + "0" * 64,
        "Cookie: key=gl_000000000000_" + "0" * 64,
    ],
)
def test_58_what_is_no_key_opens_nothing(closed_port: int, header: str) -> None:
    answer = ask(closed_port, post_head("/predict", header, "Content-Length: 0"))
    assert_problem(answer, 401, "invalid_key")


def test_58_keys_that_no_longer_open() -> None:
    database = open_database(load_settings())
    scopes = frozenset({"admin"})
    revoked, one = create_key(database, "revoked", scopes)
    revoke_key(database, revoked.id)
    _, two = create_key(database, "expired", scopes, expires_at=now() - timedelta(seconds=1))
    rotated, three = create_key(database, "rotated", scopes)
    rotate_key(database, rotated.id, timedelta(0))
    database.close()
    with callers("predict") as (caller,):
        for key in (one, two, three):
            answer = caller.client.get("/predictions", headers={"X-API-Key": key})
            assert_problem(answer, 401, "invalid_key")
            assert key not in answer.text
        in_url = caller.client.get("/predictions", params={"api_key": caller.key})
        assert_problem(in_url, 401, "invalid_key")
        assert caller.key not in in_url.text + str(in_url.headers)


def test_58_a_key_that_is_revoked_closes_within_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genderlens.service.middleware.auth.REFRESH_S", 0.05)
    with callers("predict") as (caller,):
        assert caller.predict().status_code == 200
        database = open_database(load_settings())
        revoke_key(database, caller.id)
        database.close()
        wait_until(lambda: caller.predict().status_code == 401)


def test_58_keys_go_on_working_while_their_database_is_gone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("genderlens.service.middleware.auth.REFRESH_S", 0.05)
    with callers("predict", state_dir=tmp_path / "state") as (caller,):
        (tmp_path / "state").rename(tmp_path / "gone")
        (tmp_path / "state").touch()
        time.sleep(0.3)
        assert caller.predict().status_code == 200
        assert_problem(caller.client.get("/predictions"), 401, "invalid_key")


def test_58_too_often_is_told_at_once(portrait: bytes) -> None:
    with callers("predict", rate="2/minute") as (caller,):
        answers = [caller.predict() for _ in range(2)]
        start = time.perf_counter()
        answers += [caller.predict(portrait) for _ in range(10)]
        assert (time.perf_counter() - start) / 10 < 0.5
    assert [answer.status_code for answer in answers] == [200] * 2 + [429] * 10
    for answer in answers[2:]:
        assert_problem(answer, 429, "rate_limited")
        assert int(answer.headers["retry-after"]) >= 1


def _doors_of_one(identity: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        ("GET", f"/predictions/{identity}", {}),
        ("DELETE", f"/predictions/{identity}", {}),
        ("POST", f"/predictions/{identity}/feedback", {"json": {"label": "male"}}),
    ]


def _ids(caller: Caller) -> set[str]:
    return {one["id"] for one in caller.ask("GET", "/predictions").json()["predictions"]}


def _but_names(answer: Any, identity: str) -> str:
    """The answer without what tells one request and one prediction from another."""
    return answer.text.replace(answer.json()["request_id"], "").replace(identity, "")


def test_59_another_keys_prediction_is_not_there(tmp_path: Path) -> None:
    place = str(tmp_path / "pool")
    with callers("predict", "predict", "admin", samples=place) as (mine, other, admin):
        identity = mine.predict().json()["id"]
        missing = other.ask("GET", "/predictions/" + identity[:-1] + "0")
        for method, path, arguments in _doors_of_one(identity):
            answer = other.ask(method, path, **arguments)
            assert_problem(answer, 404, "not_found")
        never = other.ask("GET", f"/predictions/{identity}")
        assert _but_names(never, identity) == _but_names(missing, identity[:-1] + "0")
        assert _ids(other) == set()
        assert identity not in other.ask("GET", "/predictions.csv").text
        later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        purged = other.ask("DELETE", "/predictions", params={"until": later})
        assert purged.json() == {"deleted": 0}
        assert _ids(mine) == _ids(admin) == {identity}
        for method, path, arguments in reversed(_doors_of_one(identity)):
            assert mine.ask(method, path, **arguments).status_code in {200, 204}, path
            if method == "DELETE":
                break
        assert _ids(admin) == set()


def test_59_a_filter_by_another_key_shows_nothing() -> None:
    with callers("predict", "predict") as (mine, other):
        mine.predict()
        answer = other.ask("GET", "/predictions", params={"key_id": mine.id})
        assert answer.json()["predictions"] == []


@pytest.mark.parametrize(
    "text", ["' OR '1'='1", "'; DROP TABLE predictions; --", "%", "\\", "1) UNION SELECT 1 --"]
)
def test_sql_in_filters_is_only_text(text: str) -> None:
    with warm_client(fake_app(open_predictor())) as client:
        identity = client.post("/predict", files={"file": ("a.jpg", b"a")}).json()["id"]
        for name in ("outcome", "prediction", "model_version", "sha256", "since", "cursor"):
            answer = client.get("/predictions", params={name: text})
            assert answer.status_code == 422
        assert_problem(client.get(f"/predictions/{text}"), 404, "not_found")
        assert client.get(f"/predictions/{identity}").status_code == 200


def test_a_host_header_changes_nothing(closed_port: int) -> None:
    for host in ("127.0.0.1", "localhost", "evil.example"):
        head = f"GET /predictions HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"
        assert_problem(ask(closed_port, head.encode()), 401, "invalid_key")


def test_polyglots_never_reach_the_pool_as_they_came(tmp_path: Path) -> None:
    evil = portrait_jpeg() + b"PK\x03\x04<script>alert(1)</script>"
    with warm_client(fake_app(open_predictor(), samples=str(tmp_path / "pool"))) as client:
        parts: dict[str, Any] = {"data": {"label": "male"}, "files": {"file": ("x.html", evil)}}
        assert client.post("/samples", **parts).status_code == 201
    (path,) = (path for path in (tmp_path / "pool").rglob("*") if path.is_file())
    assert path.suffix == ".jpg"
    assert b"script" not in path.read_bytes()


def test_the_database_goes_and_comes_back_under_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "RETRY_S", 0.1)

    def predict() -> Any:
        start = time.perf_counter()
        answer = client.post("/predict", files={"file": ("a.jpg", b"a")})
        assert time.perf_counter() - start < 1.0
        assert answer.status_code == 200
        return answer.json()["id"]

    def status() -> str:
        return str(client.get("/health").json()["status"])

    with serve_postgres() as server:
        app = fake_app(open_predictor(), database_url=create_postgres_database(server.port))
        with warm_client(app) as client:
            made = [predict()]
            wait_until(lambda: client.get(f"/predictions/{made[0]}").status_code == 200)
            server.stop()
            made += [predict() for _ in range(5)]
            wait_until(lambda: status() == "degraded")
            assert_problem(client.get("/predictions"), 503, "database_unavailable")
            made += [predict() for _ in range(5)]
            server.start()
            wait_until(lambda: status() == "healthy")
            kept = client.get("/predictions").json()["predictions"]
            assert {one["id"] for one in kept} == set(made)
