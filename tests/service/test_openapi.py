"""The document is a contract: real answers are held against its schemas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

import photos

TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


@pytest.fixture(scope="module")
def document(client: TestClient) -> dict[str, Any]:
    result: dict[str, Any] = client.get("/openapi.json").json()
    return result


def faults(
    value: Any, schema: dict[str, Any], document: dict[str, Any], at: str = "$"
) -> list[str]:
    """Where a value breaks a schema: the part of JSON Schema that the document uses."""
    known = {"type", "properties", "required", "items", "anyOf", "$ref", "enum", "const"}
    known |= {"minimum", "maximum"}
    ignored = {"title", "description", "examples", "additionalProperties", "default", "format"}
    ignored |= {"maxLength"}
    assert set(schema) <= known | ignored, f"{at}: teach this test {set(schema) - known - ignored}"
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        return faults(value, document["components"]["schemas"][name], document, at)
    if "anyOf" in schema:
        tries = [faults(value, choice, document, at) for choice in schema["anyOf"]]
        return min(tries, key=len)
    return list(_faults_here(value, schema, document, at))


def _is_in_range(value: float, schema: dict[str, Any]) -> bool:
    return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))


def _faults_here(
    value: Any, schema: dict[str, Any], document: dict[str, Any], at: str
) -> Iterator[str]:
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (value is True and kind != "boolean")):
        yield f"{at}: {value!r} is no {kind}"
        return
    if schema.get("const", value) != value:
        yield f"{at}: {value!r} is not {schema['const']!r}"
    if kind in {"integer", "number"} and not _is_in_range(value, schema):
        yield f"{at}: {value!r} is out of range"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    yield from (f"{at}: no {name}" for name in schema.get("required", []) if name not in value)
    for name, inner in schema.get("properties", {}).items():
        if name in value:
            yield from faults(value[name], inner, document, f"{at}.{name}")
    for index, item in enumerate(value if kind == "array" else ()):
        yield from faults(item, schema["items"], document, f"{at}[{index}]")


def test_the_check_finds_faults(document: dict[str, Any]) -> None:
    schema = {"$ref": "#/components/schemas/PredictionAnswer"}
    assert len(faults({"confidence": "high"}, schema, document)) > 5
    assert faults([], schema, document)


def _requests(portrait: bytes) -> list[tuple[str, str, int, dict[str, Any]]]:
    two, cat = photos.encode(photos.crowd(2)), photos.encode(photos.landscapes()["cat"])
    batch = [("files", ("a.jpg", content)) for content in (portrait, two, b"text")]
    return [
        ("post", "/predict", 200, {"files": {"file": ("a.jpg", portrait)}}),
        ("post", "/predict", 422, {"files": {"file": ("a.jpg", two)}}),
        ("post", "/predict", 422, {"files": {"file": ("a.jpg", portrait[:999])}}),
        ("post", "/predict", 415, {"files": {"file": ("a.jpg", b"text")}}),
        ("post", "/predict", 400, {"json": {"image": "?"}}),
        ("post", "/predict", 413, {"content": b"", "headers": {"Content-Length": "30000000"}}),
        ("post", "/predict-file", 200, {"files": {"file": ("a.jpg", portrait)}}),
        ("post", "/predict-file", 422, {"files": {"file": ("a.jpg", cat)}}),
        ("post", "/predict-file", 400, {"files": {"other": ("a.jpg", cat)}}),
        ("post", "/predict-file", 415, {"json": {"image": "AAAA"}}),
        ("post", "/predict-batch", 200, {"files": batch}),
        ("post", "/predict-batch", 400, {"files": {"file": ("a.jpg", cat)}}),
        ("get", "/", 200, {}),
        ("get", "/health", 200, {}),
        ("get", "/health/ready", 200, {}),
        ("get", "/health/live", 200, {}),
        ("get", "/v2/health/live", 200, {}),
        ("get", "/v2/health/ready", 200, {}),
        ("get", "/v2/models/{name}", 404, {}),
        ("get", "/v2/models/{name}/ready", 404, {}),
    ]  # fmt: skip


def test_real_answers_keep_the_contract(
    client: TestClient, document: dict[str, Any], portrait: bytes
) -> None:
    for method, path, status, arguments in _requests(portrait):
        answer = client.request(method, path, **arguments)
        assert answer.status_code == status, (path, answer.text)
        documented = document["paths"][path][method]["responses"][str(status)]["content"]
        schema = documented[answer.headers["content-type"]]["schema"]
        assert faults(answer.json(), schema, document) == [], (path, status)


def test_invalid_parameters_keep_the_contract(
    client: TestClient, document: dict[str, Any], portrait: bytes
) -> None:
    for path, field in (("/predict", "file"), ("/predict-batch", "files")):
        answer = client.post(path, params={"faces": "x"}, files={field: ("a.jpg", portrait)})
        content = document["paths"][path]["post"]["responses"]["422"]["content"]
        assert faults(answer.json(), content["application/problem+json"]["schema"], document) == []


def test_every_failure_is_documented_as_a_problem(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert "default" in operation["responses"]
            for status, response in operation["responses"].items():
                if status >= "4":
                    assert list(response["content"]) == ["application/problem+json"], path
                    assert response["description"]
    statuses = set(document["paths"]["/predict"]["post"]["responses"])
    assert statuses >= {"200", "400", "408", "413", "415", "422", "500", "503"}
    assert "HTTPValidationError" not in str(document)


def test_examples_keep_their_own_schemas(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    with_examples = {name for name, schema in schemas.items() if "examples" in schema}
    assert with_examples >= {"PredictionAnswer", "BatchAnswer", "Refusal", "Problem"}
    for name in with_examples:
        for example in schemas[name]["examples"]:
            assert faults(example, {"$ref": f"#/components/schemas/{name}"}, document) == []
    content = document["paths"]["/predict"]["post"]["requestBody"]["content"]
    assert set(content) == {"multipart/form-data", "application/json", "image/*"}
    assert "example" in content["application/json"]


def test_the_document_tells_how_to_send_a_key(document: dict[str, Any]) -> None:
    assert set(document["components"]["securitySchemes"]) == {"bearer", "header"}
    assert document["security"] == [{"bearer": []}, {"header": []}, {}]
    predict, health = document["paths"]["/predict"]["post"], document["paths"]["/health"]["get"]
    assert predict["security"] == [
        {"bearer": ["admin"]},
        {"header": ["admin"]},
        {"bearer": ["predict"]},
        {"header": ["predict"]},
        {},
    ]
    assert health["security"] == []
    statuses = predict["responses"]
    assert {"401", "403", "429"} <= set(statuses)
