from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from genderlens import errors
from genderlens.service.errors import problem, problem_of, refusal
from genderlens.types import Outcome, Prediction
from service.serving import assert_problem

ERRORS = errors.list_errors()


@pytest.mark.parametrize("leaf", ERRORS)
def test_every_error_becomes_a_problem(leaf: type[errors.GenderlensError]) -> None:
    error = leaf("s3", "storage") if leaf is errors.MissingExtraError else leaf("a fact")
    answer = problem_of(error)
    assert answer.status_code == leaf.http_status
    assert answer.media_type == "application/problem+json"


def test_an_inner_node_or_an_unknown_error_is_a_failure_of_ours() -> None:
    assert problem_of(errors.GenderlensError("odd")).status_code == 500


@pytest.mark.parametrize("leaf", [leaf for leaf in ERRORS if issubclass(leaf, errors.ImageError)])
def test_an_unreadable_picture_has_the_status_of_its_error(
    leaf: type[errors.GenderlensError],
) -> None:
    answer = Prediction(Outcome.UNREADABLE, 0, "v", error="why", error_code=leaf.code)
    assert refusal(answer).status_code == leaf.http_status


def test_titles_do_not_depend_on_the_detail() -> None:
    assert problem(413, "too_many_files", "x").body != problem(413, "too_many_files", "y").body
    assert b'"title":"Too many files"' in problem(413, "too_many_files", "x").body


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/static-offline-docs/../../app.py", 404, "not_found"),
        ("GET", "/predict", 405, "method_not_allowed"),
        ("DELETE", "/health", 405, "method_not_allowed"),
        ("POST", "/predict", 415, "unsupported_media_type"),
    ],
)
def test_what_routing_refuses(
    client: TestClient, method: str, path: str, status: int, code: str
) -> None:
    answer = client.request(method, path)
    assert_problem(answer, status, code)
    assert ("allow" in answer.headers) == (status == 405)
