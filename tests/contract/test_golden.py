"""Answers to known pictures, key by key and type by type, beside what they were once.

Figures may change with the model; a field that goes, comes or changes its type is a change of the
contract and must be made here too.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

import photos
from contract.conftest import Served

GOLDEN = Path(__file__).with_name("golden.json")
_VERSION = re.compile(r"\d{8}-[0-9a-f]{8}")
EXPECTED: dict[str, Any] = json.loads(GOLDEN.read_text("utf-8"))


def shape(value: Any) -> Any:
    """Types in place of what differs by model, machine or moment; words and flags as they are."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value]
    return "number" if isinstance(value, float) else value


def _blank(answer: Any) -> Any:
    """Without what is new each time."""
    if isinstance(answer, list):
        return [_blank(one) for one in answer]
    if isinstance(answer, str):
        return _VERSION.sub("VERSION", answer).replace(", HEIC", "")  # where its extra is installed
    if not isinstance(answer, dict):
        return answer
    changing = {"id", "model_version", "version", "model", "request_id"}
    return {
        key: type(value).__name__ if key in changing else _blank(value)
        for key, value in answer.items()
    }


def _requests() -> dict[str, tuple[str, str, dict[str, Any]]]:
    one, two = photos.encode(photos.portrait()), photos.encode(photos.crowd(2))
    file = {"file": ("a.jpg", one)}
    batch = [("files", ("a.jpg", one)), ("files", ("b.jpg", two)), ("files", ("c.txt", b"text"))]
    return {
        "root": ("GET", "/", {}),
        "health": ("GET", "/health", {}),
        "protocol_live": ("GET", "/v2/health/live", {}),
        "protocol_ready": ("GET", "/v2/health/ready", {}),
        "protocol_unknown_model": ("GET", "/v2/models/none", {}),
        "classified": ("POST", "/predict", {"files": file}),
        "refused": ("POST", "/predict", {"files": {"file": ("a.jpg", two)}}),
        "truncated": ("POST", "/predict", {"files": {"file": ("a.jpg", one[:2000])}}),
        "no_picture": ("POST", "/predict-file", {"files": {"file": ("a.jpg", b"text")}}),
        "invalid_base64": ("POST", "/predict", {"json": {"image": "?"}}),
        "missing_file": ("POST", "/predict-batch", {"files": file}),
        "batch": ("POST", "/predict-batch", {"files": batch}),
    }


def ask_all(url: str) -> dict[str, Any]:
    """Status and shape of every answer."""
    with httpx.Client(base_url=url, timeout=60) as client:
        answers = {
            name: client.request(method, path, **arguments)
            for name, (method, path, arguments) in _requests().items()
        }
    return {
        name: {
            "status": answer.status_code,
            "type": answer.headers["content-type"],
            "body": shape(_blank(answer.json())),
        }
        for name, answer in answers.items()
    }


@pytest.fixture(scope="module")
def answers(open_service: Served) -> dict[str, Any]:
    return ask_all(open_service.url)


@pytest.mark.parametrize("name", _requests())
def test_answers_keep_their_shape(answers: dict[str, Any], name: str) -> None:
    assert answers[name] == EXPECTED[name]


def test_nothing_else_is_golden() -> None:
    assert set(EXPECTED) == set(_requests())
