"""What the tests of the service share: applications, predictors that misbehave, a real server."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

import photos
from genderlens.heads.default import GENDER
from genderlens.inference.photo import Photo
from genderlens.service.app import create_app
from genderlens.service.process.protocol import HttpProtocol
from genderlens.settings import load_settings
from genderlens.types import FaceResult, HeadAnswer, Outcome, Prediction
from made_answers import DefaultQuestions

PROBLEM_JSON = "application/problem+json"


def classified(logit: float = 2.0) -> Prediction:
    answer = HeadAnswer(GENDER, Outcome.CLASSIFIED, (logit,), (0.12, 0.88))
    face = FaceResult(answer, None, None)
    return Prediction(Outcome.CLASSIFIED, 1, "fake-1", (face,))


@dataclass
class FakePredictor:
    """Answers what ``answer`` gives; waits for ``gate`` first, and counts what it computed."""

    answer: Callable[[bytes], Prediction] = lambda _: classified()
    gate: threading.Event = field(default_factory=threading.Event)
    entered: threading.Event = field(default_factory=threading.Event)
    computed: list[bytes] = field(default_factory=list)
    version: str = "fake-1"
    abstain_below: float = 0.55
    bundles: tuple[Any, ...] = ()
    graphs: tuple[Any, ...] = ()
    detector_graph: Any = None
    questions: Any = field(default_factory=DefaultQuestions)
    bundle: Any = field(
        default_factory=lambda: SimpleNamespace(description=SimpleNamespace(files={}))
    )

    def warm_up(self) -> None:
        pass

    def predict(self, contents: Sequence[bytes], *, faces: object = None) -> list[Prediction]:
        self.entered.set()
        assert self.gate.wait(10)
        self.computed.extend(contents)
        return [self.answer(content) for content in contents]

    def predict_photo(
        self, content: bytes, *, faces: object = None, attributes: object = None
    ) -> tuple[Prediction, Photo | None]:
        return self.predict([content], faces=faces)[0], None

    def refuse(self, code: str, text: str) -> Prediction:
        return Prediction(Outcome.UNREADABLE, 0, self.version, error=text, error_code=code)


def open_predictor(answer: Callable[[bytes], Prediction] = lambda _: classified()) -> FakePredictor:
    """A fake that does not wait."""
    predictor = FakePredictor(answer)
    predictor.gate.set()
    return predictor


def fake_app(predictor: FakePredictor, **settings: Any) -> FastAPI:
    return create_app(load_settings(**settings), lambda _: predictor)  # type: ignore[arg-type,return-value]


@contextmanager
def warm_client(app: FastAPI) -> Iterator[TestClient]:
    """A client of an application that is ready."""
    with TestClient(app, base_url="http://localhost") as client:
        wait_until(lambda: client.get("/health/ready").status_code == 200)
        yield client


def wait_until(condition: Callable[[], bool], timeout_s: float = 10.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.01)


@cache
def portrait_jpeg() -> bytes:
    return photos.encode(photos.portrait())


def assert_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """An RFC 9457 document with a stable code, and nothing of our inside in it."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == PROBLEM_JSON
    document: dict[str, Any] = response.json()
    assert document["status"] == status
    assert document["code"] == code
    assert document["type"] == f"urn:genderlens:problem:{code}"
    assert document["title"]
    assert document["detail"]
    assert "Traceback" not in response.text
    assert ".py" not in response.text
    return document


@dataclass
class RawAnswer:
    """A parsed HTTP/1.1 answer off a socket, in the shape of the test client's responses."""

    status_code: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


class RawConnection:
    """A socket to a server, for requests that no client library would send."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._stream = self.socket.makefile("rb")

    def __enter__(self) -> RawConnection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._stream.close()
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def receive(self) -> RawAnswer:
        answer = self.receive_head()
        answer.content = self._stream.read(int(answer.headers.get("content-length", -1)))
        return answer

    def receive_head(self) -> RawAnswer:
        """An answer that has no body, such as one to HEAD."""
        start = self._stream.readline()
        assert start, "the connection was closed without an answer"
        status = int(start.split()[1])
        headers: dict[str, str] = {}
        while line := self._stream.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        return RawAnswer(status, headers, b"")

    def is_closed(self) -> bool:
        """Waits for the end of the connection."""
        try:
            return self._stream.read(1) == b""
        except ConnectionError:
            return True


def post_head(path: str, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def file_part(name: str, filename: str, content: bytes, boundary: str = "b") -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"'
    return head.encode() + b"\r\n\r\n" + content + b"\r\n"


def text_part(name: str, value: bytes, boundary: str = "b") -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
    return head.encode() + b"\r\n\r\n" + value + b"\r\n"


def multipart(*parts: bytes, boundary: str = "b") -> bytes:
    return b"".join(parts) + f"--{boundary}--\r\n".encode()


MULTIPART = "Content-Type: multipart/form-data; boundary=b"


def post_file(path: str, content: bytes) -> bytes:
    """A whole request with one file, as ``file`` and as ``files``."""
    field = "files" if path.startswith("/predict-batch") else "file"
    body = multipart(file_part(field, "a.jpg", content))
    return post_head(path, MULTIPART, f"Content-Length: {len(body)}") + body


@contextmanager
def running_server(app: FastAPI) -> Iterator[int]:
    """A real server in a thread, on a free port of the loopback."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app, http=HttpProtocol, ws="none", log_config=None, proxy_headers=False
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            wait_until(lambda: server.started and app.state.engine.ready)
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive()
