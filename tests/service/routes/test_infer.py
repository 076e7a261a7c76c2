"""Inference by the protocol: the answers of ``/predict``, also for Triton's own client."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

import photos
from genderlens.bundle import load_bundle
from genderlens.pictures.imaging import normalize
from service.processes import serve
from service.serving import assert_problem

MODEL = load_bundle().description


def infer(client: TestClient, tensor: dict[str, Any], path: str = "") -> dict[str, Any]:
    body = {"id": "x", "inputs": [{"name": "image", **tensor}]}
    answer = client.post(f"/v2/models/{MODEL.name}{path}/infer", json=body)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    assert (document["id"], document["model_version"]) == ("x", MODEL.version)
    return {one["name"]: one["data"] for one in document["outputs"]}


def test_pictures_as_tensors_get_the_answers_of_predict(
    client: TestClient, portrait: bytes
) -> None:
    told = client.post("/predict", files={"file": ("a.jpg", portrait)}).json()
    cat = photos.encode(photos.landscapes()["cat"])
    texts = [base64.b64encode(one).decode() for one in (portrait, cat, b"none")]
    found = infer(client, {"datatype": "BYTES", "shape": [3], "data": texts})
    assert found["outcome"] == ["classified", "no_person", "unreadable"]
    assert found["prediction"] == [told["prediction"], "", ""]
    assert found["confidence"][0] == told["confidence"]
    assert json.loads(found["answer"][0])["faces"] == told["faces"]
    versioned = infer(
        client,
        {"datatype": "BYTES", "shape": [1], "data": texts[:1]},
        f"/versions/{MODEL.version}",
    )
    assert versioned["prediction"] == [told["prediction"]]


def test_pixels_get_the_answer_of_the_same_picture_as_png(client: TestClient) -> None:
    image = photos.portrait().crop((100, 0, 356, 256))
    png = photos.encode(image, "PNG")
    told = client.post("/predict", files={"file": ("a.png", png)}).json()
    pixels = np.asarray(image)[None]
    found = infer(
        client, {"datatype": "UINT8", "shape": list(pixels.shape), "data": pixels.ravel().tolist()}
    )
    assert found["confidence"] == [told["confidence"]]


def test_values_go_to_the_network_alone(client: TestClient) -> None:
    height, width = MODEL.input.shape
    face = photos.portrait().crop((150, 40, 300, 190)).resize((width, height))
    values = normalize(np.asarray(face)[None], MODEL.input.mean, MODEL.input.std)
    tensor = {"datatype": "FP32", "shape": list(values.shape), "data": values.ravel().tolist()}
    found = infer(client, tensor)
    assert len(found["logit"]) == 1
    assert found["outcome"][0] in {"classified", "uncertain"}
    wrong = {"name": "image", "datatype": "FP32", "shape": [1, 3, 1, 1], "data": [0, 0, 0]}
    answer = client.post(f"/v2/models/{MODEL.name}/infer", json={"inputs": [wrong]})
    assert "[N, 3, " in assert_problem(answer, 400, "malformed_request")["detail"]


def test_what_is_not_served_is_not_found(client: TestClient) -> None:
    for path in ("none/infer", f"{MODEL.name}/versions/none/infer"):
        assert_problem(client.post(f"/v2/models/{path}", json={"inputs": []}), 404, "not_found")


def test_a_picture_may_be_the_body_itself(client: TestClient, portrait: bytes) -> None:
    told = client.post("/predict", files={"file": ("a.jpg", portrait)}).json()
    raw = client.post("/predict", content=portrait, headers={"Content-Type": "image/jpeg"}).json()
    assert raw["faces"] == told["faces"]
    empty = client.post("/predict", content=b"", headers={"Content-Type": "image/png"})
    assert_problem(empty, 415, "unsupported_format")


def test_a_batch_may_be_json(client: TestClient, portrait: bytes) -> None:
    text = base64.encodebytes(portrait).decode()
    answer = client.post("/predict-batch", json={"images": [text, "AAAA"]}).json()
    assert [one["filename"] for one in answer["results"]] == ["images[0]", "images[1]"]
    assert [one["outcome"] for one in answer["results"]] == ["classified", "unreadable"]
    for body, status, code in (
        ({"images": []}, 400, "missing_file"),
        ({"images": ["AAAA"] * 1000}, 413, "too_many_files"),
        ({"image": "AAAA"}, 400, "malformed_request"),
        ({"images": [1]}, 400, "malformed_request"),
    ):
        assert_problem(client.post("/predict-batch", json=body), status, code)


CLIENT = """
import sys
import numpy as np
import tritonclient.http as triton
address, name, photo = sys.argv[1:]
client = triton.InferenceServerClient(address)
assert client.is_server_live() and client.is_server_ready() and client.is_model_ready(name)
(spec,) = client.get_model_metadata(name)["inputs"]
assert (spec["name"], spec["datatype"]) == ("image", "BYTES")
for binary in (True, False):
    tensor = triton.InferInput("image", [1], "BYTES")
    content = open(photo, "rb").read()
    if binary:
        tensor.set_data_from_numpy(np.array([content], dtype=object))
    else:
        import base64
        text = np.array([base64.b64encode(content)], dtype=object)
        tensor.set_data_from_numpy(text, binary_data=False)
    answer = client.infer(name, [tensor], request_id="7")
    told = [answer.as_numpy(name)[0] for name in ("prediction", "confidence")]
    print(answer.get_response()["id"], *told)
"""


def test_tritons_client_asks_and_understands(tmp_path: Path, portrait: bytes) -> None:
    pytest.importorskip("tritonclient")
    photo = tmp_path / "a.jpg"
    photo.write_bytes(portrait)
    with serve() as service:
        address = service.url.removeprefix("http://")
        command = [sys.executable, "-c", CLIENT, address, MODEL.name, str(photo)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    one, other = done.stdout.splitlines()
    assert one == other
    assert one.startswith("7 ")
