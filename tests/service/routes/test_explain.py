"""Explanations over HTTP."""

from __future__ import annotations

import io
import threading
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

import photos
from genderlens.errors import NotExplainableError
from genderlens.inference.predictor import create_predictor
from genderlens.pictures.imaging import Decoded, decode_reduced
from genderlens.service.app import create_app
from genderlens.service.models.explaining import MODELS_KEPT, Explainers
from genderlens.settings import load_settings
from service.keyed import callers
from service.serving import (
    MULTIPART,
    FakePredictor,
    RawConnection,
    assert_problem,
    fake_app,
    post_file,
    post_head,
    running_server,
    warm_client,
)
from tiny_bundles import make_bundle


def test_a_face_under_heat(client: TestClient, portrait: bytes) -> None:
    before = client.get("/predictions").json()
    answers = [
        client.post("/explain", files={"file": ("a.jpg", portrait)}, params=parameters)
        for parameters in ({}, {"method": "grad-cam", "faces": "largest"})
    ]
    for answer in answers:
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert answers[0].content == answers[1].content
    with Image.open(io.BytesIO(answers[0].content)) as image:
        assert (image.format, image.mode, image.size) == ("PNG", "RGB", (256, 256))
        assert len(image.getcolors(256 * 256) or []) > 1000
    assert client.get("/predictions").json() == before


def test_each_face_of_a_group(client: TestClient) -> None:
    group = photos.encode(photos.crowd(2))

    def ask(face: int) -> Any:
        parameters: dict[str, Any] = {"faces": "all", "face": face}
        return client.post("/explain", files={"file": ("a.jpg", group)}, params=parameters)

    one, other = ask(1), ask(2)
    assert (one.status_code, other.status_code) == (200, 200)
    assert one.content != other.content
    assert "has 2" in assert_problem(ask(3), 400, "malformed_request")["detail"]
    assert_problem(ask(0), 422, "invalid_parameter")


@pytest.mark.parametrize(
    ("width", "share", "to_predict", "to_explain"),
    [
        (800, 1.0, 1, 1),  # small: in full, once
        (2400, 1.0, 1, 2),  # a large face: the copy for the detector is fine enough to classify
        (2400, 0.3, 2, 2),  # a small one is decoded finer to be classified, and drawn from that
        (2400, 0.9, 1, 2),  # fine enough to be classified, not to be drawn
    ],
)
def test_nothing_is_decoded_twice_to_draw_it(
    client: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    width: int,
    share: float,
    to_predict: int,
    to_explain: int,
) -> None:
    decoded: list[int | None] = []

    def watched(content: bytes, *, max_pixels: int, enough_px: int | None) -> Decoded:
        if content == picture:  # the service looks at a picture of its own now and then
            decoded.append(enough_px)
        return decode_reduced(content, max_pixels=max_pixels, enough_px=enough_px)

    monkeypatch.setattr("genderlens.inference.photo.decode_reduced", watched)
    scene = Image.new("RGB", (width, width), (90, 110, 90))
    side = round(share * width)
    scene.paste(photos.portrait().resize((side, side)), ((width - side) // 2,) * 2)
    picture = photos.encode(scene)
    upload = {"file": ("a.jpg", picture)}
    client.post("/predict", files=upload)
    assert len(decoded) == to_predict
    assert client.post("/explain", files=upload).status_code == 200
    assert len(decoded) == to_predict + to_explain


def test_it_is_of_the_face_that_was_asked_for(client: TestClient, portrait: bytes) -> None:
    pictures = [
        client.post("/explain", files={"file": ("a.jpg", portrait)}, params={"faces": faces})
        for faces in ("single", "cropped")
    ]
    assert pictures[0].content != pictures[1].content


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (photos.encode(photos.crowd(2)), 422, "many_people"),
        (photos.encode(photos.landscapes()["cat"]), 422, "no_person"),
        (photos.encode(photos.portrait())[:5000], 422, "truncated"),
        (b"text", 415, "unsupported_format"),
    ],
)
def test_refusals_are_those_of_predict(
    client: TestClient, content: bytes, status: int, code: str
) -> None:
    upload = {"file": ("a.jpg", content)}
    problem = assert_problem(client.post("/explain", files=upload), status, code)
    predicted = client.post("/predict", files=upload).json()
    own = {"id", "request_id"}
    assert "id" not in problem
    assert {k: v for k, v in predicted.items() if k not in own} == {
        k: v for k, v in problem.items() if k not in own
    }


