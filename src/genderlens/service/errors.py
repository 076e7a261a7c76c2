"""From our errors to HTTP: RFC 9457 problem documents for everything but success."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from genderlens import errors
from genderlens.service.middleware.request_facts import current_request
from genderlens.types import Outcome, Prediction

PROBLEM_JSON: Final = "application/problem+json"
_log = logging.getLogger(__name__)

_STATUS: Final = {kind.code: kind.http_status for kind in errors.list_errors()}
_CLIENT_CLOSED: Final = 499
"""What the metrics count where nobody is left to answer."""


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    fields: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """An RFC 9457 problem document; ``code`` is our stable name for the problem.

    Within a request it says which: ``request_id`` is what the log calls it too.
    """
    document: dict[str, Any] = {
        "type": f"urn:genderlens:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "code": code,
        **(fields or {}),
    }
    if request := current_request():
        request.code = code
        document = request.hide(document) | {"request_id": request.request_id}
    extra = dict(headers or {})
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        extra.setdefault("Retry-After", "1")
    return JSONResponse(document, status, extra, media_type=PROBLEM_JSON)


def problem_of(error: errors.GenderlensError) -> JSONResponse:
    """The problem document of one of our errors, with the status that its class states."""
    headers = error.headers if isinstance(error, errors.RequestError) else None
    return problem(
        error.http_status, error.code, error.message, fields=error.fields, headers=headers
    )


def refusal(answer: Prediction, kept: Mapping[str, Any] | None = None) -> JSONResponse:
    """The problem document of a picture that got no face result; ``kept`` is where it is kept."""
    code = answer.error_code or answer.outcome.value
    status = _STATUS[code] if answer.outcome is Outcome.UNREADABLE else 422
    return problem(status, code, answer.error or code, fields={**answer.to_dict(), **(kept or {})})


def install_handlers(app: FastAPI) -> None:
    """Answer every failure that routing or a route raises with a problem document."""

    @app.exception_handler(errors.GenderlensError)
    async def ours(_: Request, error: errors.GenderlensError) -> JSONResponse:
        response = problem_of(error)
        if response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
            _log.error("%s: %s", error.code, error.message, exc_info=error)
        return response

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> JSONResponse:
        code = HTTPStatus(error.status_code).name.lower()
        return problem(error.status_code, code, str(error.detail), headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        faults = (f"{'.'.join(map(str, f['loc']))}: {f['msg']}" for f in error.errors())
        return problem(422, "invalid_parameter", "; ".join(faults))

    @app.exception_handler(ClientDisconnect)
    async def gone(_: Request, __: ClientDisconnect) -> Response:
        return Response(status_code=_CLIENT_CLOSED)


class Unexpected:
    """Answers 500 to what no handler knows; inside the other middleware, which sees an answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            _log.error("unexpected error", exc_info=error)
            answer = problem(500, "internal_error", "the service failed; the error was logged")
            await answer(scope, receive, send)
