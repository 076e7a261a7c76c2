"""The OpenAPI document says what the handlers do: every failure is a problem document."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel

from genderlens.service.errors import PROBLEM_JSON
from genderlens.service.middleware.auth import SECURITY_SCHEMES
from genderlens.service.middleware.permissions import scopes_of
from genderlens.service.schemas.health import NotReady
from genderlens.service.schemas.models import ComparisonAnswer, LiveAnswer, ModelVersion
from genderlens.service.schemas.predict import BatchAnswer, BatchItem, PredictionAnswer
from genderlens.service.schemas.problem import Refusal
from genderlens.service.schemas.registry import DecisionAnswer, JobDetail

_ANY_OTHER = {
    "description": "Any other failure, such as `not_found`, `unknown_host` or `internal_error`.",
    "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


_WITH_EXAMPLES: Final[tuple[type[BaseModel], ...]] = (
    PredictionAnswer,
    BatchItem,
    BatchAnswer,
    Refusal,
    NotReady,
    DecisionAnswer,
    JobDetail,
    ModelVersion,
    LiveAnswer,
    ComparisonAnswer,
)


def install_openapi(app: FastAPI) -> None:
    """Correct the generated document once, when it is first asked for."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = generate()
            for path in document["paths"].values():
                for operation in path.values():
                    _correct(operation["responses"])
            _complete(document["components"]["schemas"])
            document["components"]["securitySchemes"] = SECURITY_SCHEMES
            document["security"] = [{name: []} for name in SECURITY_SCHEMES] + [{}]
            _declare_scopes(app, document["paths"])
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _declare_scopes(app: FastAPI, paths: dict[str, Any]) -> None:
    """What opens each operation: a key with one of the scopes, or nothing where it is public.

    ``{}`` stands last because a service on loopback may ask for no key at all.
    """
    for route in app.routes:
        if not isinstance(route, APIRoute) or not route.include_in_schema:
            continue
        scopes = scopes_of(route)
        needed: list[dict[str, list[str]]] = []
        if scopes is not None:
            opens = sorted({*scopes, "admin"})
            needed = [{name: [scope]} for scope in opens for name in SECURITY_SCHEMES] + [{}]
        for method in route.methods or ():
            paths[route.path_format][method.lower()]["security"] = needed


def _correct(responses: dict[str, Any]) -> None:
    """Failures as problem documents, which FastAPI lists under the type that success has."""
    for status in [status for status in responses if status >= "4"]:
        content = responses[status].get("content", {})
        if "HTTPValidationError" in str(content):
            del responses[status]
        elif content:
            (documented,) = content.values()
            responses[status]["content"] = {PROBLEM_JSON: documented}
    responses["default"] = _ANY_OTHER


def _complete(schemas: dict[str, Any]) -> None:
    """Examples whole, for FastAPI drops their nulls; without the shapes that are no longer used."""
    for model in _WITH_EXAMPLES:
        schemas[model.__name__]["examples"] = model.model_json_schema()["examples"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