@pytest.mark.parametrize(
    ("parameters", "status", "code"),
    [
        ({"method": "lime"}, 422, "invalid_parameter"),
        ({"faces": "x"}, 422, "invalid_parameter"),
        ({"model": "none-1"}, 404, "version_not_found"),
    ],
)
def test_parameters(
    client: TestClient, portrait: bytes, parameters: dict[str, str], status: int, code: str
) -> None:
    answer = client.post("/explain", files={"file": ("a.jpg", portrait)}, params=parameters)
    assert_problem(answer, status, code)


def test_bodies(client: TestClient) -> None:
    assert_problem(client.post("/explain", json={"image": "AAAA"}), 415, "unsupported_media_type")
    assert_problem(client.post("/explain", files={"x": ("a", b"a")}), 400, "missing_file")
    large = {"Content-Length": "30000000"}
    assert_problem(client.post("/explain", content=b"", headers=large), 413, "body_too_large")


def test_a_bundle_without_a_map_says_so(tmp_path: Path, portrait: bytes) -> None:
    bundle = make_bundle(tmp_path / "plain", "plain")
    with warm_client(create_app(load_settings(model=str(bundle)))) as client:
        answer = client.post("/explain", files={"file": ("a.jpg", portrait)})
        problem = assert_problem(answer, 409, "not_explainable")
        assert "plain-1 holds no Grad-CAM" in problem["detail"]
        assert str(tmp_path) not in answer.text


def test_an_ensemble_says_so(tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path / "plain", "plain")
    predictor = create_predictor(load_settings(model=f"default,{bundle}"))
    with pytest.raises(NotExplainableError, match="several bundles"):
        Explainers().explain(predictor, b"", None)


def test_few_explainers_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(
        "genderlens.service.models.explaining._create_explainer",
        lambda predictor: made.append(predictor.version),
    )
    explainers = Explainers()
    for index in [*range(MODELS_KEPT + 1), MODELS_KEPT, 0]:
        predictor = FakePredictor(version=str(index))
        explainers._explainer(predictor)  # type: ignore[arg-type]
    assert made == ["0", "1", "2", "3", "4", "0"]


def test_it_keeps_to_the_bounds_of_predictions() -> None:
    predictor = FakePredictor()
    with warm_client(fake_app(predictor, max_queue=1, workers=1)) as client:
        thread = threading.Thread(
            target=client.post, args=("/predict",), kwargs={"files": {"file": ("a.jpg", b"a")}}
        )
        thread.start()
        assert predictor.entered.wait(10)
        answer = client.post("/explain", files={"file": ("a.jpg", b"a")})
        predictor.gate.set()
        thread.join(10)
        assert_problem(answer, 503, "overloaded")
        assert "retry-after" in answer.headers


def test_it_refuses_before_the_body_is_read() -> None:
    predictor = FakePredictor()
    with (
        running_server(fake_app(predictor, max_queue=1, workers=1)) as port,
        RawConnection(port) as busy,
        RawConnection(port) as connection,
    ):
        busy.send(post_file("/predict", b"a"))
        assert predictor.entered.wait(10)
        connection.send(post_head("/explain", MULTIPART, "Content-Length: 19000000"))
        assert_problem(connection.receive(), 503, "overloaded")
        assert connection.is_closed()
        predictor.gate.set()
        assert busy.receive().status_code == 200


def test_it_does_not_wait_for_ever() -> None:
    predictor = FakePredictor()
    with warm_client(fake_app(predictor, deadline_s=0.1, workers=1)) as client:
        thread = threading.Thread(
            target=client.post, args=("/predict",), kwargs={"files": {"file": ("a.jpg", b"a")}}
        )
        thread.start()
        assert predictor.entered.wait(10)
        threading.Timer(0.3, predictor.gate.set).start()
        answer = client.post("/explain", files={"file": ("a.jpg", b"a")})
        thread.join(10)
        problem = assert_problem(answer, 503, "overloaded")
        assert "for a worker" in problem["detail"]


def test_the_scope_is_that_of_predictions(portrait: bytes) -> None:
    with callers("train") as (caller,):
        answer = caller.ask("POST", "/explain", files={"file": ("a.jpg", portrait)})
        assert_problem(answer, 403, "forbidden")
