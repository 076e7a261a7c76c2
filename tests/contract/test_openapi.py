"""The document and the service agree, whatever a client sends: Schemathesis generates it.

Every operation gets the examples of the document, the edges of its parameters, and random data that
keeps or breaks its schemas; each answer must be one that the document promises.
"""

from __future__ import annotations

from typing import Any

import schemathesis
from schemathesis import BaseSchema, Case
from schemathesis.checks import (
    content_type_conformance,
    negative_data_rejection,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.config import SchemathesisConfig

from contract.conftest import Served
from genderlens.service.app import create_app
from genderlens.settings import load_settings

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
TIMEOUT_S = 30.0
DOCUMENT: dict[str, Any] = create_app(load_settings()).openapi()


def _schema(examples: int) -> BaseSchema:
    config = SchemathesisConfig.from_dict(
        {
            "seed": 20261121,
            "generation": {
                "mode": "all",
                "max-examples": examples,
                "deterministic": True,
                "no-shrink": True,
                "database": "none",
            },
            "phases": {"stateful": {"enabled": False}},
        }
    )
    return schemathesis.openapi.from_dict(DOCUMENT, config=config)


@_schema(10).parametrize()
def test_whatever_is_sent_the_answer_is_one_of_the_document(
    case: Case, open_service: Served
) -> None:
    case.call_and_validate(
        base_url=open_service.url, checks=[*CHECKS, negative_data_rejection], timeout=TIMEOUT_S
    )


@_schema(3).parametrize()
def test_the_same_with_a_key(case: Case, keyed_service: Served) -> None:
    headers = {"Authorization": f"Bearer {keyed_service.keys['admin']}"}
    case.call_and_validate(
        base_url=keyed_service.url, checks=CHECKS, headers=headers, timeout=TIMEOUT_S
    )


@_schema(3).parametrize()
def test_without_a_key_nothing_is_told(case: Case, keyed_service: Served) -> None:
    answer = case.call_and_validate(base_url=keyed_service.url, checks=CHECKS, timeout=TIMEOUT_S)
    if DOCUMENT["paths"][case.operation.path][case.operation.method]["security"]:
        # 400: control characters in the path, which are refused before anybody is asked for a key.
        assert answer.status_code in {400, 401, 404, 405}, (case.path, answer.status_code)
