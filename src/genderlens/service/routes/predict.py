"""Pictures in, predictions out."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from genderlens.service.deps import (
    FileDep,
    FilesDep,
    OpenEngineDep,
    OptionsDep,
    PictureDep,
    RecorderDep,
    RouteDep,
)
from genderlens.service.errors import refusal
from genderlens.service.exchange import Recorder, run_while_present
from genderlens.service.middleware.permissions import needs
from genderlens.service.schemas.predict import (
    BatchAnswer,
    ImageRequest,
    ImagesRequest,
    PredictionAnswer,
)
from genderlens.service.schemas.problem import Problem, problem_responses
from genderlens.service.uploads import Upload
from genderlens.types import Prediction, Scope

router = APIRouter(tags=["predict"])

_FAILURES = problem_responses(400, 401, 403, 404, 408, 413, 415, 422, 429, 500, 503)
_BATCH_FAILURES = _FAILURES | {
    422: {"model": Problem, "description": "`invalid_parameter`, `unknown_attribute`."}
}


def multipart(field: str, *, many: bool = False) -> dict[str, Any]:
    """A body with one file, or with several, in ``field``; for the OpenAPI document."""
    file = {"type": "string", "format": "binary"}
    schema = {
        "type": "object",
        "required": [field],
        "properties": {field: {"type": "array", "items": file} if many else file},
    }
    return {"multipart/form-data": {"schema": schema}}


def _body(content: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": content}}


_JSON = {
    "application/json": {
        "schema": ImageRequest.model_json_schema(),
        "example": {"image": "/9j/4AAQSkZJRgABAQ…"},
    }
}
_JSON_BATCH = {
    "application/json": {
        "schema": ImagesRequest.model_json_schema(),
        "example": {"images": ["/9j/4AAQSkZJRgABAQ…"]},
    }
}
_RAW = {"image/*": {"schema": {"type": "string", "format": "binary"}}}


async def _answer(
    request: Request, work: Coroutine[Any, Any, Prediction], picture: Upload, recorder: Recorder
) -> JSONResponse:
    answer = await run_while_present(request, work)
    timing = recorder.timing
    kept = await recorder.keep(picture.content, answer)
    done = JSONResponse(answer.to_dict() | kept) if answer.faces else refusal(answer, kept)
    done.headers.update(timing)
    return done


@router.post(
    "/predict",
    response_model=PredictionAnswer,
    responses=_FAILURES,
    openapi_extra=_body(multipart("file") | _JSON | _RAW),
)
@needs(Scope.PREDICT)
async def predict(
    request: Request,
    engine: OpenEngineDep,
    route: RouteDep,
    picture: PictureDep,
    recorder: RecorderDep,
    options: OptionsDep,
) -> JSONResponse:
    """One picture, as multipart `file`, as base64 in JSON, or as the body itself (`image/*`)."""
    work = engine.predict(picture.content, options.asking(picture.attributes), route)
    return await _answer(request, work, picture, recorder)


@router.post(
    "/predict-file",
    response_model=PredictionAnswer,
    responses=_FAILURES,
    openapi_extra=_body(multipart("file")),
)
@needs(Scope.PREDICT)
async def predict_file(
    request: Request,
    engine: OpenEngineDep,
    route: RouteDep,
    picture: FileDep,
    recorder: RecorderDep,
    options: OptionsDep,
) -> JSONResponse:
    """One picture as multipart `file`."""
    work = engine.predict(picture.content, options.asking(picture.attributes), route)
    return await _answer(request, work, picture, recorder)


@router.post(
    "/predict-batch",
    response_model=BatchAnswer,
    responses=_BATCH_FAILURES,
    openapi_extra=_body(multipart("files", many=True) | _JSON_BATCH),
)
@needs(Scope.PREDICT)
async def predict_batch(
    request: Request,
    engine: OpenEngineDep,
    route: RouteDep,
    pictures: FilesDep,
    recorder: RecorderDep,
    options: OptionsDep,
) -> JSONResponse:
    """Several pictures as multipart `files` or as base64 in JSON; one result each, in order."""
    contents = [picture.content for picture in pictures]
    options = options.asking(pictures[0].attributes)
    answers = await run_while_present(request, engine.predict_each(contents, options, route))
    results = []
    for picture, answer in zip(pictures, answers, strict=True):
        kept = await recorder.keep(picture.content, answer)
        fields = answer.to_dict() | {"error_code": answer.error_code} | kept
        results.append({"filename": picture.name, **fields})
    return JSONResponse({"results": results, "count": len(results)})
