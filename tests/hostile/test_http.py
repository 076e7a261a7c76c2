"""Hostile and unlucky requests; the numbers are those of the list of hostile inputs."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.testclient import TestClient

from genderlens.errors import ImageError
from genderlens.service.middleware import linger
from hostile.pictures import create_picture, expected_error, list_pictures
from service.serving import (
    MULTIPART,
    FakePredictor,
    RawAnswer,
    RawConnection,
    assert_problem,
    fake_app,
    file_part,
    multipart,
    post_file,
    post_head,
    running_server,
    text_part,
    wait_until,
)

DOORS = ["/predict", "/predict-file", "/predict-batch"]
MULTIPART_TYPE = {"Content-Type": "multipart/form-data; boundary=b"}


@contextmanager
def bounded(limit_s: float = 3.0) -> Iterator[None]:
    start = time.perf_counter()
    yield
    assert time.perf_counter() - start < limit_s


def post_parts(client: TestClient, path: str, *parts: bytes) -> Any:
    return client.post(path, content=multipart(*parts), headers=MULTIPART_TYPE)


def assert_good_request_works(port: int, portrait: bytes) -> None:
    with RawConnection(port) as connection:
        connection.send(post_file("/predict", portrait))
        answer = connection.receive()
    assert answer.status_code == 200
    assert answer.json()["prediction"] == "female"


def ask(port: int, request: bytes, limit_s: float = 1.0) -> RawAnswer:
    with RawConnection(port) as connection, bounded(limit_s):
        connection.send(request)
        return connection.receive()


# 1-33: pictures, at every door with one verdict.

_SLOW_PICTURES_S = {"png_just_under_the_cap": 10.0, "png_icc_bomb": 2.0}


@pytest.mark.parametrize("name", list_pictures())
def test_hostile_pictures_get_one_verdict_at_every_door(client: TestClient, name: str) -> None:
    content, error = create_picture(name)
    with bounded(_SLOW_PICTURES_S.get(name, 1.0) * 4):
        single = [
            client.post("/predict", files={"file": ("a.jpg", content)}),
            client.post("/predict-file", files={"file": ("a.png", content, "image/png")}),
            client.post("/predict", json={"image": base64.b64encode(content).decode()}),
        ]
        batch = client.post("/predict-batch", files={"files": ("a.gif", content)})
    assert batch.status_code == 200
    (result,) = batch.json()["results"]
    for answer in single:
        if error is not None:
            assert_problem(answer, error.http_status, error.code)
            assert result["error_code"] == error.code
            assert result["outcome"] == answer.json()["outcome"] == "unreadable"
        else:
            assert answer.status_code in {200, 422}
            assert answer.json()["outcome"] == result["outcome"] != "unreadable"
            assert answer.json().get("code") == result["error_code"]


def test_bad_pictures_never_cost_the_good_one_among_them(
    client: TestClient, portrait: bytes
) -> None:
    bad = [name for name in list_pictures() if expected_error(name) is not None][:20]
    contents = [create_picture(name)[0] for name in bad]
    contents.insert(7, portrait)
    files = [("files", (f"{index}.jpg", content)) for index, content in enumerate(contents)]
    results = client.post("/predict-batch", files=files).json()["results"]
    assert [result["prediction"] is not None for result in results].index(True) == 7
    assert [result["outcome"] for result in results].count("unreadable") == 20


def test_every_picture_error_is_tried() -> None:
    tried = {expected_error(name) for name in list_pictures()} - {None}
    assert tried == set(ImageError.__subclasses__())


# 35-38: bodies over the limit, packed bodies, odd lengths.


@pytest.mark.parametrize("path", [*DOORS, "/nowhere"])
def test_35_an_announced_body_over_the_limit_is_refused_unread(port: int, path: str) -> None:
    with RawConnection(port) as connection, bounded():
        connection.send(post_head(path, MULTIPART, "Content-Length: 100000001"))
        assert_problem(connection.receive(), 413, "body_too_large")
        assert connection.is_closed()


def test_35_a_client_that_asks_first_need_not_send(port: int) -> None:
    head = post_head("/predict", MULTIPART, "Content-Length: 20000001", "Expect: 100-continue")
    assert_problem(ask(port, head), 413, "body_too_large")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/predict", MULTIPART),
        ("/predict-file", MULTIPART),
        ("/predict", "Content-Type: application/json"),
    ],
)
def test_36_a_chunked_body_over_the_limit_is_stopped_in_the_stream(
    port: int, portrait: bytes, path: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linger, "MAX_BYTES", 1_000_000)
    start = file_part("file", "a.jpg", b"")[:-2] if kind == MULTIPART else b'{"image": "'
    chunk = start.ljust(1_000_000, b"A")
    framed = f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n"
    with RawConnection(port) as connection, bounded(3.0):
        connection.send(post_head(path, kind, "Transfer-Encoding: chunked"))
        sent = 0
        try:
            for _ in range(40):
                connection.send(framed)
                sent += 1
        except ConnectionError:
            pass
        assert sent < 40
    assert_good_request_works(port, portrait)


def test_36_the_answer_to_a_chunked_body_over_the_limit(port: int) -> None:
    chunk = f"{4_000_000:x}\r\n".encode() + bytes(4_000_000) + b"\r\n"
    start = file_part("file", "a.jpg", b"")[:-2]
    with RawConnection(port) as connection, bounded(3.0):
        connection.send(post_head("/predict", MULTIPART, "Transfer-Encoding: chunked"))
        connection.send(f"{len(start):x}\r\n".encode() + start + b"\r\n")
        for _ in range(5):
            connection.send(chunk)
        connection.send(b"100\r\n" + bytes(256) + b"\r\n")
        assert_problem(connection.receive(), 413, "body_too_large")
        assert connection.is_closed()


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate, gzip", "zstd", "x" * 500])
def test_37_packed_bodies_are_not_unpacked(port: int, encoding: str) -> None:
    head = post_head("/predict", MULTIPART, f"Content-Encoding: {encoding}", "Content-Length: 9")
    assert_problem(ask(port, head + bytes(9)), 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Length: -1",),
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: 5, 6",),
        ("Content-Length: 0x10",),
        ("Content-Length: +5",),
        ("Content-Length: 1e3",),
        ("Content-Length: ",),
        ("Content-Length: " + "9" * 400,),
        ("Content-Length: 5", "Content-Length: 5"),
        ("Content-Length: 5, 5",),
        ("content-LENGTH: 5", "X-Between: x", "Content-Length:5"),
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 5"),
        ("Content-Length: 5", "Transfer-Encoding: identity"),
        ("Content-Length: 5", "Transfer-Encoding:"),
        ("Content-Length : 5",),
        ("Transfer-Encoding : chunked",),
        ("Content-Length: 5", "Transfer-Encoding: x\x0bchunked"),
        ("Transfer-Encoding: gzip, chunked",),
        ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
        ("Bad Header: x",),
        ("X-Nul: \x00",),
    ],
)
def test_38_odd_framing_is_no_request(port: int, portrait: bytes, headers: tuple[str, ...]) -> None:
    with RawConnection(port) as connection, bounded():
        connection.send(post_head("/predict", MULTIPART, *headers) + bytes(5))
        assert_problem(connection.receive(), 400, "malformed_request")
        assert connection.is_closed()
    assert_good_request_works(port, portrait)


def test_38_a_broken_chunk_ends_the_connection(port: int, portrait: bytes) -> None:
    with RawConnection(port) as connection, bounded():
        connection.send(post_head("/predict", MULTIPART, "Transfer-Encoding: chunked"))
        connection.send(b"ZZZ\r\nhello\r\n")
        assert_problem(connection.receive(), 400, "malformed_request")
    assert_good_request_works(port, portrait)


@pytest.mark.parametrize("data", [b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"\r\n\r\n\0\0"])
def test_what_is_not_http(port: int, portrait: bytes, data: bytes) -> None:
    with RawConnection(port) as connection, bounded():
        connection.send(data + b"\r\n\r\n")
        assert_problem(connection.receive(), 400, "malformed_request")
    assert_good_request_works(port, portrait)


# 39-44: multipart.


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=other",
        "multipart/form-data; boundary=" + "x" * 5000,
        "multipart/form-data; boundary*=utf-8''b",
        "multipart/form-data; boundary=b; charset=utf-7",
        "multipart/form-data; boundary=b; charset=unicode_escape",
    ],
)
def test_39_missing_or_wrong_boundary(client: TestClient, path: str, kind: str) -> None:
    body = multipart(file_part("file", "a.jpg", b"x"), file_part("files", "a.jpg", b"x"))
    with bounded():
        answer = client.post(path, content=body, headers={"Content-Type": kind})
    assert_problem(answer, 400, "malformed_request")


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b",
        b"--b\r\n",
        b"\r\n" * 100_000,
        b"--b\r\n\r\nwithout a disposition\r\n--b--\r\n",
        b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n",
        b"--b\r\nno colon\r\n\r\nx\r\n--b--\r\n",
        file_part("file", "a.jpg", b"never ends"),
        file_part("file", "a.jpg", b"never ends")[:-2],
        file_part("file", "a.jpg", b"x")[:20],
        bytes(100_000),
    ],
)
def test_39_broken_multipart(client: TestClient, path: str, body: bytes) -> None:
    with bounded():
        answer = client.post(path, content=body, headers=MULTIPART_TYPE)
    assert_problem(answer, 400, "malformed_request")


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "audio/jpeg", "application/x-www-form-urlencoded", "é/é", ";;;"]
)
def test_other_content_types(client: TestClient, portrait: bytes, kind: str) -> None:
    for path in DOORS:
        answer = client.post(path, content=portrait, headers={b"Content-Type": kind.encode()})
        assert_problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize("path", DOORS)
def test_40_too_many_files(client: TestClient, path: str) -> None:
    field = "files" if path == "/predict-batch" else "file"
    parts = [file_part(field, f"{number}.jpg", b"x") for number in range(1001)]
    with bounded():
        assert_problem(post_parts(client, path, *parts), 413, "too_many_files")


def test_40_two_files_where_one_is_asked_for(client: TestClient) -> None:
    parts = [file_part("file", "a.jpg", b"x"), file_part("other", "b.jpg", b"x")]
    assert_problem(post_parts(client, "/predict", *parts), 413, "too_many_files")


@pytest.mark.parametrize("path", DOORS)
def test_41_a_million_tiny_fields(client: TestClient, path: str) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 300_000
    with bounded():
        answer = client.post(path, content=body, headers=MULTIPART_TYPE)
    assert_problem(answer, 400, "malformed_request")


def test_41_a_million_empty_parts(client: TestClient) -> None:
    with bounded():
        answer = client.post("/predict", content=b"--b\r\n" * 1_000_000, headers=MULTIPART_TYPE)
    assert_problem(answer, 400, "malformed_request")


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize(
    "headers",
    [b"X-A: b\r\n" * 100_000, b"X-A: " + b"b" * 1_000_000 + b"\r\n", b"A" * 1_000_000 + b": b\r\n"],
)
def test_42_many_or_large_part_headers(client: TestClient, path: str, headers: bytes) -> None:
    body = file_part("file", "a.jpg", b"x").replace(b"\r\nC", b"\r\n" + headers + b"C")
    with bounded():
        answer = client.post(path, content=multipart(body), headers=MULTIPART_TYPE)
    assert_problem(answer, 400, "malformed_request")


@pytest.mark.parametrize("path", DOORS)
def test_43_a_large_text_field(client: TestClient, path: str) -> None:
    with bounded():
        answer = post_parts(client, path, text_part("note", bytes(1_100_000)))
    assert_problem(answer, 400, "malformed_request")


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("size", [10, 1_100_000])
def test_44_the_file_sent_as_a_text_field(client: TestClient, path: str, size: int) -> None:
    field = "files" if path == "/predict-batch" else "file"
    with bounded():
        answer = post_parts(client, path, text_part(field, bytes(size)))
    assert_problem(answer, 400, "missing_file")


@pytest.mark.parametrize("path", DOORS)
def test_44_no_file_at_all(client: TestClient, path: str) -> None:
    document = assert_problem(post_parts(client, path), 400, "missing_file")
    assert "fields sent: none" in document["detail"]
    parts = [text_part("no\x1b[31mte\u202e", b"x"), file_part("wrong", "a.jpg", b"x")]
    document = assert_problem(post_parts(client, path, *parts), 400, "missing_file")
    assert "fields sent: no[31mte, wrong" in document["detail"]


@pytest.mark.parametrize("unit", [b"\r", b"\r\n--", b"\r\n--bb", b"\n", b"--b--"])
def test_a_file_that_looks_like_boundaries(client: TestClient, unit: bytes) -> None:
    content = b"x" + unit * (10_000_000 // len(unit))
    with bounded(8.0):  # a parser that goes back over it would take minutes
        answer = post_parts(client, "/predict", file_part("file", "a.jpg", content))
    assert answer.status_code in {400, 415}


# 46-51: slow clients, clients that leave, clients that go on.


@pytest.mark.parametrize("framing", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("kind", [MULTIPART, "Content-Type: application/json"])
def test_47_a_slow_body(port: int, portrait: bytes, framing: str, kind: str) -> None:
    with RawConnection(port) as connection, bounded(3.0):
        connection.send(post_head("/predict", kind, framing))
        assert_problem(connection.receive(), 408, "request_timeout")
        assert connection.is_closed()
    assert_good_request_works(port, portrait)


@pytest.mark.parametrize("path", DOORS)
def test_50_a_client_that_leaves_frees_its_place(path: str) -> None:
    predictor = FakePredictor()
    app = fake_app(predictor, workers=1)
    with running_server(app) as port:
        staying, leaving = RawConnection(port), RawConnection(port)
        staying.send(post_file("/predict", b"staying"))
        assert predictor.entered.wait(5)
        leaving.send(post_file(path, b"leaving"))
        wait_until(lambda: app.state.engine.in_flight == 2)
        leaving.close()
        wait_until(lambda: app.state.engine.in_flight == 1)
        predictor.gate.set()
        assert staying.receive().status_code == 200
        staying.close()
        assert ask(port, post_file("/predict", b"next")).status_code == 200
        metrics = ask(port, b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").text
    assert predictor.computed == [b"staying", b"next"]
    assert app.state.engine.in_flight == 0
    assert f'route="{path}",status="499"' in metrics


def test_50_a_client_that_leaves_while_sending(port: int, portrait: bytes) -> None:
    with RawConnection(port) as connection:
        connection.send(post_file("/predict", portrait)[:-1000])
    assert_good_request_works(port, portrait)


def test_51_the_connection_is_used_again_after_an_error(port: int, portrait: bytes) -> None:
    with RawConnection(port) as connection:
        for request, status in (
            (post_file("/predict", b"text"), 415),
            (post_file("/predict", portrait[:2000]), 422),
            (post_file("/nowhere", b"x"), 404),
            (post_head("/predict", MULTIPART, "Content-Length: 7") + b"broken!", 400),
            (post_file("/predict?faces=x", portrait), 422),
            (post_file("/predict", portrait), 200),
        ):
            connection.send(request)
            assert connection.receive().status_code == status


def test_51_requests_in_a_pipeline_are_answered_in_order(port: int, portrait: bytes) -> None:
    with RawConnection(port) as connection:
        connection.send(post_file("/predict", b"text") + post_file("/predict", portrait))
        assert [connection.receive().status_code for _ in range(2)] == [415, 200]


# 52: file names.

_WILD_NAMES = [
    "../../etc/passwd",
    "C:\\x",
    "a\x00b.jpg",
    "a" * 4000,
    "\u202egpj.exe",
    "🙂.jpg",
    "con.jpg",
    "-rf.jpg",
    "=cmd()",
    "<script>alert(1)</script>.jpg",
    "a\x1b[31m\x85.jpg",
    "",
]


@pytest.mark.parametrize("name", _WILD_NAMES)
def test_52_file_names_are_echoed_and_nothing_more(
    client: TestClient, portrait: bytes, name: str
) -> None:
    raw = name.replace("\\", "\\\\")
    good = post_parts(client, "/predict", file_part("file", raw, portrait))
    assert good.json()["prediction"] == "female"
    answer = post_parts(client, "/predict-batch", file_part("files", raw, portrait))
    (result,) = answer.json()["results"]
    assert result["prediction"] == "female"
    echoed = result["filename"]
    assert echoed.isprintable()
    assert len(echoed) <= 255
    assert set(echoed) <= set(name)
    assert answer.headers["content-type"] == "application/json"


def test_52_bytes_that_are_no_text_as_a_name(client: TestClient, portrait: bytes) -> None:
    part = file_part("files", "NAME", portrait).replace(b"NAME", b"\xff\xfe\xed\xa0\x80.jpg")
    (result,) = post_parts(client, "/predict-batch", part).json()["results"]
    assert result["filename"].endswith(".jpg")


# 55-57: JSON. What decode_base64 takes is tried in tests/service/test_json_body.py.


@pytest.mark.parametrize(
    "image",
    ["http://127.0.0.1:9/a.jpg", "https://example.org/a.jpg", "file:///etc/passwd", "/etc/passwd"],
)
def test_55_nothing_is_fetched(client: TestClient, image: str) -> None:
    for document in ({"image": image}, {"url": image}, {"image": {"url": image}}):
        answer = client.post("/predict", json=document)
        assert answer.status_code in {400, 415}
        assert image not in answer.text


def _corrupted(change: Callable[[str], str]) -> Callable[[bytes], str]:
    return lambda content: change(base64.b64encode(content).decode())


@pytest.mark.parametrize(
    "spoil",
    [
        _corrupted(lambda text: text + "="),
        _corrupted(lambda text: text[:76] + " " + text[76:]),
        _corrupted(lambda text: text.replace("/", "_").replace("+", "-")),
        _corrupted(lambda text: "data:text/html;base64," + text),
        _corrupted(lambda text: "data:;base64," + text),
    ],
)
def test_56_base64_is_strict(
    client: TestClient, portrait: bytes, spoil: Callable[[bytes], str]
) -> None:
    answer = client.post("/predict", json={"image": spoil(portrait)})
    assert_problem(answer, 400, "invalid_base64")


def test_56_oversize_base64_is_refused_by_its_encoded_length(client: TestClient) -> None:
    with bounded():
        answer = client.post("/predict", content=b"A" * 20_000_001)
    assert_problem(answer, 413, "body_too_large")


_GOOD = b'{"image": "AAAA"'


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"[" * 10_000 + b"]" * 10_000, "application/json"),
        (_GOOD + b', "x": 1e400}', "application/json"),
        (_GOOD + b', "x": NaN}', "application/json"),
        (_GOOD + b', "image": "AAAA"}', "application/json"),
        (_GOOD + b"}", "application/json; charset=utf-16"),
        (_GOOD + b"}", "application/json; charset=latin-1"),
        ((_GOOD + b"}").decode().encode("utf-32"), "application/json"),
        (b'{"image": "\xe9"}', "application/json; charset=utf-8"),
        (b'{"x": [' + b"[]," * 6_000_000 + b"[]]}", "application/json"),
    ],
)
def test_57_odd_json(client: TestClient, body: bytes, kind: str) -> None:
    with bounded():
        answer = client.post("/predict", content=body, headers={"Content-Type": kind})
    assert_problem(answer, 400, "malformed_request")


def test_34_answers_are_strict_json(client: TestClient, portrait: bytes) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    answer = client.post("/predict?faces=all", files={"file": ("a.jpg", portrait)})
    json.loads(answer.content, parse_constant=refuse)


# More than can be done.


def test_overload_is_refused_at_once_and_ends() -> None:
    predictor = FakePredictor()
    with running_server(fake_app(predictor, workers=1, max_queue=3)) as port:
        accepted = [RawConnection(port) for _ in range(3)]
        for connection in accepted:
            connection.send(post_file("/predict", b"accepted"))
        engine_full = "genderlens_pictures_in_flight 3.0"
        get_metrics = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
        wait_until(lambda: engine_full in ask(port, get_metrics).text)
        for path in DOORS * 5:
            answer = ask(port, post_file(path, b"excess"), limit_s=0.5)
            assert_problem(answer, 503, "overloaded")
            assert int(answer.headers["retry-after"]) >= 1
        # Refused before the body is read.
        with RawConnection(port) as connection:
            connection.send(post_head("/predict", MULTIPART, "Content-Length: 19000000"))
            assert_problem(connection.receive(), 503, "overloaded")
            assert connection.is_closed()
        assert ask(port, b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").status_code == 200
        predictor.gate.set()
        for connection in accepted:
            assert connection.receive().status_code == 200
            connection.close()
        assert ask(port, post_file("/predict", b"next")).status_code == 200
    assert predictor.computed == [b"accepted"] * 3 + [b"next"]


def test_49_idle_connections_do_not_keep_health_from_answering(port: int) -> None:
    idle = [RawConnection(port) for _ in range(200)]
    try:
        answer = ask(port, b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert answer.status_code == 200
    finally:
        for connection in idle:
            connection.close()
