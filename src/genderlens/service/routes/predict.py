"""Pictures in, predictions out."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from genderlens.service.deps import FacesParam, FileDep, FilesDep, OpenEngineDep, PictureDep
from genderlens.service.engine import Engine
from genderlens.service.errors import refusal
from genderlens.service.presence import run_while_present
from genderlens.service.schemas import (
    BatchAnswer,
    ImageRequest,
    PredictionAnswer,
    Problem,
    problem_responses,
)
from genderlens.service.uploads import Upload
from genderlens.types import FacePolicy

router = APIRouter(tags=["predict"])

_FAILURES = problem_responses(400, 408, 413, 415, 422, 500, 503)
_BATCH_FAILURES = _FAILURES | {422: {"model": Problem, "description": "`invalid_parameter`."}}


def _multipart(field: str, *, many: bool = False) -> dict[str, Any]:
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


async def _answer(
    request: Request, engine: Engine, picture: Upload, faces: FacePolicy | None
) -> JSONResponse:
    answer = await run_while_present(request, engine.predict(picture.content, faces))
    return JSONResponse(answer.to_dict()) if answer.faces else refusal(answer)


@router.post(
    "/predict",
    response_model=PredictionAnswer,
    responses=_FAILURES,
    openapi_extra=_body(_multipart("file") | _JSON),
)
async def predict(
    request: Request, engine: OpenEngineDep, picture: PictureDep, faces: FacesParam = None
) -> JSONResponse:
    """One picture, as multipart `file` or as base64 in JSON."""
    return await _answer(request, engine, picture, faces)


@router.post(
    "/predict-file",
    response_model=PredictionAnswer,
    responses=_FAILURES,
    openapi_extra=_body(_multipart("file")),
)
async def predict_file(
    request: Request, engine: OpenEngineDep, picture: FileDep, faces: FacesParam = None
) -> JSONResponse:
    """One picture as multipart `file`."""
    return await _answer(request, engine, picture, faces)


@router.post(
    "/predict-batch",
    response_model=BatchAnswer,
    responses=_BATCH_FAILURES,
    openapi_extra=_body(_multipart("files", many=True)),
)
async def predict_batch(
    request: Request, engine: OpenEngineDep, pictures: FilesDep, faces: FacesParam = None
) -> JSONResponse:
    """Several pictures as multipart `files`; one result per file, in order."""
    contents = [picture.content for picture in pictures]
    answers = await run_while_present(request, engine.predict_each(contents, faces))
    results = [
        {"filename": picture.name, **answer.to_dict(), "error_code": answer.error_code}
        for picture, answer in zip(pictures, answers, strict=True)
    ]
    return JSONResponse({"results": results, "count": len(results)})
