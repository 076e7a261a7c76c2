"""Pictures in, predictions out."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from genderlens.service.deps import EngineDep, FacesParam, FileDep, FilesDep, PictureDep
from genderlens.service.engine import Engine
from genderlens.service.errors import refusal
from genderlens.service.schemas import (
    BatchAnswer,
    ImageRequest,
    PredictionAnswer,
    problem_responses,
)
from genderlens.types import FacePolicy

router = APIRouter(tags=["predict"])

_FAILURES = problem_responses(400, 408, 413, 415, 422, 500, 503)


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


async def _answer(engine: Engine, content: bytes, faces: FacePolicy | None) -> JSONResponse:
    answer = (await engine.predict([content], faces))[0]
    return JSONResponse(answer.to_dict()) if answer.faces else refusal(answer)


@router.post(
    "/predict",
    response_model=PredictionAnswer,
    responses=_FAILURES,
    openapi_extra=_body(_multipart("file") | _JSON),
)
async def predict(engine: EngineDep, picture: PictureDep, faces: FacesParam = None) -> JSONResponse:
    """One picture, as multipart `file` or as base64 in JSON."""
    return await _answer(engine, picture.content, faces)


@router.post(
    "/predict-file",
    response_model=PredictionAnswer,
    responses=_FAILURES,
    openapi_extra=_body(_multipart("file")),
)
async def predict_file(engine: EngineDep, picture: FileDep, faces: FacesParam = None) -> JSONResponse:
    """One picture as multipart `file`."""
    return await _answer(engine, picture.content, faces)


@router.post(
    "/predict-batch",
    response_model=BatchAnswer,
    responses=_FAILURES,
    openapi_extra=_body(_multipart("files", many=True)),
)
async def predict_batch(
    engine: EngineDep, pictures: FilesDep, faces: FacesParam = None
) -> JSONResponse:
    """Several pictures as multipart `files`; one result per file, in order."""
    answers = await engine.predict([picture.content for picture in pictures], faces)
    results = [
        {"filename": picture.name, **answer.to_dict(), "error_code": answer.error_code}
        for picture, answer in zip(pictures, answers, strict=True)
    ]
    return JSONResponse({"results": results, "count": len(results)})
